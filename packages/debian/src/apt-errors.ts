import { BenchError } from '@pinbench/host';

type Cause = { sign: RegExp; message: string; hint: string };

const causes: Cause[] = [
  {
    sign: /No space left on device|don't have enough free space/,
    message: 'no space left for packages',
    hint: 'make room (about 2 GB for each Debian line, up to 20 GB with trees built whole) or set PINBENCH_CACHE to another folder',
  },
  {
    sign: /NO_PUBKEY|is not signed|GPG error|[Ss]ignatures? (couldn't be verified|were invalid)|EXPKEYSIG|BADSIG/,
    message: "the mirror's signature could not be checked",
    hint: 'install debian-archive-keyring, or set PINBENCH_KEYRING to the keyring that the mirror is signed with',
  },
  {
    sign: /Hash Sum mismatch|unexpected size/,
    message: 'the mirror sent something other than it announced',
    hint: 'it may be in the middle of an update: try again, or set PINBENCH_MIRROR to another one',
  },
  {
    sign: /does not have a Release file|404 +Not Found/,
    message: 'the mirror does not have it',
    hint: 'it may have moved on to newer versions: run again with --update, or set PINBENCH_MIRROR',
  },
  {
    sign: /Unable to locate package|No packages found|was not found|has no installation candidate/,
    message: 'no such package on the mirror',
    hint: 'run again with --update to read its lists anew',
  },
  {
    sign: /resolving|resolve host|onnect to|onnection (refused|timed out|failed)|unreachable|Failed to fetch|timed out/,
    message: 'the mirror does not answer',
    hint: 'check the network and the proxy, or set PINBENCH_MIRROR to one that does',
  },
];

/** One clear line for what apt said: the first cause known to us, with apt's own first error under it. */
export function aptError(what: string, output: string): BenchError {
  const lines = output.split('\n').filter((line) => /^[EW]: /.test(line));
  const cause = causes.find(({ sign }) => lines.some((line) => sign.test(line)));
  const telling = lines.find((line) => cause?.sign.test(line)) ?? lines[0];
  return new BenchError(`${what}: ${cause?.message ?? 'apt failed'}`, {
    ...(cause && { hint: cause.hint }),
    ...(telling !== undefined && { detail: [telling] }),
  });
}
