import { BenchError, RequestError, tryRun, type Context } from '@pinbench/host';
import { pinningFile } from '../pinning.ts';

/**
 * Where in a tarball the kernel is: what stands before the names of its files, such as `linux-4.15/` or `./`.
 * @throws RequestError when it is no tarball. BenchError when the host cannot unpack it.
 */
export async function topOf({ signal }: Context, file: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tryRun('tar', ['-tf', file], { signal });
  if (exitCode !== 0) throw cannotUnpack(file, stderr.split('\n'));
  const names = stdout.split('\n');
  // Without VFIO it is at least a kernel, which is said later.
  const top = shortestBefore(names, pinningFile) ?? shortestBefore(names, 'Makefile');
  return top ?? '';
}

function shortestBefore(names: readonly string[], end: string): string | undefined {
  const tops = names
    .filter((name) => name === end || name.endsWith(`/${end}`))
    .map((name) => name.slice(0, -end.length));
  return tops.sort((a, b) => a.length - b.length)[0];
}

/**
 * Unpacks what is below `top` into a folder: all, or what is at and below some paths.
 * @throws RequestError when the tarball is not whole.
 */
export async function unpack(
  { signal }: Context,
  { file, top }: { file: string; top: string },
  folder: string,
  paths?: readonly string[],
): Promise<void> {
  const members = paths?.map((name) => top + name) ?? (top === '' ? [] : [top.slice(0, -1)]);
  const depth = top.split('/').length - 1;
  const args = ['--no-same-owner', `--strip-components=${depth}`, '-C', folder, '-xf', file];
  const { exitCode, stderr } = await tryRun('tar', [...args, '--', ...members], { signal });
  const complaints = stderr.split('\n').filter((line) => !isAboutMembers(line));
  if (exitCode !== 0 && complaints.length > 0) throw cannotUnpack(file, complaints);
}

/** A path that is asked for may not be there. */
const isAboutMembers = (line: string): boolean =>
  line === '' || /: Not found in archive$|Exiting with failure status/.test(line);

/** What tar says of a disk that takes no more. */
const noRoom =
  /: Wrote only \d+ of \d+ bytes$|: (No space left on device|Disk quota exceeded|Read-only file system)$/;

/** Whose fault it is that tar failed: the host's, or that of who gave the file. */
export function cannotUnpack(file: string, said: readonly string[]): Error {
  const detail = said.filter((line) => line !== '').slice(-3);
  const [, program] = /\(child\): ([\w-]+): Cannot exec/.exec(said.join('\n')) ?? [];
  if (program !== undefined) {
    return new BenchError(`${file} needs ${program} to be unpacked, which is not installed`, {
      hint: `apt-get install ${program === 'xz' ? 'xz-utils' : program}`,
      detail,
    });
  }
  if (said.some((line) => noRoom.test(line)))
    return new BenchError(`${file} could not be unpacked for want of room on the disk`, {
      hint: 'make room or set PINBENCH_CACHE to another folder',
      detail,
    });
  return new RequestError(`${file} is not a whole tarball`, {
    hint: 'give a .tar, .tar.gz, .tar.xz or the like of a kernel source, or a folder',
    detail,
  });
}
