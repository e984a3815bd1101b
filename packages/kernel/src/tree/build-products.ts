/**
 * What only a build makes: objects and what is linked from them, which are most of the bulk of a tree that was built
 * in. The endings are those of scripts/Makefile.build and Makefile.modpost. What this leaves, `make mrproper` clears.
 */
export const isBuildProduct = (name: string): boolean =>
  /\.(o|ko|a|mod\.c|cmd|o\.d)$/.test(name) || /(^|\/)(vmlinux|bzImage|\.tmp_[^/]*)$/.test(name);
