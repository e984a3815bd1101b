import { expect, test } from 'vitest';
import { inLoadOrder, parsePlaces } from '../src/modules.ts';
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

test('what a module needs comes before it, however far down it is found', async () => {
  expect(await inLoadOrder(['vfio_pci'], places, read)).toEqual([
    'vfio',
    'vfio-pci-core',
    'vfio-pci',
  ]);
});

test('a soft dependency by alias comes first too, as the module that runs on any processor', async () => {
  expect(await inLoadOrder(['ext4'], places, read)).toEqual(['crc32c_generic', 'jbd2', 'ext4']);
});

test('modules built into the kernel are left out, whether asked for or needed', async () => {
  expect(await inLoadOrder(['crc16', 'vfio'], places, read)).toEqual(['vfio']);
});

test('the order asked for is kept where nothing speaks against it', async () => {
  expect(await inLoadOrder(['jbd2', 'vfio'], places, read)).toEqual(['jbd2', 'vfio']);
  expect(await inLoadOrder(['vfio', 'jbd2'], places, read)).toEqual(['vfio', 'jbd2']);
});

test('a module that the kernel does not have is an error', async () => {
  await expect(inLoadOrder(['zfs'], places, read)).rejects.toThrow('no module zfs');
});
