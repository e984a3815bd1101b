import { BenchError } from './errors.ts';

/** What a full or read-only disk means to the user; any other error as it is. */
export function spaceError(error: unknown, root: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EROFS' && code !== 'EACCES') return error;
  return new BenchError(
    code === 'ENOSPC' || code === 'EDQUOT'
      ? `no space left for the cache at ${root}`
      : `cannot write to the cache at ${root}`,
    {
      hint: 'make room (about 2 GB for each Debian line, up to 20 GB with trees built whole) or set PINBENCH_CACHE to another folder',
      cause: error,
    },
  );
}
