import { expect, test } from 'vitest';
import { parseStanzas } from '../src/stanzas.ts';

test('stanzas are parted by blank lines and their fields are in lower case', () => {
  expect(parseStanzas('Package: a\nVersion: 1\n\n\nPackage: b\n')).toEqual([
    { package: 'a', version: '1' },
    { package: 'b' },
  ]);
});

test('a value may run over several lines, and comments are no part of it', () => {
  const [stanza] = parseStanzas(
    'Types: deb\n# an old mirror\nSigned-By:\n -----BEGIN\n .\n -----END\n',
  );
  expect(stanza).toEqual({ types: 'deb', 'signed-by': '\n -----BEGIN\n .\n -----END' });
});

test('text without a field is no stanza', () => {
  expect(parseStanzas('\n\nnothing here\n')).toEqual([]);
});
