import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run, type Context } from '@pinbench/host';
import { laySource } from '../../src/source.ts';
import { resolveTreeBase, type TreeBase } from '../../src/tree/index.ts';

/** What makes a folder a kernel's, and some that a snapshot may get wrong. */
export const kernelFiles: Readonly<Record<string, string>> = {
  Makefile: 'VERSION = 4\nPATCHLEVEL = 15\nSUBLEVEL = 0\nEXTRAVERSION = -rc9\nNAME = Small\n',
  'drivers/vfio/vfio_iommu_type1.c': 'int pin;\n',
  'drivers/vfio/Makefile': 'obj-m += vfio_iommu_type1.o\n',
  'mm/gup.c': 'int gup;\n',
  '.gitignore': '*.o\n/build/\n',
};

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

/** A folder with a small kernel. */
export async function kernelFolder({ scratch }: Context, name = 'linux'): Promise<string> {
  const folder = path.join(scratch, name);
  await writeFiles(folder, kernelFiles);
  return folder;
}

/** Runs git as a kernel's developer does, whatever the settings of who runs the test. */
export async function developer(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], {
    env: {
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'A Developer',
      GIT_AUTHOR_EMAIL: 'developer@example.org',
      GIT_COMMITTER_NAME: 'A Developer',
      GIT_COMMITTER_EMAIL: 'developer@example.org',
    },
  });
  return stdout;
}

/** A checkout with one commit, "Make a kernel". */
export async function kernelCheckout(context: Context, name = 'linux'): Promise<string> {
  const folder = await kernelFolder(context, name);
  await developer(folder, 'init', '-q', '-b', 'main');
  await commitAll(folder, 'Make a kernel');
  return folder;
}

export async function commitAll(folder: string, subject: string): Promise<void> {
  await developer(folder, 'add', '-A');
  await developer(folder, 'commit', '-q', '-m', subject);
}

export const treeBase = (
  context: Context,
  spec: string,
  { dirty = false, from = context.scratch } = {},
): Promise<TreeBase> => resolveTreeBase(context, spec, { update: false, dirty, from });

let laid = 0;

/** Lays a base's files out in a folder that the test then looks into. */
export async function layOut(context: Context, base: TreeBase, paths?: string[]): Promise<string> {
  laid += 1;
  const folder = path.join(context.scratch, `laid-${laid}`);
  await mkdir(folder);
  await laySource(context, base, folder, paths);
  return folder;
}
