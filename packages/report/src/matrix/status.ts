import {
  sayStand,
  statusVerdict,
  type MatrixRow,
  type RowStatus,
  type Stand,
} from '@pinbench/model';
import Table from 'cli-table3';
import { because, type Case } from '../cases.ts';
import type { Page } from '../terminal/page.ts';
import { count, plain } from '../words.ts';

/** A stand in one word, for a column. */
const shortStand: Record<Stand, string> = {
  exposed: 'exposed',
  prepared: 'prepared',
  refused: 'refused',
  right: 'right',
  unknown: 'unclear',
};

/**
 * The lines of a row's cell: where the source stands as it is, and whether the boot bore it out. Beside the verdict on
 * a patch that was not booted, a bare "right" would read as the patch's.
 */
export function statusCell({ status }: MatrixRow, page: Page): string[] {
  if (status === undefined) return ['-'];
  const verdict = statusVerdict(status);
  const stand = status.base === undefined ? '-' : shortStand[status.base.type1.stand];
  if (verdict === 'skip' && status.base !== undefined)
    return ['base:', page.verdict('skip', stand)];
  return [stand, page.verdict(verdict, comparedWords[verdict])];
}

const comparedWords = {
  pass: 'agrees',
  fail: 'DISAGREES',
  invalid: 'unclear',
  error: 'unread',
  skip: 'no boot',
} as const;

/** What the sources of a base, of before and of after say, in a line. */
export function statusLine({ base, status }: MatrixRow): string {
  if (status === undefined) return '';
  const said = [
    { name: plain(base), report: status.base },
    { name: 'before', report: status.before },
    { name: 'after', report: status.after },
  ].flatMap(({ name, report }) => (report ? [`${name} ${sayStand(report.type1)}`] : []));
  return [...said, plain(sayCompared(status))].join('; ');
}

function sayCompared({ compared, disagreements, why, trouble }: RowStatus): string {
  if (trouble !== undefined) return `not read: ${trouble}`;
  if (why !== undefined) return `held against nothing: ${why}`;
  const held = `held against ${count(compared, 'answer')} of the kernels`;
  return disagreements.length === 0
    ? held
    : `${held}: ${count(disagreements.length, 'disagreement')}`;
}

/** Each disagreement of source and boot, in a box that nobody overlooks. */
export const disagreementBoxes = ({ base, status }: MatrixRow, page: Page): string[] =>
  (status?.disagreements ?? []).flatMap(({ variant, backing, source, boot }) =>
    box(page, [
      page.verdict('fail', `SOURCE AND BOOT DISAGREE  ${plain(base)}, ${variant}, ${backing}`),
      `source  ${plain(source)}`,
      `boot    ${boot}`,
    ]),
  );

function box(page: Page, lines: readonly string[]): string[] {
  const table = new Table({
    // Without the frame's two sides.
    colWidths: [page.width - 2],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push([lines.join('\n')]);
  return table.toString().split('\n');
}

/** The reading of the sources as a case among a base's checks. */
export function statusCase(row: MatrixRow): Case[] {
  if (row.status === undefined) return [];
  const { disagreements } = row.status;
  const verdict = statusVerdict(row.status);
  const contrary = disagreements.map(
    ({ variant, backing, source, boot }) => `${variant}: ${backing}: ${source}, but ${boot}`,
  );
  return [
    {
      name: 'status',
      verdict,
      ...because(verdict, contrary.length > 0 ? contrary.join('; ') : statusLine(row)),
      notes: [statusLine(row)],
      parts: [],
    },
  ];
}
