import {
  sayStand,
  saySpapr,
  type SpaprStatus,
  type StatusReport,
  type StatusResult,
} from '@pinbench/model';
import wrapAnsi from 'wrap-ansi';
import { makePage, type Page } from '../terminal/page.ts';
import type { TerminalOptions } from '../terminal.ts';
import { fit, plain } from '../words.ts';
import { baseDetail } from './detail.ts';
import { standVerdict } from './words.ts';

/** Where each base stands, for a person: a table, then for each base the lines of its source that say so. */
export function renderStatus(
  { bases, unread }: StatusResult,
  options: TerminalOptions = {},
): string {
  const page = makePage({ width: 100, ...options });
  const sections = [
    bases.length > 0 ? table(bases, page) : [],
    ...bases.map((report) => baseDetail(report, page)),
    unread.flatMap(({ base, reason }) =>
      page.hang(
        `${page.bold(plain(base))}  ${page.verdict('error', 'not read')}: ${plain(reason)}`,
        2,
      ),
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

const head = ['base', 'source', 'VFIO type1', 'TCE v1', 'TCE v2'];
/** What the two columns of sPAPR TCE take, with the gaps between all five. */
const FIXED = 2 * 14 + 2 * head.length;
/** A stand is not wrapped narrower than this. */
const LEAST = 26;

function table(bases: readonly StatusReport[], page: Page): string[] {
  const widest = (texts: readonly string[]): number =>
    Math.max(...texts.map((text) => text.length));
  const versions = widest(bases.map(({ version }) => version));
  const left = page.width - FIXED - versions;
  const names = Math.min(left - LEAST, widest(bases.map(({ base }) => base)));
  const room = left - names;
  return page.table(
    head,
    bases.map(({ base, version, type1, spapr }) => [
      fit(plain(base), names),
      plain(version),
      wrapAnsi(sayStand(type1), room)
        .split('\n')
        .map((line) => page.verdict(standVerdict[type1.stand], line))
        .join('\n'),
      spaprCell(spapr.v1, page),
      spaprCell(spapr.v2, page),
    ]),
    [],
  );
}

const spaprCell = (status: SpaprStatus, page: Page): string =>
  status.stand === 'absent'
    ? page.dim(saySpapr(status))
    : page.verdict(standVerdict[status.stand], saySpapr(status));
