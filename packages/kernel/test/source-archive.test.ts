import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@pinbench/host';
import { expect, test } from 'vitest';
import { folderFromSortedTar } from '../src/tar-folder.ts';
import { firstHeader, tarEntries } from '../src/tar-headers.ts';
import { listXzBlocks, parseXzList, peekXzBlock, readXzBlock } from '../src/xz-blocks.ts';
import { testContext } from './context.ts';

const longName = `${'n'.repeat(120)}.c`;
const signal = new AbortController().signal;

/** A sorted tree like the kernel's, packed as Debian packs it, in blocks small enough that there are many. */
async function packedSource(): Promise<{ archive: string; folder: string }> {
  const { scratch: folder } = await testContext();
  const names = [
    'Makefile',
    'a/one.c',
    'drivers/vfio-x.c',
    'drivers/vfio.c',
    'drivers/vfio/vfio.c',
  ];
  names.push(`drivers/vfio/${longName}`, 'drivers/vfio/pci/pci.c', 'drivers/video/v.c', 'usr/z.c');
  for (const name of names) {
    const file = path.join(folder, 'linux', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${name}\n`.repeat(200));
  }
  const archive = path.join(folder, 'linux.tar.xz');
  const tar = path.join(folder, 'linux.tar');
  const list = names.map((name) => `linux/${name}`);
  await run('tar', ['-cf', tar, '--no-recursion', '-C', folder, ...list]);
  await run('xz', ['-k', '--block-size=4096', tar]);
  return { archive, folder };
}

const piecesOf = async (archive: string, folder: string) => {
  const blocks = await listXzBlocks(archive, signal);
  return {
    count: blocks.length,
    read: (index: number) => readXzBlock(archive, blocks[index]!, folder, signal),
    peek: (index: number) => peekXzBlock(archive, blocks[index]!, folder, signal),
  };
};

test('blocks of an .xz file are read one by one', async () => {
  const { archive, folder } = await packedSource();
  const pieces = await piecesOf(archive, folder);
  expect(pieces.count).toBeGreaterThan(4);
  const whole = await readFile(path.join(folder, 'linux.tar'));
  expect(await pieces.read(2)).toEqual(whole.subarray(8192, 12288));
});

test('a damaged block is noticed', async () => {
  const { archive, folder } = await packedSource();
  const bytes = await readFile(archive);
  const [first] = await listXzBlocks(archive, signal);
  bytes.fill(0, first!.offset + 40, first!.offset + 60);
  await writeFile(archive, bytes);
  await expect(readXzBlock(archive, first!, folder, signal)).rejects.toThrow('damaged');
});

test('offset, length and size stand in the fifth, seventh and eighth column of the list', () => {
  expect(
    parseXzList('file\t1\t2\nblock\t1\t1\t1\t12\t0\t3554468\t25165824\t0.141\tCRC64\n'),
  ).toEqual([{ offset: 12, length: 3554468, size: 25165824 }]);
});

test('one folder is cut out of a sorted archive, with what is below it and nothing beside it', async () => {
  const { archive, folder } = await packedSource();
  const part = await folderFromSortedTar(await piecesOf(archive, folder), 'drivers/vfio');
  await writeFile(path.join(folder, 'part.tar'), part!);
  await mkdir(path.join(folder, 'out'));
  await run('tar', ['-xf', path.join(folder, 'part.tar'), '-C', path.join(folder, 'out')]);
  expect(await readdir(path.join(folder, 'out/linux/drivers'))).toEqual(['vfio']);
  expect((await readdir(path.join(folder, 'out/linux/drivers/vfio'))).sort()).toEqual(
    [longName, 'pci', 'vfio.c'].sort(),
  );
  const read = (place: string) => readFile(path.join(folder, place, 'linux/drivers/vfio/vfio.c'));
  expect(await read('out')).toEqual(await read('.'));
});

test('first and last folder are found as well', async () => {
  const { archive, folder } = await packedSource();
  const pieces = await piecesOf(archive, folder);
  const names = async (wanted: string) =>
    [...tarEntries((await folderFromSortedTar(pieces, wanted))!, 0)].map((entry) => entry.path);
  expect(await names('a')).toEqual(['linux/a/one.c']);
  expect(await names('usr')).toEqual(['linux/usr/z.c']);
});

test('a folder that is not there is not found', async () => {
  const { archive, folder } = await packedSource();
  expect(await folderFromSortedTar(await piecesOf(archive, folder), 'nonesuch')).toBeUndefined();
});

test('the first header in a piece is found behind the end of a file', async () => {
  const { folder } = await packedSource();
  const piece = (await readFile(path.join(folder, 'linux.tar'))).subarray(1024);
  expect([...tarEntries(piece, firstHeader(piece)!)][0]?.path).toBe('linux/a/one.c');
  expect(firstHeader(Buffer.alloc(2048))).toBeUndefined();
});
