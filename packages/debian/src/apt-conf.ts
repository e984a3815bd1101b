/** Settings of the host that say what to fetch or to trust; those are ours to say. */
const ours =
  /^Acquire::(IndexTargets|Languages|CompressionTypes|GzipIndexes|PDiffs|Allow|cdrom|Changelogs)/;

/** apt alone would try a mirror that does not answer for some minutes. */
const unlessHostSays = { 'Acquire::Retries': '1', 'Acquire::http::Timeout': '15' };

/**
 * An apt.conf(5) whose every path lies in `folder`, so that apt works for an ordinary user and leaves the host's state
 * alone. Of the host only how it reaches its mirrors (proxies, certificates, time limits) is carried over.
 * @param hostAcquire what `apt-config dump Acquire` says on the host
 */
export function renderAptConf(
  folder: string,
  options: { architecture: string; root: boolean; hostAcquire: string },
): string {
  const carried = options.hostAcquire
    .split('\n')
    .filter((line) => /^Acquire::\S+ ".+";$/.test(line) && !ours.test(line));
  const settings = {
    'Dir::State': `${folder}/state`,
    'Dir::State::status': `${folder}/status`,
    'Dir::Cache': `${folder}/cache`,
    'Dir::Etc::sourcelist': `${folder}/pinbench.sources`,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'APT::Architecture': options.architecture,
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    'Acquire::PDiffs': 'false',
    'Acquire::GzipIndexes': 'true',
    // Root's fetchers would drop to the user _apt, who cannot write to a cache in root's home.
    ...(options.root && { 'APT::Sandbox::User': 'root' }),
  };
  const render = (values: Record<string, string>): string[] =>
    Object.entries(values).map(([name, value]) => `${name} "${value}";`);
  return [...render(unlessHostSays), ...carried, ...render(settings), ''].join('\n');
}
