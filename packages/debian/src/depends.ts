/** Package name to the names it depends on, the first of each set of alternatives. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the answer of `apt-cache depends --recurse --important`. Names in `<>` are virtual: nothing of that name exists. */
export function parseDepends(output: string): DependencyGraph {
  const graph = new Map<string, string[]>();
  let current: string[] = [];
  let alternatives = false;
  for (const line of output.split('\n')) {
    const dependency = /^ ([ |])(?:Pre)?Depends: (\S+)$/.exec(line);
    if (dependency) {
      const [, mark, name = ''] = dependency;
      if (!alternatives && !name.startsWith('<')) current.push(name);
      alternatives = mark === '|';
    } else if (/^[^\s<]/.test(line)) {
      current = [];
      alternatives = false;
      graph.set(line.trim(), current);
    }
  }
  return graph;
}

/** True for packages that Debian's policy (8.1) names after the shared library they hold, and for zlib. */
const isLibrary = (name: string): boolean => /^lib[a-z0-9]/.test(name) || name === 'zlib1g';

/** True for what holds a package's programs where it is split by architecture, as gcc and binutils are. */
const isArchitecturesPart = (name: string): boolean => name.endsWith('-x86-64-linux-gnu');

/** `names`, then every library reachable from them through libraries, and parts split off by architecture, only. */
export function libraryClosure(names: readonly string[], graph: DependencyGraph): string[] {
  const found = new Set(names);
  for (const name of found)
    for (const dependency of graph.get(name.replace(/=.*/, '')) ?? [])
      if (isLibrary(dependency) || isArchitecturesPart(dependency)) found.add(dependency);
  return [...found];
}
