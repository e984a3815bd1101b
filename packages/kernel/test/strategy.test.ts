import { RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { decideStrategy } from '../src/strategy.ts';

const modules = [{ name: 'vfio_iommu_type1', target: 'vfio_iommu_type1.ko', sources: [] }];
const obstacle = 'mm/gup.c does not build into a module that can be swapped';

test('modules are swapped where that can be done', () => {
  for (const asked of ['auto', 'module-swap'] as const) {
    expect(decideStrategy(asked, { modules })).toMatchObject({ strategy: 'module-swap', modules });
  }
  expect(decideStrategy('auto', { modules }).why).toContain('builds into vfio_iommu_type1');
});

test('two kernels are built where it cannot, and that is why', () => {
  expect(decideStrategy('auto', { obstacle })).toEqual({ strategy: 'two-kernels', why: obstacle });
  expect(decideStrategy('two-kernels', { obstacle }).why).toBe(obstacle);
});

test('two kernels can be asked for', () => {
  const decision = decideStrategy('two-kernels', { modules });
  expect(decision).toEqual({ strategy: 'two-kernels', why: 'asked for with --strategy' });
});

test('a swap that was asked for and cannot be done is a wrong request, which says why', () => {
  const decide = () => decideStrategy('module-swap', { obstacle });
  expect(decide).toThrow(RequestError);
  expect(decide).toThrow(obstacle);
});
