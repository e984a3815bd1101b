import type {
  Balance,
  Exploration,
  ExplorationResult,
  FindingOutcome,
  ToldSequence,
} from '@pinbench/model';
import type { Page } from '../terminal/page.ts';
import { count, plain } from '../words.ts';
import { sayCount } from './words.ts';

/** What one design does: its harms and costs as stories, the shortest first, the flaws of its kernel in a line. */
export function designLines(
  exploration: Exploration,
  { bound, balances, explorations }: ExplorationResult,
  page: Page,
): string[] {
  const { design, findings, states, transitions } = exploration;
  const of = (kind: FindingOutcome['kind']): Found[] =>
    findings.filter((each): each is Found => each.kind === kind && each.shortest !== undefined);
  const harms = of('harm');
  const seen = `${sayCount(states)} worlds, ${sayCount(transitions)} operations asked in them`;
  const verdict =
    harms.length > 0
      ? page.verdict('fail', `HARM of ${count(harms.length, 'kind')}`)
      : page.verdict('pass', 'NO HARM');
  const stories = [...of('harm'), ...of('cost')].sort(byKindAndLength);
  return [
    ...page.hang(`${page.bold(design.name)}  ${design.title}`, 2),
    ...page.field('where', `${design.source.why} (${design.source.commit})`),
    ...page.field('found', `${verdict} within ${count(bound, 'operation')} (${seen})`),
    ...balances
      .filter((each) => each.design === design.name)
      .flatMap((each) => balanceLines(each, page)),
    ...together(stories).flatMap((group, index, groups) =>
      storyLines(group, groups.slice(0, index), page),
    ),
    ...of('flaw').flatMap((finding) =>
      flawLines(finding, isTold(finding, exploration, explorations), page),
    ),
  ];
}

type Found = FindingOutcome & { shortest: ToldSequence };

const lengthOf = ({ shortest }: Found): number => shortest.sequence.length;

/** Harms before costs. */
const byKindAndLength = (one: Found, other: Found): number =>
  one.kind === other.kind
    ? lengthOf(one) - lengthOf(other)
    : Number(other.kind === 'harm') - Number(one.kind === 'harm');

/** What one sequence shows is told once. */
function together(findings: readonly Found[]): Found[][] {
  const groups = new Map<string, Found[]>();
  for (const finding of findings) {
    const text = `${finding.kind} ${finding.shortest.sequence.join(';')}`;
    groups.set(text, [...(groups.get(text) ?? []), finding]);
  }
  return [...groups.values()];
}

const balanceLines = ({ against, buys, costs }: Balance, page: Page): string[] =>
  page.field(
    'against',
    `${against}: buys ${buys.length > 0 ? `no ${buys.join(', no ')}` : 'nothing'}; costs ${costs.length > 0 ? costs.join(', ') : 'nothing'}`,
  );

function storyLines(
  group: readonly Found[],
  told: readonly (readonly Found[])[],
  page: Page,
): string[] {
  const [first] = group;
  if (!first) return [];
  const { kind, shortest } = first;
  const { steps, file, command } = shortest;
  const { from, as } = sharedStart(shortest, told);
  const names = group.map(({ name }) => name).join(', ');
  const titles = group.map(({ title }) => title).join('; ');
  return [
    '',
    ...page.text(
      `${page.verdict(kind === 'harm' ? 'fail' : 'skip', `${kind} ${names}`)}, in ${count(steps.length, 'operation')}: ${titles}`,
      2,
    ),
    ...(as === undefined ? [] : [`    1. to ${from}. as for ${as}`]),
    ...steps.slice(from).flatMap(({ does, then }, index) => {
      const [line = '', ...rest] = page.text(`${does} ${then}`.trim(), 7);
      return [`  ${String(from + index + 1).padStart(3)}. ${line.trimStart()}`, ...rest];
    }),
    ...replayLines({ file, command }, page),
  ];
}

/** What is told already of how a story begins, where that is worth leaving out. */
function sharedStart(
  { sequence }: ToldSequence,
  told: readonly (readonly Found[])[],
): { from: number; as?: string } {
  const starts = told.flatMap(([each]) => {
    if (!each) return [];
    const differs = each.shortest.sequence.findIndex((line, index) => line !== sequence[index]);
    return [{ from: differs === -1 ? lengthOf(each) : differs, as: each.name }];
  });
  const [longest] = starts.sort((one, other) => other.from - one.from);
  return longest && longest.from >= WORTH_LEAVING_OUT ? longest : { from: 0 };
}

const WORTH_LEAVING_OUT = 3;

/** A command is left whole, so that it can be copied. */
function replayLines(
  { file, command }: Pick<ToldSequence, 'file' | 'command'>,
  page: Page,
): string[] {
  if (command !== undefined) return [`  ${page.dim('replay')}  ${plain(command)}`];
  return file === undefined ? [] : [`  ${page.dim('sequence')}  ${plain(file)}`];
}

/** Whether the section of an earlier design has told a flaw, which is none of the design's. */
const isTold = ({ name }: Found, exploration: Exploration, all: readonly Exploration[]): boolean =>
  all
    .slice(0, all.indexOf(exploration))
    .some(({ findings }) => findings.some((each) => each.name === name && each.shortest));

const flawLines = ({ name, title, shortest }: Found, told: boolean, page: Page): string[] => [
  '',
  ...page.text(
    `${page.verdict('invalid', `the kernel, not the design: ${name}`)}${told ? ', as above' : `, in ${count(shortest.sequence.length, 'operation')}: ${title}`}`,
    2,
  ),
  ...(told ? [] : shortest.sequence.map((line) => `       ${line}`)),
];
