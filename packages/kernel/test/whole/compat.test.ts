import { describe, expect, test } from 'vitest';
import { compatFor, parseCompat, readCompat } from '../../src/whole/compat.ts';
import { mergeVariables } from '../../src/whole/recipe.ts';

const bookworm = {
  gcc: 'gcc (Debian 12.2.0-14) 12.2.0',
  ld: 'GNU ld (GNU Binutils for Debian) 2.40',
};

const version = (text: string) => {
  const [major = 0, minor = 0, sublevel = 0] = text.split('.').map(Number);
  return { major, minor, sublevel, extra: '' };
};

const none: (file: string, text: string) => boolean = () => false;

const ids = async (kernel: string, tools = bookworm, contains = none): Promise<string[]> =>
  compatFor(await readCompat(), version(kernel), tools, contains).map(({ id }) => id);

describe('what comes with pinbench', () => {
  test('helps 4.14 and 4.15, which know neither', async () => {
    expect(await ids('4.14.5')).toEqual(expect.arrayContaining(['max-page-size', 'no-plt32']));
    expect(await ids('4.15')).toEqual(expect.arrayContaining(['max-page-size', 'no-plt32']));
  });

  test('leaves later kernels alone', async () => {
    expect(await ids('5.10.218')).not.toContain('max-page-size');
    expect(await ids('6.1')).toEqual([]);
  });

  test('leaves a stable tree alone that has taken the cure', async () => {
    const contains = (file: string, text: string): boolean =>
      file === 'arch/x86/Makefile' && text === 'max-page-size=0x200000';
    expect(await ids('4.14.67', bookworm, contains)).not.toContain('max-page-size');
    expect(await ids('4.14.67', bookworm, contains)).toContain('no-plt32');
  });

  test('is not needed with the tools of the time', async () => {
    const old = { gcc: 'gcc (Debian 6.3.0-18) 6.3.0', ld: 'GNU ld (GNU Binutils for Debian) 2.28' };
    expect(await ids('4.15', old)).toEqual([]);
  });

  test('gives a reason and a source for each entry, and no two of one name', async () => {
    const entries = await readCompat();
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { reason, source } of entries) {
      expect(reason).toMatch(/\w/);
      expect(source).toMatch(/commit [0-9a-f]{12}/);
    }
  });
});

const entry = { id: 'x', versions: '<5', tools: { gcc: '>=10' }, reason: 'r', source: 's' };

test.each([
  ['an unknown field', { ...entry, flags: '-w' }],
  ['no range', { ...entry, versions: 'before 5' }],
  ['another name than its file', { ...entry, id: 'y' }],
  ['no source', { ...entry, source: undefined }],
])('an entry with %s is an error that names its file', (_what, value) => {
  expect(() => parseCompat('x.json', value)).toThrow('qemu/compat/x.json');
});

test('two entries may want one variable only if they want the same', () => {
  const wants = (id: string, LD: string) =>
    parseCompat(`${id}.json`, { ...entry, id, make: { LD } });
  expect(mergeVariables([wants('a', 'ld -z x'), wants('b', 'ld -z x')])).toEqual({ LD: 'ld -z x' });
  expect(() => mergeVariables([wants('a', 'ld -z x'), wants('b', 'ld')])).toThrow(
    'b wants another LD',
  );
});
