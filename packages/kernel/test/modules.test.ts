import { expect, test } from 'vitest';
import { inLoadOrder, namesOf, parsePlaces } from '../src/modules.ts';
import type { ModuleInfo } from '../src/modinfo.ts';

const places = parsePlaces(
  [
    'kernel/fs/ext4/ext4.ko',
    'kernel/fs/jbd2/jbd2.ko',
    'kernel/arch/x86/crypto/crc32c-intel.ko',
    'kernel/crypto/crc32c_generic.ko',
    'kernel/drivers/vfio/vfio.ko',
    'kernel/drivers/vfio/pci/vfio-pci.ko',
    'kernel/drivers/vfio/pci/vfio-pci-core.ko',
  ].join('\n'),
  'kernel/lib/crc16.ko\n',
);

const infos: Record<string, Partial<ModuleInfo>> = {
  ext4: { needs: ['jbd2', 'crc16'], wants: ['crypto-crc32c'] },
  'crc32c-intel': { aliases: ['crypto-crc32c'] },
  crc32c_generic: { aliases: ['crypto-crc32c'] },
  'vfio-pci': { needs: ['vfio-pci-core', 'vfio'] },
  'vfio-pci-core': { needs: ['vfio'] },
};

const read = (names: string[]): Promise<ModuleInfo[]> =>
  Promise.resolve(names.map((name) => ({ needs: [], wants: [], aliases: [], ...infos[name] })));

const namesInOrder = async (names: string[]): Promise<string[]> =>
  (await inLoadOrder(names, places, read)).map(({ name }) => name);

test('what a module needs comes before it, however far down it is found', async () => {
  expect(await namesInOrder(['vfio_pci'])).toEqual(['vfio', 'vfio-pci-core', 'vfio-pci']);
});

test('a soft dependency by alias comes first too, as the module that runs on any processor', async () => {
  expect(await namesInOrder(['ext4'])).toEqual(['crc32c_generic', 'jbd2', 'ext4']);
});

test('modules built into the kernel are left out, whether asked for or needed', async () => {
  expect(await namesInOrder(['crc16', 'vfio'])).toEqual(['vfio']);
});

test('the order asked for is kept where nothing speaks against it', async () => {
  expect(await namesInOrder(['jbd2', 'vfio'])).toEqual(['jbd2', 'vfio']);
  expect(await namesInOrder(['vfio', 'jbd2'])).toEqual(['vfio', 'jbd2']);
});

test('a module that the kernel does not have is an error', async () => {
  await expect(inLoadOrder(['zfs'], places, read)).rejects.toThrow('no module zfs');
});

test('a module is told with the modules that it uses, by the names of their files', async () => {
  expect(await inLoadOrder(['vfio-pci', 'ext4'], places, read)).toEqual([
    { name: 'vfio', needs: [] },
    { name: 'vfio-pci-core', needs: ['vfio'] },
    { name: 'vfio-pci', needs: ['vfio-pci-core', 'vfio'] },
    { name: 'crc32c_generic', needs: [] },
    { name: 'jbd2', needs: [] },
    { name: 'ext4', needs: ['jbd2'] },
  ]);
});

test('an optional module that is not there is passed over, and no other', () => {
  const optional = (name: string) => ({ name, optional: true }) as const;
  expect(namesOf([optional('crc32c-intel'), 'zfs', optional('crc64')], places)).toEqual([
    'crc32c-intel',
    'zfs',
  ]);
});
