import { combineRows, type Matrix, type MatrixRow } from '@pinbench/model';
import { because, verdictCase, type Case } from '../cases.ts';
import { plain } from '../words.ts';
import { statusCase } from './status.ts';
import { accountOf, asVerdict, changedNothing, headline, noChange } from './outcome.ts';

/** A case for each base, with its checks and, last, its verdict as parts; then the matrix as a whole. */
export const matrixCases = (matrix: Matrix): Case[] => [
  ...matrix.rows.map(baseCase),
  verdictCase(asVerdict(matrix.outcome), `the worst of the bases: ${matrix.outcome}`, [
    ...(matrix.subject === undefined ? [] : [`patch: ${plain(matrix.subject)}`]),
    `again: ${plain(matrix.command)}`,
  ]),
];

function baseCase(row: MatrixRow): Case {
  const account = accountOf(row);
  const reason = reasonOf(row, account[0]);
  // What reading the source came to counts as a check does.
  const verdict = asVerdict(combineRows([row]));
  const own = asVerdict(row.outcome);
  const said = [...notes(row), ...(own === 'pass' ? account : account.slice(1))];
  return {
    name: plain(row.base),
    verdict,
    ...because(
      verdict,
      own === 'pass' ? 'source and boot disagree, or a source is not clear' : reason,
    ),
    notes: [],
    parts: [...row.checks.map(checkCase), ...statusCase(row), verdictCase(own, reason, said)],
  };
}

/** In these formats there is one word for all that has no answer. */
function reasonOf({ outcome }: MatrixRow, first = 'no reason given'): string {
  return asVerdict(outcome) === outcome ? first : `${outcome}: ${first}`;
}

function checkCase(check: MatrixRow['checks'][number]): Case {
  const said = headline(check);
  return {
    name: plain(check.name),
    verdict: check.verdict,
    ...because(check.verdict, check.reason),
    notes: [...(said === undefined ? [] : [said]), ...(changedNothing(check) ? [noChange] : [])],
    parts: [],
  };
}

const notes = ({ release, applied, strategy, folder, takenOver }: MatrixRow): string[] => [
  ...(release === undefined ? [] : [`kernel: ${plain(release)}`]),
  ...(applied === undefined ? [] : [`patch applied: ${applied}`]),
  ...(strategy === undefined ? [] : [`strategy: ${strategy}`]),
  ...(folder === undefined ? [] : [`reports: ${folder}`]),
  ...(takenOver ? ['taken over from an earlier matrix'] : []),
];
