import type { ControlRow, MutantRow, Mutants } from '@pinbench/model';
import { makePage, type Page } from '../terminal/page.ts';
import { storiesSection } from '../terminal/stories.ts';
import type { TerminalOptions } from '../terminal.ts';
import { plain, sayMilliseconds } from '../words.ts';
import { account, asVerdict, legend, marks, sayOutcome, tally } from './words.ts';

type Row = MutantRow | ControlRow;

/** Mutant by check for a person, and below it what each check said of what it is named for. */
export function renderMutants(mutants: Mutants, options: TerminalOptions = {}): string {
  const page = makePage({ width: 100, ...options });
  const { controls, mutants: wrong, outcome, base, command, elapsedMs } = mutants;
  const said = page.bold(page.verdict(asVerdict[outcome], outcome.toUpperCase()));
  const sections = [
    [`${said}  ${tally(mutants)}`],
    page.field('base', plain(`${base.spec}: Linux ${base.release}, source ${base.sourceVersion}`)),
    table(mutants, page),
    wrong.flatMap((row) => accountOf(row, page)),
    controls.filter(({ outcome }) => outcome !== 'clean').flatMap((row) => accountOf(row, page)),
    [
      ...page.field('took', `${sayMilliseconds(elapsedMs)} in all`),
      ...(options.folder === undefined ? [] : page.field('files', `${options.folder}: ${files}`)),
      ...page.field('again', plain(command)),
      '',
      `${said}  ${tally(mutants)}`,
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

const files = 'mutants.txt, mutants.json, mutants.md; of each guest in a folder of its own';

/** Checks go by their number: their names are wider than what there is to say. */
function table({ checks, controls, mutants }: Mutants, page: Page): string[] {
  const names = checks.map((name, index) => `${index + 1} ${name}`);
  const line = (row: Row): string[] => [
    row.id,
    ...checks.map((name) => {
      const verdict = row.checks.find((check) => check.name === name)?.verdict ?? 'skip';
      const mark = marks[verdict];
      // What finds fault with a right patch is no success.
      return verdict === 'fail' && 'wanted' in row ? page.verdict('pass', mark) : mark;
    }),
    page.verdict(asVerdict[row.outcome], sayOutcome(row.outcome)),
    'wanted' in row ? row.wanted.check : 'a right version',
  ];
  return [
    ...page.table(
      ['patch', ...checks.map((_, index) => String(index + 1)), 'came out', 'meant for'],
      [...controls, ...mutants].map(line),
      [],
    ),
    ...page.text(names.join(', '), 2),
    ...page.text(legend, 2),
  ];
}

function accountOf(row: Row, page: Page): string[] {
  const title = `${page.bold(row.id)}  ${page.verdict(asVerdict[row.outcome], sayOutcome(row.outcome))}`;
  return [
    title,
    ...('mistake' in row ? page.text(plain(row.mistake), 2) : []),
    ...account(row).flatMap((line) => page.text(plain(line), 4)),
    ...storiesSection({ stories: row.story === undefined ? [] : [row.story] }, page),
  ];
}
