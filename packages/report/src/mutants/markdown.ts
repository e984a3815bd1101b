import type { ControlRow, MutantRow, Mutants } from '@pinbench/model';
import { plain } from '../words.ts';
import { account, legend, marks, sayOutcome, tally } from './words.ts';

/** The same as a page of documentation, without what differs from one run to the next. */
export const renderMutantsMarkdown = (mutants: Mutants): string =>
  [
    '# Mutants',
    intro(mutants),
    byCheck(mutants),
    '## What each is, and what is said of it',
    accounts(mutants.mutants),
    '## Right versions',
    'No check may find fault with these.',
    controls(mutants.controls),
  ].join('\n\n') + '\n';

function intro({ base, command, ...rest }: Mutants): string {
  return [
    `Versions of the patch that are wrong in one way each, as a backport might be (\`qemu/mutants/${base.spec.replace(':', '-')}\`). Each takes the place of the patch under test, and a check that is named for it has to find fault with it, for the reason that is named beside it.`,
    `${tally({ base, command, ...rest })}, on ${base.spec}. This page is made by`,
    `    ${command}`,
    'which leaves it in its output folder as `mutants.md`.',
  ].join('\n\n');
}

function byCheck({ checks, controls, mutants }: Mutants): string {
  const row = (each: MutantRow | ControlRow): string[] => [
    `\`${each.id}\``,
    ...checks.map((name) => {
      const verdict = each.checks.find((check) => check.name === name)?.verdict ?? 'skip';
      const own = 'wanted' in each && each.wanted.check === name;
      return own ? `**${marks[verdict]}**` : marks[verdict];
    }),
    sayOutcome(each.outcome),
  ];
  return [
    table(['patch', ...checks, 'came out'], [...mutants, ...controls].map(row)),
    `${legend}; bold is the check that a mutant is meant for. A guest that crashes or hangs ends with the check that was asked.`,
  ].join('\n\n');
}

const accounts = (rows: readonly MutantRow[]): string =>
  table(
    ['mutant', 'the mistake', 'caught by'],
    rows.map((row) => [`\`${row.id}\``, row.mistake, account(row).join('; ')]),
  );

const controls = (rows: readonly ControlRow[]): string =>
  table(
    ['patch', 'what it is', 'came out'],
    rows.map((row) => [
      `\`${row.id}\``,
      row.title,
      [sayOutcome(row.outcome), account(row).join('; ')].filter((text) => text !== '').join(': '),
    ]),
  );

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((text) => plain(text).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
