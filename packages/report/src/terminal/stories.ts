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
    ...(isAlone(story)
      ? story.steps.flatMap((step, index) => stepLines(step, index + 1, page))
      : [
          ...page.text(UNCONFIRMED, 2),
          ...story.steps.flatMap(({ operation }, index) =>
            operationLines(operation, index + 1, page),
          ),
        ]),
    ...(story.command === undefined ? [] : page.field('again', plain(story.command))),
  ]);

/** It was found in a guest that was asked more: nothing is known of its operations one by one. */
const isAlone = ({ shrunk }: Story): boolean => shrunk?.confirmed !== false;

const UNCONFIRMED =
  'It was not seen to differ alone in a guest: it may depend on what the guest did before. The command runs all that was asked with it.';

/** What it took to make a sequence so short. */
export function sayShrunk({ shrunk, steps }: Story): string {
  if (!shrunk?.confirmed) return '';
  const { from, tried, rounds, least } = shrunk;
  const doubts = least ? [] : ['time ran out: it may not be the shortest'];
  const said = `shrunk from ${count(from, 'operation')} to ${steps.length}: ${tried} simpler ones in ${count(rounds, 'round')}`;
  return ` (${[said, ...doubts].join('; ')})`;
}

/** Where what is said of an operation begins. */
const INDENT = 8;

function operationLines(operation: string, number: number, page: Page): string[] {
  const [first = '', ...rest] = page.hang(plain(operation), INDENT);
  return [`${String(number).padStart(INDENT - 2)}  ${first}`, ...rest];
}

function stepLines(step: Step, number: number, page: Page): string[] {
  const { operation, expected, seen, why, differs, harm, notAsked } = step;
  const because = why === undefined ? '' : `: ${plain(why)}`;
  const name = operationLines(operation, number, page);
  if (notAsked !== undefined) return [...name, ...page.text(sayNotAsked(notAsked), INDENT)];
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

const sayNotAsked = (reason: string): string => `not asked: ${plain(reason)}`;

const harmLines = (harm: string | undefined, page: Page): string[] =>
  harm === undefined ? [] : page.text(page.verdict('invalid', `harm      ${plain(harm)}`), INDENT);

/** The same in lines for formats without layout. */
export const storyNotes = ({ stories = [] }: CheckResult): string[] =>
  stories.flatMap((story) => [
    `${story.title}${sayShrunk(story)}`,
    ...(isAlone(story) ? [] : [UNCONFIRMED]),
    ...story.steps.map((step, index) =>
      isAlone(story)
        ? `${index + 1}. ${step.operation}: ${sayStep(step)}`
        : `${index + 1}. ${step.operation}`,
    ),
    ...(story.command === undefined ? [] : [`again: ${story.command}`]),
  ]);

const sayStep = ({ expected, seen = 'not come to', differs, notAsked }: Step): string =>
  notAsked === undefined
    ? `${seen}${differs ? `, expected ${expected}` : ''}`
    : sayNotAsked(notAsked);
