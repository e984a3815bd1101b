import type { CheckResult, Story } from '@pinbench/model';
import { count, plain } from '../words.ts';
import type { Page } from './page.ts';

type Step = Story['steps'][number];

/** Sequences as numbered lists: each operation, what came of it, and where kernel and model part. */
export const storiesSection = (
  { stories = [] }: Pick<CheckResult, 'stories'>,
  page: Page,
): string[] =>
  stories.flatMap((story) => [
    ...page.text(page.bold(`${plain(story.title)}${sayShrunk(story)}`), 2),
    ...story.steps.flatMap((step, index) => stepLines(step, index + 1, page)),
    ...(story.command === undefined ? [] : page.field('again', plain(story.command))),
  ]);

/** What it took to make a sequence so short. */
export function sayShrunk({ shrunk, steps }: Story): string {
  if (shrunk === undefined) return '';
  const { from, tried, rounds, least, confirmed } = shrunk;
  const doubts = [
    ...(least ? [] : ['time ran out: it may not be the shortest']),
    ...(confirmed ? [] : ['alone in a guest it does not differ']),
  ];
  const said = `shrunk from ${count(from, 'operation')} to ${steps.length}: ${tried} simpler ones in ${count(rounds, 'round')}`;
  return ` (${[said, ...doubts].join('; ')})`;
}

/** Where what is said of an operation begins. */
const INDENT = 8;

function stepLines(step: Step, number: number, page: Page): string[] {
  const { operation, expected, seen, why, differs, harm } = step;
  const because = why === undefined ? '' : `: ${plain(why)}`;
  const [first = '', ...rest] = page.hang(plain(operation), INDENT);
  const name = [`${String(number).padStart(INDENT - 2)}  ${first}`, ...rest];
  if (!differs) {
    const came = seen === undefined ? 'not come to' : plain(seen) + because;
    return [...name, ...(came === 'done' ? [] : page.text(came, INDENT)), ...harmLines(harm, page)];
  }
  return [
    ...name.map((line) => page.verdict('fail', line)),
    ...page.text(page.verdict('fail', `seen      ${plain(seen ?? 'not come to')}`), INDENT),
    ...page.text(`expected  ${plain(expected)}${because}`, INDENT),
    ...harmLines(harm, page),
  ];
}

const harmLines = (harm: string | undefined, page: Page): string[] =>
  harm === undefined ? [] : page.text(page.verdict('invalid', `harm      ${plain(harm)}`), INDENT);

/** The same in lines for formats without layout. */
export const storyNotes = ({ stories = [] }: CheckResult): string[] =>
  stories.flatMap((story) => [
    `${story.title}${sayShrunk(story)}`,
    ...story.steps.map(
      ({ operation, expected, seen = 'not come to', differs }, index) =>
        `${index + 1}. ${operation}: ${seen}${differs ? `, expected ${expected}` : ''}`,
    ),
    ...(story.command === undefined ? [] : [`again: ${story.command}`]),
  ]);
