import type { ExplorationResult, FindingOutcome } from '@pinbench/model';
import type { Page } from '../terminal/page.ts';
import { sayCount } from './words.ts';

/** Which design does what, and in how many operations. */
export function overview({ explorations }: ExplorationResult, page: Page): string[] {
  const [first] = explorations;
  if (!first || explorations.length < 2) return [];
  const named = ({ name }: FindingOutcome): (FindingOutcome | undefined)[] =>
    explorations.map(({ findings }) => findings.find((each) => each.name === name));
  const rows = first.findings.map((finding) => [
    finding.kind,
    finding.name,
    ...named(finding).map((each) => cell(each, page)),
  ]);
  return page.table(
    ['', 'in how many operations', ...explorations.map(({ design }) => design.name)],
    [
      ...rows,
      ['', 'worlds', ...explorations.map(({ states }) => sayCount(states))],
      ['', 'operations asked', ...explorations.map(({ transitions }) => sayCount(transitions))],
    ],
    explorations.map((_, index) => index + 2),
  );
}

const colours = { harm: 'fail', flaw: 'invalid', cost: 'skip' } as const;

function cell(finding: FindingOutcome | undefined, page: Page): string {
  if (finding?.shortest === undefined) return page.dim('none');
  return page.verdict(colours[finding.kind], String(finding.shortest.sequence.length));
}
