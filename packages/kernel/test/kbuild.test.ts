import { expect, test } from 'vitest';
import { modulesIn, parseConfig } from '../src/kbuild.ts';

const config = parseConfig(
  'CONFIG_VFIO=m\nCONFIG_PCI=m\nCONFIG_IGD=y\n# CONFIG_SPAPR is not set\nCONFIG_BUILTIN=y\n',
);

test('options that are not set are not in the configuration', () => {
  expect(config.get('CONFIG_VFIO')).toBe('m');
  expect(config.has('CONFIG_SPAPR')).toBe(false);
});

test('a module of one file, and one of several', () => {
  const makefile =
    'obj-$(CONFIG_VFIO) += one.o\nvfio-y += main.o \\\n\t  container.o\nobj-m += vfio.o\n';
  expect(modulesIn(new Map([['.', makefile]]), config)).toEqual([
    { name: 'one', target: 'one.ko', sources: ['one.c'] },
    { name: 'vfio', target: 'vfio.ko', sources: ['main.c', 'container.c'] },
  ]);
});

test('folders are entered where the configuration says so, and parts can have conditions', () => {
  const makefiles = new Map([
    ['.', 'obj-$(CONFIG_PCI) += pci/\nobj-$(CONFIG_SPAPR) += spapr/\n'],
    [
      'pci',
      'vfio-pci-y := pci.o\nvfio-pci-$(CONFIG_IGD) += igd.o\nobj-$(CONFIG_PCI) += vfio-pci.o\n',
    ],
    ['spapr', 'obj-m += spapr.o\n'],
  ]);
  expect(modulesIn(makefiles, config)).toEqual([
    { name: 'vfio-pci', target: 'pci/vfio-pci.ko', sources: ['pci/pci.c', 'pci/igd.c'] },
  ]);
});

test('what is built in, or not at all, is no module', () => {
  const makefile =
    'obj-$(CONFIG_BUILTIN) += a.o\nobj-$(CONFIG_SPAPR) += b.o\nobj-y += c.o # obj-m += d.o\n';
  expect(modulesIn(new Map([['.', makefile]]), config)).toEqual([]);
});
