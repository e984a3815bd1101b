import type { Matrix, MatrixRow } from '@pinbench/model';
import { because, verdictCase, type Case } from '../cases.ts';
import { plain } from '../words.ts';
import { accountOf, asVerdict, headline } from './outcome.ts';

/** A case for each base, with its checks and, last, its verdict as parts; then the matrix as a whole. */
export const matrixCases = (matrix: Matrix): Case[] => [
  ...matrix.rows.map(baseCase),
  verdictCase(asVerdict(matrix.outcome), `the worst of the bases: ${matrix.outcome}`, [
    ...(matrix.subject === undefined ? [] : [`patch: ${plain(matrix.subject)}`]),
    `again: ${plain(matrix.command)}`,
  ]),
];

function baseCase(row: MatrixRow): Case {
  const verdict = asVerdict(row.outcome);
  const account = accountOf(row);
  const [first, ...rest] = account;
  // In these formats there is one word for all that has no answer.
  const reason = verdict === row.outcome ? first : `${row.outcome}: ${first ?? 'no reason given'}`;
  const parts = row.checks.map((check): Case => {
    const said = headline(check);
    return {
      name: plain(check.name),
      verdict: check.verdict,
      ...because(check.verdict, check.reason),
      notes: said === undefined ? [] : [said],
      parts: [],
    };
  });
  return {
    name: plain(row.base),
    verdict,
    ...because(verdict, reason),
    notes: [],
    parts: [
      ...parts,
      verdictCase(verdict, reason, [...notes(row), ...(verdict === 'pass' ? account : rest)]),
    ],
  };
}

const notes = ({ release, applied, strategy, folder, takenOver }: MatrixRow): string[] => [
  ...(release === undefined ? [] : [`kernel: ${plain(release)}`]),
  ...(applied === undefined ? [] : [`patch applied: ${applied}`]),
  ...(strategy === undefined ? [] : [`strategy: ${strategy}`]),
  ...(folder === undefined ? [] : [`reports: ${folder}`]),
  ...(takenOver ? ['taken over from an earlier matrix'] : []),
];
