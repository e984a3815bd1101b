import { expect, test } from 'vitest';
import { besideChain } from '../src/chain.ts';

test('what a chain builds on and is no part of it stays loaded', () => {
  const chain = [
    { name: 'vfio', needs: [] },
    { name: 'vfio-pci-core', needs: ['vfio', 'irqbypass'] },
    { name: 'vfio-pci', needs: ['vfio_pci_core', 'irqbypass'] },
  ];
  expect(besideChain(chain)).toEqual(['irqbypass']);
});
