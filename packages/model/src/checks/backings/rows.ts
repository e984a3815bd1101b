import { MiB, PAGE } from '../memory.ts';
import type { Row } from './row.ts';

const SOME = 16 * PAGE;
const copiedOnWrite = { share: 'private', place: 'ram', copied: true } as const;
const readPrivately = { share: 'private', touch: 'read', place: 'persistent' } as const;

/** Filesystem-DAX memory in every shape: the rule asks for none of them. */
const fsdax: readonly Row[] = [
  dax('ext4', 'shared, untouched', { touch: 'none', place: 'nowhere' }),
  dax('ext4', 'shared, read only', { prot: 'ro', asked: 'ro' }),
  dax('ext4', 'shared, read only, asked for writing', { prot: 'ro' }),
  dax('ext4', 'private, untouched', { share: 'private', touch: 'none', place: 'nowhere' }),
  dax('ext4', 'private, read, asked for reading', { ...readPrivately, asked: 'ro' }),
  dax('ext4', 'private, read', readPrivately),
  dax('ext4', 'private, copied on write', copiedOnWrite),
  dax('ext4', 'private, read only', { ...readPrivately, prot: 'ro', asked: 'ro' }),
  dax('xfs', 'shared, untouched', { touch: 'none', place: 'nowhere' }),
  dax('xfs', 'shared, read only', { prot: 'ro', asked: 'ro' }),
  dax('xfs', 'private, copied on write', copiedOnWrite),
  dax('ext4', 'one page', { len: PAGE }),
  dax('ext4', '2 MiB', { len: 2 * MiB }),
  dax('xfs', '2 MiB', { len: 2 * MiB }),
  dax('ext4', 'one page amid the file', { parts: `fsdax-ext4:${SOME}`, off: 3 * PAGE, len: PAGE }),
  dax('ext4', 'shared, forked, child wrote', { forked: true }),
  dax('ext4', 'private, forked, child wrote', { ...copiedOnWrite, forked: true }),
  {
    name: 'amid thp to amid a DAX file',
    backing: 'half-fsdax',
    parts: `thp:${2 * MiB},fsdax-ext4:${SOME}`,
    ...{ off: 2 * MiB - 5 * PAGE, len: 8 * PAGE },
    ...{ place: 'ram', beside: 'persistent' },
  },
];

/** Memory that the rule does not name, in the shapes that a wrong test would take for it. */
const others: readonly Row[] = [
  ram('anon', 'untouched', { touch: 'none', place: 'nowhere' }),
  ram('anon', 'untouched, asked for reading', { touch: 'none', place: 'nowhere', asked: 'ro' }),
  ram('anon', 'shared', { share: 'shared' }),
  ram('anon', 'read only', { prot: 'ro', asked: 'ro' }),
  ram('anon', 'read only, asked for writing', { prot: 'ro' }),
  ram('anon', 'one page', { len: PAGE }),
  ram('anon', '2 MiB', { len: 2 * MiB }),
  {
    name: 'anon: beside a DAX file',
    ...{ backing: 'anon', parts: `anon:${SOME},fsdax-ext4:${SOME}`, len: SOME },
    ...{ place: 'ram', beside: 'persistent' },
  },
  ram('memfd', 'shared, untouched', { touch: 'none', place: 'nowhere' }),
  ram('memfd', 'shared, read only', { prot: 'ro', asked: 'ro' }),
  ram('memfd', 'private, copied on write', { share: 'private' }),
  ram('page-cache', 'shared, read only', { prot: 'ro', asked: 'ro' }),
  ram('page-cache', 'shared, untouched', { touch: 'none', place: 'nowhere' }),
  ram('page-cache', 'private, untouched', { share: 'private', touch: 'none', place: 'nowhere' }),
  ram('page-cache', 'private, copied on write', { share: 'private' }),
  ram('thp', 'amid a huge page', { parts: `thp:${2 * MiB}`, off: 5 * PAGE, len: SOME }),
  ram('hugetlb', 'amid a huge page', { parts: `hugetlb:${2 * MiB}`, off: 5 * PAGE, len: SOME }),
  ram('hugetlb', 'shared', { share: 'shared', len: 2 * MiB }),
  {
    name: 'device-dax: read only',
    ...{ backing: 'device-dax', parts: `device-dax:${2 * MiB}`, len: 2 * MiB },
    ...{ prot: 'ro', asked: 'ro', place: 'persistent' },
  },
];

export const rows: readonly Row[] = [...fsdax, ...others];

function dax(fs: 'ext4' | 'xfs', what: string, more: Partial<Row>): Row {
  const backing = `fsdax-${fs}` as const;
  const len = more.len ?? SOME;
  return {
    ...{ name: `${backing}: ${what}`, backing, parts: `${backing}:${len}` },
    ...{ len, place: 'persistent', ...more },
  };
}

function ram(backing: Row['backing'], what: string, more: Partial<Row>): Row {
  const len = more.len ?? SOME;
  return {
    name: `${backing}: ${what}`,
    backing,
    parts: `${backing}:${len}`,
    len,
    place: 'ram',
    ...more,
  };
}
