import { RequestError } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/kbuild.ts';
import { modulesToSwap, requireSwappable } from '../src/swap.ts';

const folder = 'drivers/vfio';
const ground = {
  folder,
  chain: [
    { name: 'vfio', needs: [] },
    { name: 'vfio_iommu_type1', needs: ['vfio'] },
    { name: 'vfio-pci', needs: ['vfio'] },
  ],
  makefiles: new Map([
    [
      '.',
      'obj-m += vfio.o vfio_iommu_type1.o pci/ mdev/\nobj-$(CONFIG_SPAPR) += spapr.o\nvfio-y := main.o\n',
    ],
    ['pci', 'obj-m += vfio-pci.o\n'],
    ['mdev', 'obj-m += mdev.o\n'],
  ]),
  config: parseConfig(''),
};
const names = (...files: string[]) =>
  modulesToSwap(
    files.map((file) => `${folder}/${file}`),
    ground,
  ).map(({ name }) => name);

describe('before anything is fetched', () => {
  test('documentation and tests are left out of what is built', () => {
    const touched = ['Documentation/driver-api/vfio.rst', 'MAINTAINERS', `${folder}/main.c`];
    expect(requireSwappable(touched, folder)).toEqual([`${folder}/main.c`]);
  });

  test('a file elsewhere in the kernel needs two kernels', () => {
    expect(() => requireSwappable([`${folder}/main.c`, 'mm/gup.c'], folder)).toThrow(RequestError);
    expect(() => requireSwappable(['mm/gup.c'], folder)).toThrow(/^mm\/gup.c does not build into/);
    expect(() => requireSwappable(['drivers/vfio-other.c'], folder)).toThrow('vfio-other.c');
  });

  test('a patch of documentation only has nothing to run', () => {
    expect(() => requireSwappable(['Documentation/x.rst'], folder)).toThrow(
      'nothing that is built',
    );
  });
});

describe('modules to swap', () => {
  test('are those a file goes into', () => {
    expect(names('vfio_iommu_type1.c')).toEqual(['vfio_iommu_type1']);
    expect(names('pci/vfio-pci.c')).toEqual(['vfio-pci']);
  });

  test('take those with them that use what they export', () => {
    expect(names('main.c')).toEqual(['vfio', 'vfio_iommu_type1', 'vfio-pci']);
  });

  test('are all of them for a header or a Makefile', () => {
    expect(names('vfio.h')).toHaveLength(3);
    expect(names('pci/Makefile')).toHaveLength(3);
  });
});

test.each([
  ['spapr.c', 'not built as a module in this kernel'],
  ['nonesuch.c', 'not built as a module in this kernel'],
  ['Kconfig', 'changes how the kernel is configured'],
  ['mdev/mdev.c', 'goes into mdev, not loaded here'],
])('%s cannot be swapped: %s', (file, why) => {
  expect(() => names(file)).toThrow(RequestError);
  expect(() => names(file)).toThrow(why);
});
