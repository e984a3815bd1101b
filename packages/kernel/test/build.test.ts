import { digest } from '@pinbench/host';
import { expect, test } from 'vitest';
import { builtKey } from '../src/build.ts';
import { sessionKey } from '../src/kbuild-session.ts';

const toolchain = {
  compiler: 'gcc-12',
  version: 'gcc-12 12.2.0',
  linker: 'GNU ld 2.40',
  origin: 'the host',
};
const packages = [{ name: 'linux-headers', version: '6.1-1' }];

const key = (
  { tools = toolchain, headers = packages, tree = 'tree', flags = '-O2' } = {},
  targets = ['vfio.ko'],
) =>
  digest(
    builtKey(tree, targets, {
      key: {
        kbuild: sessionKey({ headers }, { folder: '/h', config: '/h/.config', root: '/' }, tools, [
          'CC=gcc-12',
        ]),
        environment: { KBUILD_CFLAGS: flags },
      },
    }),
  );

test('modules are the same that were built from the same by the same', () => {
  expect(key()).toBe(key());
});

test.each([
  ['compiler of the same name', key({ tools: { ...toolchain, version: 'gcc-12 12.3.0' } })],
  ['linker', key({ tools: { ...toolchain, linker: 'GNU ld 2.41' } })],
  ['set of headers', key({ headers: [{ name: 'linux-headers', version: '6.1-2' }] })],
  ['source', key({ tree: 'another' })],
  ['set of flags', key({ flags: '-O3' })],
  ['list of modules', key({}, ['vfio.ko', 'vfio-pci.ko'])],
])('they are built again for another %s', (_what, other) => {
  expect(other).not.toBe(key());
});
