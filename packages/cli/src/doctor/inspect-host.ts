import {
  access,
  constants,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { cacheFolder, repositoryRoot, tryRun } from '@pinbench/host';
import type { Accelerator, Findings, Kvm } from './findings.ts';
import { findHostTools } from './host-tools.ts';
import { findLeftovers } from './leftovers.ts';

/** Looks at everything a run depends on. Installs and boots nothing. */
export async function inspectHost(options: {
  signal?: AbortSignal;
  accelerator?: Accelerator;
}): Promise<Findings> {
  const folder = cacheFolder();
  const [tools, kvm, apt, cache, memory, leftovers, node] = await Promise.all([
    findHostTools(options.signal),
    inspectKvm(options.accelerator),
    inspectApt(options.signal),
    inspectCache(folder, options.signal),
    inspectMemory(),
    findLeftovers(folder),
    inspectNode(),
  ]);
  return { node, tools, kvm, apt, cache, memory, cores: availableParallelism(), leftovers };
}

async function inspectNode(): Promise<Findings['node']> {
  const text = await readFile(path.join(repositoryRoot, 'package.json'), 'utf8');
  const { engines } = JSON.parse(text) as { engines: { node: string } };
  return { version: process.versions.node, wanted: engines.node.replace('>=', '') };
}

async function inspectKvm(remembered: Accelerator | undefined): Promise<Kvm> {
  const state = await open('/dev/kvm', constants.O_RDWR).then(
    async (handle) => {
      await handle.close();
      return 'opens' as const;
    },
    (error: unknown) => ((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'refused'),
  );
  return { state, ...(remembered && { remembered }) };
}

/** What the settings say, else what the host's apt knows. */
async function inspectApt(signal?: AbortSignal): Promise<Findings['apt']> {
  const { PINBENCH_MIRROR: mirror, PINBENCH_KEYRING: keyring } = process.env;
  const [mirrors, keyrings] = await Promise.all([
    mirror === undefined || mirror === '' ? aptMirrors(signal) : [mirror],
    keyring === undefined || keyring === '' ? debianKeyrings() : existing([keyring]),
  ]);
  return { mirrors, keyrings };
}

async function aptMirrors(signal?: AbortSignal): Promise<string[]> {
  const args = ['indextargets', '--no-release-info', '--format', '$(REPO_URI)'];
  const answer = await tryRun(
    'apt-get',
    [...args, 'Created-By: Packages'],
    signal && { signal },
  ).catch(() => undefined);
  return [...new Set(answer?.stdout.split('\n').filter((line) => line !== '') ?? [])];
}

/** Where apt and Debian's packages keep the keys of Debian's archive. */
async function debianKeyrings(): Promise<string[]> {
  const folders = ['/usr/share/keyrings', '/etc/apt/trusted.gpg.d', '/etc/apt/keyrings'];
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder).catch(() => []))
        .filter(
          (name) => /^debian-archive-.*\.(gpg|pgp|asc)$/.test(name) && !name.includes('removed'),
        )
        .map((name) => path.join(folder, name)),
    ),
  );
  return found.flat();
}

async function existing(files: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    files.map((file) =>
      access(file, constants.R_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => there[index]);
}

async function inspectCache(folder: string, signal?: AbortSignal): Promise<Findings['cache']> {
  const probe = path.join(folder, `.doctor-${process.pid}`);
  const writable = await mkdir(folder, { recursive: true })
    .then(() => writeFile(probe, ''))
    .then(
      () => true,
      () => false,
    );
  if (!writable) return { folder, writable, bytes: 0, freeBytes: 0 };
  await rm(probe);
  const [{ bavail, bsize }, bytes] = await Promise.all([statfs(folder), sizeOf(folder, signal)]);
  return { folder, writable, bytes, freeBytes: bavail * bsize };
}

/** The disk space below a folder, 0 where du cannot say. */
async function sizeOf(folder: string, signal?: AbortSignal): Promise<number> {
  const args = ['--summarize', '--block-size=1', folder];
  const answer = await tryRun('du', args, signal && { signal }).catch(() => undefined);
  return Number.parseInt(answer?.stdout ?? '') || 0;
}

async function inspectMemory(): Promise<Findings['memory']> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  const totalBytes = totalmem();
  return {
    totalBytes,
    availableBytes: available === undefined ? totalBytes : Number(available) * 1024,
  };
}
