import { formatPlan, parseKernelVersion } from '@pinbench/model';
import { expect, test } from 'vitest';
import { setupPlan } from '../src/setup-plan.ts';

const planFor = (release: string, modules: readonly string[] = []): string =>
  formatPlan(setupPlan(modules, parseKernelVersion(release)));

test('a mount asks for DAX in the word that its kernel knows', () => {
  expect(planFor('4.14.5').match(/options=\S+/g)).toEqual(['options=dax', 'options=dax']);
  expect(planFor('5.7.0').match(/options=\S+/g)).toEqual(['options=dax', 'options=dax']);
  expect(planFor('5.8.0').match(/options=\S+/g)).toEqual([
    'options=dax=always',
    'options=dax=always',
  ]);
});

test('memmap= regions come first where their driver is loaded first, nvdimms where all is built in', () => {
  const modular = planFor('6.1.0', ['/modules/nd_e820.ko', '/modules/nfit.ko']);
  expect(modular).toContain('insmod id=setup.insmod./modules/nd_e820.ko');
  expect(modular).toContain('mount id=setup.mount.ext4-dax source=/dev/pmem0 ');
  expect(modular).toContain('mount id=setup.mount.xfs-dax source=/dev/pmem4 ');
  expect(modular).toContain('-e namespace4.0 -m fsdax');
  expect(modular).toContain('-e namespace3.0 -m devdax');
  expect(modular).toContain('payload=/dev/pmem2');
  const builtIn = planFor('4.15.0');
  expect(builtIn).toContain('mount id=setup.mount.ext4-dax source=/dev/pmem3 ');
  expect(builtIn).toContain('mount id=setup.mount.ext4 source=/dev/pmem4 ');
  expect(builtIn).toContain('mount id=setup.mount.xfs-dax source=/dev/pmem2 ');
  expect(builtIn).toContain('-e namespace1.0 -m devdax');
  expect(builtIn).toContain('payload=/dev/pmem0');
});
