import { RequestError } from '@pinbench/host';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/kbuild.ts';
import {
  modulesToSwap,
  obstacleOutside,
  refuseMixedMove,
  requireBuilt,
  type Swappable,
} from '../src/swap.ts';

const folder = 'drivers/vfio';
const makefiles = new Map([
  [
    '.',
    'obj-m += vfio.o vfio_iommu_type1.o pci/ mdev/\nobj-$(CONFIG_SPAPR) += spapr.o\nvfio-y := main.o\n',
  ],
  ['pci', 'obj-m += vfio-pci.o\n'],
  ['mdev', 'obj-m += mdev.o\n'],
]);
const ground = {
  folder,
  chain: [
    { name: 'vfio', needs: [] },
    { name: 'vfio_iommu_type1', needs: ['vfio'] },
    { name: 'vfio-pci', needs: ['vfio'] },
  ],
  makefiles: { before: makefiles, after: makefiles },
  config: parseConfig(''),
};
const found = (swappable: Swappable) => {
  if ('modules' in swappable) return swappable.modules;
  throw new Error(swappable.obstacle);
};
const swap = (...files: string[]): Swappable =>
  modulesToSwap(
    files.map((file) => `${folder}/${file}`),
    ground,
  );
const names = (...files: string[]) => found(swap(...files)).map(({ name }) => name);

describe('before anything is fetched', () => {
  test('documentation and tests are left out of what is built', () => {
    const touched = ['Documentation/driver-api/vfio.rst', 'MAINTAINERS', `${folder}/main.c`];
    expect(requireBuilt(touched)).toEqual([`${folder}/main.c`]);
  });

  test('a file elsewhere in the kernel needs two kernels', () => {
    expect(obstacleOutside([`${folder}/main.c`], folder)).toBeUndefined();
    expect(obstacleOutside([`${folder}/main.c`, 'mm/gup.c'], folder)).toBe(
      `mm/gup.c does not build into a module that can be swapped: it is not part of ${folder}`,
    );
    expect(obstacleOutside(['drivers/vfio-other.c'], folder)).toContain('vfio-other.c');
  });

  test('a patch of documentation only has nothing to run', () => {
    expect(() => requireBuilt(['Documentation/x.rst'])).toThrow(RequestError);
    expect(() => requireBuilt(['Documentation/x.rst'])).toThrow('nothing that is built');
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

describe('a patch that changes the Makefile as well', () => {
  const changed = (name: string, from: string, to: string, files: string[]) => {
    const after = new Map([...makefiles, [name, makefiles.get(name)!.replace(from, to)]]);
    const touched = files.map((file) => `${folder}/${file}`);
    return modulesToSwap(touched, { ...ground, makefiles: { before: makefiles, after } });
  };
  const targets = (swappable: Swappable) => found(swappable).map(({ target }) => target);

  test('can delete a file: it belongs to the module that it was in', () => {
    const before = new Map([...makefiles, ['pci', 'obj-m += vfio-pci.o\nvfio-pci-y := a.o b.o\n']]);
    const after = new Map([...makefiles, ['pci', 'obj-m += vfio-pci.o\nvfio-pci-y := a.o\n']]);
    const modules = modulesToSwap([`${folder}/pci/b.c`], {
      ...ground,
      makefiles: { before, after },
    });
    expect(found(modules).map(({ name }) => name)).toEqual(['vfio-pci']);
  });

  test('can add a file: it belongs to the module that it is in', () => {
    expect(targets(changed('.', 'main.o', 'main.o new.o', ['new.c']))[0]).toBe('vfio.ko');
  });

  test('can move a file: it belongs to both its modules', () => {
    const moved = changed('.', 'main.o', 'pci/moved.o', ['main.c', 'pci/moved.c']);
    expect(targets(moved)).toEqual(['vfio.ko', 'vfio_iommu_type1.ko', 'pci/vfio-pci.ko']);
  });

  const lone = 'and a module that only one variant has cannot be swapped';

  test.each([
    ['add', '.', 'pci/', 'pci/ extra.o', `adds the module ${folder}/extra.ko, ${lone}`],
    ['take away', '.', 'vfio.o ', '', `takes away the module ${folder}/vfio.ko, ${lone}`],
    [
      'rename',
      'pci',
      'vfio-pci',
      'vfio-pci2',
      `adds the module ${folder}/pci/vfio-pci2.ko, ${lone}`,
    ],
  ])('cannot %s a module', (_what, name, from, to, message) => {
    expect(changed(name, from, to, ['extra.c'])).toEqual({ obstacle: `the patch ${message}` });
  });
});

describe('a file is moved', () => {
  const move = (from: string, to: string) => (): void => {
    refuseMixedMove(`diff --git a/${from} b/${to}\nrename from ${from}\nrename to ${to}\n`);
  };

  test('within what is built, or within what is not', () => {
    expect(move(`${folder}/a.c`, `${folder}/b.c`)).not.toThrow();
    expect(move('Documentation/a.rst', 'Documentation/b.rst')).not.toThrow();
  });

  test('but not from the one to the other, since one half would be left out', () => {
    expect(move(`${folder}/a.c`, 'tools/testing/a.c')).toThrow(RequestError);
    expect(move('Documentation/a.h', `${folder}/a.h`)).toThrow('only one of them is built');
  });
});

test.each([
  ['spapr.c', 'not built as a module in this kernel'],
  ['nonesuch.c', 'not built as a module in this kernel'],
  ['Kconfig', 'changes how the kernel is configured'],
  ['mdev/mdev.c', 'goes into mdev, not loaded here'],
])('%s cannot be swapped: %s', (file, why) => {
  expect(swap(file)).toEqual({ obstacle: expect.stringContaining(why) as string });
});
