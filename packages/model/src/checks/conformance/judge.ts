import { isSameAnswer, type Difference, type Sequence } from '../../conform/index.ts';
import type { Assumption, CaseCell, CaseRow, Variant } from '../../result.ts';
import { combineVerdicts } from '../../verdict.ts';
import { formatOperation } from '../../world/index.ts';
import type { Judgement, Leg } from '../check.ts';
import type { ComparedSequence } from './index.ts';
import { brokenOffIn, describeRounds, sawRight, sayPassed } from './together.ts';

type ComparedLeg = { readonly leg: Leg; readonly sequences: readonly ComparedSequence[] };

type Asked = {
  readonly name: string;
  readonly title: string;
  readonly seed: number | undefined;
  readonly sequences: readonly Sequence[];
  readonly compared: readonly ComparedLeg[];
};

/**
 * A difference after the patch that is not there before it is the patch's; any other says that the model is wrong, and
 * nothing of the patch.
 */
export function judgeConformance({ name, title, seed, sequences, compared }: Asked): Judgement {
  const of = (variant: Variant): ComparedLeg | undefined =>
    compared.find(({ leg }) => leg.variant === variant);
  const [before, after] = [of('before'), of('after')];
  const cells = {
    before: cellOf(before, undefined, seed === undefined),
    after: cellOf(after, before, seed === undefined),
  };
  const asked = [before && cells.before, after && cells.after].filter((cell) => cell !== undefined);
  const verdict = combineVerdicts(asked.map((cell) => cell.verdict));
  const round = describeRounds([
    {
      ...(seed !== undefined && { seed }),
      sequences: sequences.length,
      operations: Object.fromEntries(compared.map((each) => [each.leg.variant, countOf(each)])),
    },
  ]);
  const row: CaseRow = { name: round.name, ...cells, verdict };
  const bad = (['after', 'before'] as const).find((variant) => cells[variant].verdict === verdict);
  return {
    result: {
      ...{ name, title, verdict, cases: [row], notes: [] },
      ...(verdict === 'pass'
        ? { says: [sayPassed(round)] }
        : bad !== undefined && { reason: `${bad}: ${cells[bad].detail ?? ''}` }),
    },
    assumptions: compared.map(limitAssumption(name)).filter((each) => each !== undefined),
  };
}

const countOf = ({ sequences }: ComparedLeg): number =>
  sequences.reduce((sum, { operations }) => sum + operations, 0);

type Found = {
  readonly number: number;
  readonly compared: ComparedSequence;
  readonly difference: Difference;
};

const foundIn = ({ sequences }: ComparedLeg): Found[] =>
  sequences.flatMap((compared, number) =>
    compared.difference === undefined
      ? []
      : [{ number, compared, difference: compared.difference }],
  );

/** One of many that is broken off is only counted; of one that somebody gave, its end would be missed. */
function withoutDifference(
  asked: ComparedLeg,
  isReplay: boolean,
): Pick<CaseCell, 'saw' | 'verdict' | 'detail'> {
  const broken = brokenOffIn(asked.sequences);
  const saw = sawRight(countOf(asked), broken);
  return isReplay && broken > 0
    ? { saw, verdict: 'invalid', detail: 'broken off: another file has the block' }
    : { saw, verdict: 'pass' };
}

function cellOf(
  asked: ComparedLeg | undefined,
  before: ComparedLeg | undefined,
  isReplay: boolean,
): CaseCell {
  const expected = 'no difference';
  const why = 'the executable model (docs/model.md)';
  if (asked === undefined) return { saw: '-', expected, why, verdict: 'skip', detail: 'not asked' };
  const found = foundIn(asked);
  const alike = before ? foundIn(before) : [];
  const own = found.filter(
    (each) =>
      !alike.some(
        ({ number, difference }) =>
          number === each.number && isSameAnswer(difference, each.difference),
      ),
  );
  const [worst] = [...own, ...found];
  if (worst === undefined) {
    return { ...{ expected, why }, ...withoutDifference(asked, isReplay) };
  }
  const { variant, patched } = asked.leg;
  // Without the patch, or with it and without it alike, it is the model that is wrong.
  const isPatchs = variant === 'after' ? own.length > 0 : patched;
  return {
    ...{ saw: `${found.length} of ${asked.sequences.length} differ`, expected, why },
    verdict: isPatchs ? 'fail' : 'invalid',
    detail: describe(worst),
    evidence: evidenceOf(worst),
  };
}

const describe = ({ number, difference }: Found): string => {
  const { operation, kind, expected, seen, why } = difference;
  const what = kind === 'answer' ? '' : `${kind}: `;
  const because = why === undefined ? '' : `, as ${why}`;
  return `sequence ${number}, ${operation}: ${what}${seen}, where the model has ${expected}${because}`;
};

/** The sequence up to where they part. */
function evidenceOf({ compared, difference }: Found): string[] {
  const { index: last = Infinity } = difference;
  const lines = compared.walk.steps
    .filter(({ index }) => index <= last)
    .map(({ operation }) => formatOperation(operation));
  return [
    ...lines,
    `# ${difference.kind}: expected ${difference.expected}, seen ${difference.seen}`,
  ];
}

/** A container that takes more mappings than the model says would differ for that alone. */
const limitAssumption =
  (name: string) =>
  ({ leg }: ComparedLeg): Assumption | undefined => {
    const record = leg.record(`${name}.limit`);
    if (record === undefined) return undefined;
    return {
      name: `dma_entry_limit can be set (${name}, leg ${leg.index + 1} ${leg.variant})`,
      held: record.ok,
      needed: 'the parameter of vfio_iommu_type1 can be written',
      observed: record.ok ? 'it can' : (record.error ?? 'it failed'),
    };
  };
