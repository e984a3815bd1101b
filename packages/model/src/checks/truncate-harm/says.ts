import type { CaseRow } from '../../result.ts';
import { listed } from '../mapping.ts';
import type { Fate } from '../../expect/index.ts';
import { said } from './fate.ts';

/** What pages that a device holds did before the patch. */
type Harm = Exclude<Fate, 'harmless'>;

/** What came of calls before the patch, for a reviewer to quote. */
const told: Readonly<Record<Harm, (calls: string, where: string) => string>> = {
  waits: (calls, where) => `${calls} waited${where} until a signal came, even after the unmap`,
  'waits-deaf': (calls, where) => `${calls} waited${where}, and a signal did not end it`,
  overwrites: (calls) => `${calls} returned, and the device wrote into the file that got the block`,
};

const harms: readonly Harm[] = ['waits', 'waits-deaf', 'overwrites'];

/** Seen from 5.10 to 7.3. */
const neverGivenBack =
  'put_pfn() of vfio_iommu_type1 passes over pages that are marked reserved, as those of persistent memory are, so that their pins stay for good';

const harmless =
  'every call returned at once, and the file that got the block kept every byte, though the device was told to write there.';

/** Rows by what came of them before the patch, on every file system together. */
const rowsOf = (rows: readonly CaseRow[], fate: Fate): CaseRow[] =>
  rows.filter(({ before, verdict }) => verdict === 'pass' && before.saw === said[fate]);

export function saysOf(rows: readonly CaseRow[]): string[] {
  if (rowsOf(rows, 'harmless').length > 0) {
    return [`The pin is refused without the patch already, and still is with it: ${harmless}`];
  }
  const parts = harms.flatMap((harm) => {
    const found = rowsOf(rows, harm);
    return found.length > 0 ? [told[harm](callsOf(found), placesOf(found))] : [];
  });
  return [
    `Before the patch, with a page of the file pinned for the device: ${parts.join('; ')}.`,
    `After it the pin is refused: ${harmless}`,
  ];
}

export const notesOf = (rows: readonly CaseRow[]): string[] =>
  rowsOf(rows, 'waits').length > 0
    ? [`What waited before the patch went on waiting once it was unmapped: ${neverGivenBack}.`]
    : [];

/** "truncate and unlink (ext4, xfs)". */
function callsOf(rows: readonly CaseRow[]): string {
  const pairs = rows.map(({ name }) => name.split(': '));
  const calls = [...new Set(pairs.map(([, call]) => call ?? ''))];
  const fileSystems = [...new Set(pairs.map(([fs]) => fs ?? ''))];
  return `${listed(calls)} (${fileSystems.join(', ')})`;
}

/** The functions in which the kernel waits for a layout, out of the evidence: the innermost of each row. */
function placesOf(rows: readonly CaseRow[]): string {
  const names = new Set(
    rows.flatMap(
      ({ before }) =>
        /\w*break_(?:dax_)?layout\w*/.exec((before.evidence ?? []).join('\n'))?.[0] ?? [],
    ),
  );
  return names.size === 0 ? '' : ` in ${[...names].map((name) => `${name}()`).join(', ')}`;
}
