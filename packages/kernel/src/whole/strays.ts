import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds in which make may clean up after itself. */
const grace = 300;

/**
 * What make and all that it starts in a folder have in their environment, to be told by from a shell that somebody has
 * open there. It stays the same, so that what a killed run left behind is known by it too.
 */
export const tokenOf = (folder: string): string => `PINBENCH_BUILD=${folder}`;

/**
 * Does work in a folder and, if it is stopped, sees to it that no make works on there. make that is told to stop ends
 * the shells of its recipes, but not the compilers that these started.
 */
export async function withoutStrays<T>(
  signal: AbortSignal,
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending = sleep(grace).then(() => endStrays(folder));
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', end);
    await ending;
  }
}

/**
 * Ends what make started in a folder. A compiler that outlives its make would leave an object that is newer than the
 * source it is made of next.
 */
export async function endStrays(folder: string): Promise<void> {
  const token = tokenOf(folder);
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const id of ids) {
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(token)) kill(Number(id));
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
