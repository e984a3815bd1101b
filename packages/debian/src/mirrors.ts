import { parseStanzas } from './stanzas.ts';

/** One archive that packages come from, as a deb822 source entry says it. */
export type Mirror = { uri: string; suites: string[]; signedBy?: string };

/** A package index that the host's apt knows: where it is, for which release, and the source entry that names it. */
export type IndexTarget = { uri: string; release: string; entry: string };

export type Settings = { mirror?: string; securityMirror?: string; keyring?: string };

const codenames = ['buster', 'bullseye', 'bookworm', 'trixie', 'forky', 'sid'];
const aliases = ['oldoldstable', 'oldstable', 'stable', 'testing', 'unstable'];
const releases = [...codenames, ...aliases].join('|');
const mainRelease = new RegExp(`^(${releases})$`);
const securityRelease = new RegExp(`^(${releases})(-security|/updates)$`);

/** Reads the answer of `apt-get indextargets --no-release-info`. */
export function parseIndexTargets(output: string): IndexTarget[] {
  return parseStanzas(output)
    .filter((stanza) => stanza['created-by'] === 'Packages')
    .map((stanza) => ({
      uri: (stanza['repo-uri'] ?? '').replace(/\/$/, ''),
      release: stanza['release'] ?? '',
      entry: stanza['sourcesentry'] ?? '',
    }));
}

/**
 * The mirrors to take a suite's packages from: those of the settings, else those the host's apt uses for any Debian
 * release, since an archive holds all of them. Empty when there is no main mirror. Setting the security mirror to
 * the empty string leaves it out.
 */
export function chooseMirrors(
  suite: string,
  host: readonly IndexTarget[],
  signedBy: (target: IndexTarget) => string | undefined,
  settings: Settings,
): Mirror[] {
  const pick = (setting: string | undefined, pattern: RegExp, suites: string[]): Mirror[] => {
    const matching = host.filter(({ release }) => pattern.test(release));
    const found = matching.find(({ release }) => suites.includes(release)) ?? matching[0];
    const uri = setting ?? found?.uri;
    if (uri === undefined || uri === '') return [];
    const key = settings.keyring ?? (found && signedBy(found));
    return [{ uri, suites, ...(key !== undefined && { signedBy: key }) }];
  };
  // Backports have neither, and must not meet the release that they are for: apt would rather take that one's kernel.
  const alone = suite.endsWith('-backports');
  const main = pick(settings.mirror, mainRelease, alone ? [suite] : [suite, `${suite}-updates`]);
  return main.length === 0 || alone
    ? main
    : [...main, ...pick(settings.securityMirror, securityRelease, [`${suite}-security`])];
}

/**
 * The `Signed-By` of a source entry, a keyring's path or a key itself. `entry` is apt's `FILE:NUMBER`: the number of
 * the stanza in a deb822 file, of the line in a one-line file (sources.list(5)).
 */
export function signedByOf(entry: string, text: string): string | undefined {
  const number = Number(entry.slice(entry.lastIndexOf(':') + 1));
  if (/\.sources:\d+$/.test(entry)) return parseStanzas(text)[number - 1]?.['signed-by'];
  return /\[[^\]]*\bsigned-by=([^\s\]]+)/i.exec(text.split('\n')[number - 1] ?? '')?.[1];
}

/** The source entries as a deb822 file. */
export const renderSources = (mirrors: readonly Mirror[]): string =>
  mirrors
    .map(({ uri, suites, signedBy }) =>
      [
        'Types: deb',
        `URIs: ${uri}`,
        `Suites: ${suites.join(' ')}`,
        'Components: main',
        ...(signedBy === undefined ? [] : [`Signed-By: ${signedBy}`]),
        '',
      ].join('\n'),
    )
    .join('\n');
