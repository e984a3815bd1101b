import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchPackages } from '@pinbench/debian';
import { BenchError, run, type Context } from '@pinbench/host';
import type { Base } from './base.ts';
import { folderFromSortedTar } from './tar-folder.ts';
import { listXzBlocks, peekXzBlock, readXzBlock, type XzBlock } from './xz-blocks.ts';

/**
 * One folder of the base's source, with everything below it, as a tree that begins at the source's top.
 * @throws BenchError when the source has no such folder.
 */
export async function takeFolder(context: Context, base: Base, folder: string): Promise<string> {
  const { name, version } = base.source;
  return context.cache.entry('source', { name, version, folder }, async (making) => {
    const archive = await sourceArchive(context, base);
    const part = path.join(making, 'part.tar');
    const found = await searchFolder(context, archive, folder, making);
    if (found) {
      await writeFile(part, found);
      await run('tar', ['-xf', part, '--strip-components=1', '-C', making], {
        signal: context.signal,
      });
      await rm(part);
    } else await readThrough(context, archive, folder, making);
  });
}

async function sourceArchive(context: Context, base: Base): Promise<string> {
  const { name, version } = base.source;
  const folder = await context.cache.entry('source-archive', { name, version }, async (making) => {
    for (const file of await fetchPackages(context, base.archive, [base.source]))
      await run('dpkg-deb', ['-x', file, making], { signal: context.signal });
    await rename(
      path.join(making, 'usr/src', `${name}.tar.xz`),
      path.join(making, 'source.tar.xz'),
    );
    await rm(path.join(making, 'usr'), { recursive: true });
  });
  return path.join(folder, 'source.tar.xz');
}

/** Debian packs its sorted source in blocks of 24 MiB: a folder is in one or two of some fifty. */
async function searchFolder(
  context: Context,
  archive: string,
  folder: string,
  making: string,
): Promise<Buffer | undefined> {
  const blocks = await listXzBlocks(archive, context.signal);
  if (blocks.length < 2) return undefined;
  const blockAt = (index: number): XzBlock => {
    const block = blocks[index];
    if (block) return block;
    throw new BenchError('the kernel source archive is not as expected');
  };
  return folderFromSortedTar(
    {
      count: blocks.length,
      read: (index) => readXzBlock(archive, blockAt(index), making, context.signal),
      peek: (index) => peekXzBlock(archive, blockAt(index), making, context.signal),
    },
    folder,
  );
}

async function readThrough(
  context: Context,
  archive: string,
  folder: string,
  making: string,
): Promise<void> {
  const options = ['--use-compress-program=xz -T0', '--strip-components=1', '--wildcards'];
  const args = [...options, '-C', making, '-xf', archive, `*/${folder}/*`];
  try {
    await run('tar', args, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    throw new BenchError(`the kernel source has no folder ${folder}`, { cause: error });
  }
}
