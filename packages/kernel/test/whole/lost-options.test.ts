import { expect, test } from 'vitest';
import { parseConfig } from '../../src/kbuild.ts';
import { explainLoss } from '../../src/whole/kconfig-entries.ts';
import { lostOptions, type LostOption } from '../../src/whole/lost-options.ts';

const wanted = (symbol: string, value: string) => ({ symbol, value, fragment: 'x.config' });
const config = parseConfig('CONFIG_A=y\nCONFIG_M=m\nCONFIG_N=18\n# CONFIG_OFF is not set\n');

test.each([
  ['CONFIG_A', 'y'],
  ['CONFIG_M', 'm'],
  ['CONFIG_N', '18'],
  ['CONFIG_OFF', 'n'],
  ['CONFIG_ABSENT', 'n'],
])('%s=%s came out as it was wanted', (symbol, value) => {
  expect(lostOptions([wanted(symbol, value)], config)).toEqual([]);
});

test.each([
  ['CONFIG_A', 'n', 'y'],
  ['CONFIG_A', 'm', 'y'],
  ['CONFIG_M', 'y', 'm'],
  ['CONFIG_N', '19', '18'],
  ['CONFIG_OFF', 'y', 'n'],
  ['CONFIG_ABSENT', 'y', 'n'],
])('%s=%s is lost when it came out as %s', (symbol, value, got) => {
  expect(lostOptions([wanted(symbol, value)], config)).toEqual([
    { symbol, value, fragment: 'x.config', got },
  ]);
});

const kconfig = `
config DAX
	bool "DAX"
	depends on BLOCK && \\
		(A || MISSING)
	depends on !M

config OTHER
	select DAX if A

menuconfig PLAIN
	bool "Plain"
# a comment
	help
	  depends on words in a help text, which are none.
`;

const explain = (symbol: string, value: string, text = kconfig): string => {
  const loss: LostOption = { ...wanted(symbol, value), got: 'n' };
  return explainLoss(
    loss,
    new Map([['fs/Kconfig', text]]),
    parseConfig('CONFIG_A=y\nCONFIG_M=m\nCONFIG_OTHER=y\n'),
  );
};

test('a loss is explained by what the Kconfig files say', () => {
  expect(explain('CONFIG_NOWHERE', 'y')).toBe('this source has no such option');
  expect(explain('CONFIG_DAX', 'y')).toMatch(
    /^it depends on BLOCK &&\s+\(A \|\| MISSING\) and on !M$/,
  );
  expect(explain('CONFIG_DAX', 'n')).toBe('selected by OTHER');
  expect(explain('CONFIG_PLAIN', 'n')).toBe('it cannot be turned off');
});

test.each([
  ['A', true],
  ['BLOCK', false],
  ['!BLOCK', true],
  ['A && BLOCK', false],
  ['BLOCK || A && !B', true],
  ['!(A || B)', false],
  ['$(cc-option,-mfoo)', true],
  ['N = 18', true],
])('the condition %s is met: %s', (condition, met) => {
  const said = explain('CONFIG_X', 'y', `config X\n\tbool\n\tdepends on ${condition}\n`);
  expect(said).toBe(met ? 'see what surrounds it in fs/Kconfig' : `it depends on ${condition}`);
});
