import type { Citation, PinPath, StatusReport, StatusResult } from '@pinbench/model';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { renderStatus, renderStatusJson, statusJsonSchema } from '../src/index.ts';

const commit = { hash: '2bb6d2837083', version: 'v4.15', subject: 'mm: a new kind of GUP' };
const later = { hash: '19fed0dae94d', version: 'v5.6', subject: 'vfio: another call' };
const file = 'drivers/vfio/vfio_iommu_type1.c';

const fast: PinPath = {
  call: 'get_user_pages_fast()',
  ...{ fsdax: 'pinned', deviceDax: 'pinned', lock: 'taken-inside' },
  citations: [{ file, line: 344, code: 'ret = fast(vaddr);', says: 'pins fs-dax', commit }],
};
const wrong: PinPath = {
  call: 'get_user_pages_longterm()',
  ...{ fsdax: 'refused', deviceDax: 'refused', lock: 'missing' },
  citations: [
    {
      ...{ file, line: 345, code: 'ret = longterm(vaddr);', says: 'asks for a long-term pin' },
      ...{ commit, form: later, mended: { ...later, subject: 'vfio: GUP under the lock' } },
    },
    { file: 'mm/gup.c', line: 1129, code: 'if (vma_is_fsdax(vma))', says: 'refuses fs-dax' },
  ],
};

const laterHere = (citation: Citation): Citation => ({
  ...citation,
  ...(citation.commit && { commit: later }),
});

const exposed: StatusReport = {
  base: 'tree:../linux@v4.15',
  version: '4.15.0',
  commit: 'd8a5b80568a9cb66810e75b182018e9edb68e8ff',
  type1: {
    ...{ stand: 'prepared', faults: [] },
    own: fast,
    other: { ...fast, call: 'get_user_pages_remote()', lock: 'held' },
    prerequisites: [
      { name: 'get_user_pages_longterm()', state: 'there', commit },
      { name: 'a vma_is_fsdax() that tells device-dax from fs-dax', state: 'missing', commit },
    ],
  },
  spapr: {
    v1: { stand: 'exposed', call: 'get_user_pages_fast()', citations: [] },
    v2: { stand: 'absent', citations: [] },
  },
};
const refused: StatusReport = {
  ...exposed,
  base: 'debian:4.16',
  type1: {
    ...{ stand: 'refused', faults: ['device-dax', 'lock'], prerequisites: [] },
    own: wrong,
    other: { ...wrong, lock: 'held', citations: wrong.citations.map(laterHere) },
  },
};
const strange: StatusReport = {
  ...exposed,
  base: 'tree:strange',
  type1: {
    ...{ stand: 'unknown', faults: [], prerequisites: [] },
    own: { ...fast, fsdax: 'unknown', unclear: 'what it does depends on CONFIG_X', citations: [] },
  },
  spapr: { ...exposed.spapr, v1: { stand: 'unknown', unclear: 'no GUP', citations: [] } },
};

const status: StatusResult = {
  schema: 1,
  bench: { version: '0.1.0' },
  bases: [exposed, refused, strange],
  unread: [{ base: 'tree:gone', reason: 'there is no tree at gone' }],
};

describe('the status for a person', () => {
  test('is a table, and what each answer rests on', async () => {
    await expect(renderStatus(status, { color: false })).toMatchFileSnapshot('fixtures/status.txt');
  });

  test('fits a screen, and is never cut', () => {
    const long = { ...refused, base: `tree:/${'deep/'.repeat(9)}linux` };
    const text = renderStatus({ ...status, bases: [long] }, { color: false });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toContain(`${long.base} (`);
    expect(text.replace(/\s+/g, ' ')).toContain('GUP without the lock');
  });

  test('lets no escape sequence of a source through', () => {
    const evil = { ...fast, citations: [{ file, line: 1, code: 'a\u001b[2Jb', says: '' }] };
    const report = { ...exposed, type1: { ...exposed.type1, own: evil } };
    expect(renderStatus({ ...status, bases: [report] }, { color: false })).not.toContain('\u001b');
  });
});

describe('the status as JSON', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(statusJsonSchema());

  test('schema/status.schema.json is what the code makes (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(statusJsonSchema()), {
      parser: 'json',
      printWidth: 100,
    });
    await expect(text).toMatchFileSnapshot('../schema/status.schema.json');
  });

  test('is the status itself and holds to its schema', () => {
    const parsed: unknown = JSON.parse(renderStatusJson(status));
    expect(parsed).toEqual(status);
    validate(parsed);
    expect(validate.errors).toBeNull();
    expect(validate({ ...status, bases: [{ ...exposed, type1: { stand: 'fine' } }] })).toBe(false);
  });
});
