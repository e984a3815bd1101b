/** git without the settings of a user or a host, and with no repository around: neither may decide what a patch says. */
export const gitEnvironment = {
  GIT_DIR: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
} as const;
