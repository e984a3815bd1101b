import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What runs that were killed outright left behind. */
export type Leftovers = { processes: number[]; folders: string[] };

const HOUR_MS = 3_600_000;

/** Orphaned QEMU processes of ours, and scratch and half-made cache folders that nobody has touched for an hour. */
export async function findLeftovers(cache: string): Promise<Leftovers> {
  const [processes, scratch, making] = await Promise.all([
    orphans(cache),
    oldFolders(tmpdir(), (name) => name.startsWith('pinbench-')),
    halfMade(cache),
  ]);
  return { processes, folders: [...scratch, ...making] };
}

async function halfMade(cache: string): Promise<string[]> {
  const kinds = (await entries(cache)).map((kind) => path.join(cache, kind));
  const found = await Promise.all(
    kinds.map((kind) => oldFolders(kind, (name) => name.endsWith('.making'))),
  );
  return found.flat();
}

async function oldFolders(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const candidates = (await entries(folder)).filter(wanted).map((name) => path.join(folder, name));
  const old = await Promise.all(
    candidates.map(async (place) => {
      const seen = await stat(place).catch(() => undefined);
      return seen?.isDirectory() === true && Date.now() - seen.mtimeMs > HOUR_MS;
    }),
  );
  return candidates.filter((_, index) => old[index]);
}

/** A QEMU that works on files of ours and whose parent is no longer the bench. */
async function orphans(cache: string): Promise<number[]> {
  const ours = [cache, path.join(tmpdir(), 'pinbench-')];
  const pids = (await entries('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const isQemu = path.basename(line.split('\0')[0] ?? '').startsWith('qemu-system-');
      return isQemu && ours.some((place) => line.includes(place)) && !(await isChildOfNode(pid));
    }),
  );
  return pids.filter((_, index) => found[index]);
}

async function isChildOfNode(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? '0';
  const program = await readlink(`/proc/${parent}/exe`).catch(() => '');
  return path.basename(program) === 'node';
}

const entries = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
