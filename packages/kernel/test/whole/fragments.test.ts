import { describe, expect, test } from 'vitest';
import {
  optionsOfOthers,
  readDebugFragment,
  readFragments,
  wantedOptions,
} from '../../src/whole/fragments.ts';
import type { SourceVersion } from '../../src/whole/inputs.ts';

const v = (major: number, minor: number, sublevel = 0): SourceVersion => ({
  major,
  minor,
  sublevel,
  extra: '',
});

test('a fragment is lines of a .config, with comments between them', () => {
  const text = '# Why.\nCONFIG_A=y\n\n# CONFIG_B is not set\nCONFIG_C="a b"\nCONFIG_D=18\n';
  expect(wantedOptions([{ name: 'x.config', text }], v(5, 10))).toEqual([
    { symbol: 'CONFIG_A', value: 'y', fragment: 'x.config' },
    { symbol: 'CONFIG_B', value: 'n', fragment: 'x.config' },
    { symbol: 'CONFIG_C', value: '"a b"', fragment: 'x.config' },
    { symbol: 'CONFIG_D', value: '18', fragment: 'x.config' },
  ]);
});

test('an option with a range is wanted of the versions in it', () => {
  const text = 'CONFIG_OLD=y # kernel <4.15\nCONFIG_NEW=y # kernel >=4.15\n';
  const symbols = (version: SourceVersion): string[] =>
    wantedOptions([{ name: 'x.config', text }], version).map(({ symbol }) => symbol);
  expect(symbols(v(4, 14, 336))).toEqual(['CONFIG_OLD']);
  expect(symbols(v(4, 15))).toEqual(['CONFIG_NEW']);
});

test.each([
  ['a typo', 'CONFIG_A'],
  ['a half comment', '# CONFIG_A is not'],
  ['no range', 'CONFIG_A=y # kernel since'],
])('%s is an error that names file and line', (_what, line) => {
  expect(() => wantedOptions([{ name: 'x.config', text: `\n${line}\n` }], v(5, 10))).toThrow(
    'x.config:2 in qemu/config is no option',
  );
});

test('two fragments that contradict each other are named', () => {
  const fragments = [
    { name: 'a.config', text: 'CONFIG_A=y' },
    { name: 'b.config', text: '# CONFIG_A is not set' },
  ];
  expect(() => wantedOptions(fragments, v(5, 10))).toThrow(
    'b.config wants # CONFIG_A is not set, and a.config CONFIG_A=y',
  );
});

describe('the fragments that come with pinbench', () => {
  test.each([v(4, 14, 5), v(4, 15), v(5, 10, 218), v(6, 12), v(7, 0)])(
    'can be read for %o',
    async (version) => {
      for (const vfioAsModules of [true, false]) {
        const wanted = wantedOptions(await readFragments(vfioAsModules), version);
        expect(wanted).toContainEqual(
          expect.objectContaining({ symbol: 'CONFIG_VFIO', value: vfioAsModules ? 'm' : 'y' }),
        );
      }
    },
  );

  test('ask for a direct entry only where there is one', async () => {
    const has = (version: SourceVersion) => async (): Promise<boolean> =>
      wantedOptions(await readFragments(true), version).some(
        ({ symbol }) => symbol === 'CONFIG_PVH',
      );
    expect(await has(v(4, 20))()).toBe(false);
    expect(await has(v(5, 0))()).toBe(true);
  });

  test('ask a kernel that checks itself for KASAN only where persistent memory has a shadow', async () => {
    const fragment = await readDebugFragment();
    const symbols = (version: SourceVersion): string[] =>
      wantedOptions([fragment], version).map(({ symbol }) => symbol);
    expect(symbols(v(4, 15))).toContain('CONFIG_PROVE_LOCKING');
    expect(symbols(v(4, 15))).not.toContain('CONFIG_KASAN');
    expect(optionsOfOthers(fragment, v(4, 15))).toContainEqual({
      symbol: 'CONFIG_KASAN',
      range: '>=4.19',
    });
    expect(symbols(v(5, 10))).toContain('CONFIG_KASAN');
  });

  test.each([v(4, 14, 5), v(5, 10), v(6, 1), v(7, 0)])(
    'want of a kernel that checks itself nothing that contradicts what it needs, for %o',
    async (version) => {
      const all = [...(await readFragments(true)), await readDebugFragment()];
      expect(() => wantedOptions(all, version)).not.toThrow();
    },
  );
});
