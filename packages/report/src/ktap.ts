import type { Result } from '@pinbench/model';
import { casesOf, type Case } from './cases.ts';

/**
 * KTAP version 1 (the kernel's Documentation/dev-tools/ktap.rst): a test per check with a nested one per row, and the
 * run's verdict last. `invalid` and `error` are "not ok" with the ERROR directive.
 */
export const renderKtap = (result: Result): string => ktapOf(casesOf(result));

export const ktapOf = (cases: readonly Case[]): string => `${list(cases).join('\n')}\n`;

/** Each level of nesting begins with its own version line and plan, two spaces further in. */
const list = (cases: readonly Case[]): string[] => [
  'KTAP version 1',
  `1..${cases.length}`,
  ...cases.flatMap((each, index) => [
    ...(each.parts.length > 0 ? list(each.parts).map((line) => `  ${line}`) : []),
    ...each.notes.map((note) => `# ${oneLine(note)}`),
    resultLine(each, index + 1),
  ]),
];

function resultLine(each: Case, number: number): string {
  const ok = each.verdict === 'pass' || each.verdict === 'skip';
  const reason = each.reason === undefined ? '' : oneLine(each.reason);
  const result = `${ok ? 'ok' : 'not ok'} ${number} ${description(each.name)}`;
  switch (each.verdict) {
    case 'pass':
      return result;
    case 'fail':
      return reason === '' ? result : `${result} # ${reason}`;
    case 'skip':
      return `${result} # SKIP ${reason}`.trimEnd();
    case 'invalid':
    case 'error':
      return `${result} # ERROR ${each.verdict}: ${reason === '' ? 'no reason given' : reason}`;
  }
}

/** A description ends at the first hash sign. */
const description = (name: string): string => oneLine(name).replaceAll('#', '');

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
