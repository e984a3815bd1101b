import { describe, expect, test } from 'vitest';
import {
  backings as kinds,
  judgeRun,
  parseKernelVersion,
  type AgentRecord,
  type Backing,
  type CheckContext,
  type CheckResult,
} from '../src/index.ts';
import { backings } from '../src/checks/backings/index.ts';
import { placesOf, type Place } from '../src/checks/backings/row.ts';
import { rows } from '../src/checks/backings/rows.ts';
import { context, rightPatch, scriptedGuest, swapped } from './scripted-kernel.ts';

type Edits = Readonly<
  Record<string, Partial<AgentRecord> | ((record: AgentRecord) => AgentRecord)>
>;

/** A kernel as `release` is, with the right patch, on whose records one is not as it should be. */
function judge(
  release: string,
  edits: Edits = {},
  narrowed: readonly Backing[] = kinds,
): CheckResult {
  const asked: CheckContext = {
    ...{ ...context, backings: [...narrowed] },
    kernel: parseKernelVersion(release),
  };
  const guest = scriptedGuest(
    { checks: [backings], boot: 0 },
    rightPatch,
    (record) => asKernel(placed(record), asked, edits),
    asked,
  );
  return judgeRun({
    checks: [backings],
    context: asked,
    guests: [guest],
    subject: swapped,
    policies: [],
  }).checks[0]!;
}

const idOf = (leg: number, name: string, step: string): string =>
  `${leg}.backings.${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.${step}`;

/** Memory lies where its row says, unless told otherwise. */
function placed(record: AgentRecord, told?: readonly Place[]): AgentRecord {
  const row = rows.find(({ name }) => record.id?.endsWith(idOf(0, name, 'buffer').slice(1)));
  const parts = record['parts'];
  if (row === undefined || !Array.isArray(parts)) return record;
  const places = told ?? placesOf(row);
  return { ...record, parts: parts.map((part: object, at) => ({ ...part, ...lies(places[at]) })) };
}

const lies = (place: Place | undefined) => ({
  physical: place === 'nowhere' ? null : '0x1000',
  persistent: place === 'nowhere' ? null : place === 'persistent',
});

const refused = (error: string) => ({ ok: false, error, at: 'VFIO_IOMMU_MAP_DMA' });

/** What the scripted kernel does not know of: memory that the process may not write itself. */
function asKernel(record: AgentRecord, { kernel }: CheckContext, edits: Edits): AgentRecord {
  const id = record.id ?? '';
  const edit = edits[id];
  if (edit !== undefined) return typeof edit === 'function' ? edit(record) : { ...record, ...edit };
  const [, leg, row, step] = /^(\d)\.backings\.(.*)\.(map|unmap)$/.exec(id) ?? [];
  const readOnly = row?.endsWith('asked-for-writing') === true;
  const late = row === 'page-cache-shared-untouched' && leg === '1' && kernel.major > 6;
  const isFsdax = row?.startsWith('fsdax') === true && leg === '1';
  if (!late && (!readOnly || isFsdax)) return record;
  return { ...record, ...(step === 'map' ? refused('EFAULT') : { unmapped: 0 }) };
}

describe('memory in every way it can be had', () => {
  test('passes with the right patch, with what a reviewer can quote', () => {
    const { verdict, says, cases } = judge('6.1.0');
    expect(verdict).toBe('pass');
    expect(says).toMatchInlineSnapshot(`
      [
        "Filesystem-DAX memory (ext4, xfs) is refused however it is mapped: shared, private, untouched, copied on write, read only, asked for reading, asked for writing where the process may only read, a single page, 2 MiB, after a forked child wrote to it, as DAX by inode, behind the end of a huge page and in the place of pinned memory.",
        "Other memory (anon, memfd, page-cache, thp, hugetlb, device-dax) answers as it did before, however it is mapped.",
      ]
    `);
    expect(cases?.length).toBeGreaterThan(rows.length);
  });

  test('tells what a later kernel refuses besides', () => {
    const { verdict, says } = judge('7.3.0');
    expect(verdict).toBe('pass');
    expect(says?.[1]).toContain(
      'page-cache: shared, untouched, which is refused EFAULT: from 6.5 on a long-term pin',
    );
  });

  test('lets copies of DAX pages be pinned, which are no longer the file, but not in part', () => {
    const name = 'fsdax-xfs: private, copied on write';
    const granted = {
      [idOf(1, name, 'map')]: { ok: true },
      [idOf(1, name, 'unmap')]: { unmapped: 65536 },
    };
    const { verdict, says } = judge('6.1.0', granted);
    expect(verdict).toBe('pass');
    expect(says).toContain(
      `Pages that were copied on write are mapped, and are no longer the file's (${name}).`,
    );
    const part = { ...granted, [idOf(1, name, 'unmap')]: { unmapped: 4096 } };
    expect(judge('6.1.0', part).reason).toContain('4096 of 65536 bytes');
  });

  test('leaves DAX by inode out before there was such a thing', () => {
    const named = judge('5.4.0').cases?.find(({ name }) => name.includes('by inode'));
    expect(named?.verdict).toBe('skip');
  });

  test.each<[string, string, Partial<AgentRecord>, string]>([
    ['fsdax-ext4: private, untouched', 'map', { ok: true }, 'was pinned, where'],
    ['fsdax-ext4: one page', 'map', refused('EPERM'), 'EPERM from VFIO_IOMMU_MAP_DMA and not'],
    ['anon: shared', 'map', refused('EOPNOTSUPP'), 'was refused with EOPNOTSUPP'],
    ['anon: read only, asked for writing', 'map', { ok: true }, 'was pinned, where GUP writes'],
    ['memfd: private, copied on write', 'end', { vmlck: 64 }, 'VmLck +64 KiB'],
    ['page-cache: shared, read only', 'release', { kept: 16 }, '16 pages that nobody maps'],
    ['anon: pinned, forked, child wrote', 'arrived', { equal: false }, 'no longer saw'],
    ['fsdax-ext4: in the place of pinned anon', 'arrived', { equal: false }, 'took the pinned'],
    ['fsdax-ext4: in the place of pinned anon', 'end', { foll_pin_acquired: 11 }, '+1 pages'],
    ['fsdax-ext4: in the place of pinned anon', 'old-unmap', { unmapped: 0 }, '0 of 65536 bytes'],
    ['fsdax-ext4: in the place of pinned anon', 'target-unmap', { unmapped: 0 }, '0 of 4096 bytes'],
    [
      'fsdax-ext4: in the place of pinned anon',
      'target-map',
      refused('EOPNOTSUPP'),
      'came after anon that was refused with EOPNOTSUPP',
    ],
    [
      'fsdax-ext4: in the place of pinned anon',
      'old-map',
      refused('EOPNOTSUPP'),
      'came after anon that was refused with EOPNOTSUPP',
    ],
  ])('fails for %s with a wrong %s', (name, step, wrong, reason) => {
    const judged = judge('6.1.0', { [idOf(1, name, step)]: wrong });
    expect([judged.verdict, judged.reason]).toEqual(['fail', expect.stringContaining(reason)]);
  });

  test('lets a kernel keep what it kept before the patch too, and no more', () => {
    const name = 'anon: untouched, asked for reading';
    const kept = { foll_pin_acquired: 26 };
    const both = { [idOf(0, name, 'end')]: kept, [idOf(1, name, 'end')]: kept };
    expect(judge('6.1.0', both).verdict).not.toBe('fail');
    expect(judge('6.1.0', { [idOf(1, name, 'end')]: kept }).verdict).toBe('fail');
  });

  test.each<[string, Place[]]>([
    ['fsdax-ext4: private, copied on write', ['persistent']],
    ['fsdax-ext4: private, read', ['ram']],
    ['anon: untouched', ['ram']],
    ['anon: beside a DAX file', ['ram', 'ram']],
    ['amid thp to amid a DAX file', ['ram', 'nowhere']],
  ])('says nothing where %s lies elsewhere: %s', (name, places) => {
    const moved = judge('6.1.0', {
      [idOf(0, name, 'buffer')]: (record) => placed(record, places),
    });
    expect([moved.verdict, moved.reason]).toEqual(['invalid', expect.stringContaining(name)]);
  });

  test.each<[string, Partial<AgentRecord>]>([
    ['anon: beside a DAX file', { parts: [] }],
    ['anon: shared', { parts: [{ backing: 'anon' }] }],
    ['anon: shared', { parts: null }],
    ['memfd: shared, untouched', { ok: false, error: 'ENOMEM', at: 'mmap' }],
  ])('says nothing where of %s there is no account but %j', (name, wrong) => {
    expect(judge('6.1.0', { [idOf(0, name, 'buffer')]: wrong }).verdict).toBe('invalid');
  });

  test.each(['thp: amid a huge page', 'amid thp to amid a DAX file'])(
    'says nothing where there is no huge page: %s',
    (name) => {
      const small = (record: AgentRecord): AgentRecord => ({
        ...record,
        parts: (record['parts'] as object[]).map((part) => ({ ...part, anonHugePages: 0 })),
      });
      expect(judge('6.1.0', { [idOf(0, name, 'buffer')]: small }).verdict).toBe('invalid');
    },
  );

  test.each<[Backing[], string[]]>([
    [['anon'], ['Other memory (anon) answers as it did before, however it is mapped.']],
    [
      ['fsdax-xfs'],
      [
        'Filesystem-DAX memory (xfs) is refused however it is mapped: shared, private, untouched, copied on write, read only and 2 MiB.',
      ],
    ],
  ])('says nothing of what was not asked: %j', (narrowed, sentences) => {
    const { verdict, says } = judge('6.1.0', {}, narrowed);
    expect([verdict, says]).toEqual(['pass', sentences]);
  });
});
