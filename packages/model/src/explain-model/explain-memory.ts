import { partsOf, shapeOf } from '../expect/memory.ts';
import type { KernelVersion } from '../kernel-version.ts';
import {
  eras,
  isIn,
  rulesOf,
  sayVersion,
  type Design,
  type DesignName,
  type Era,
  type Rules,
  type Source,
} from '../world/index.ts';
import { elsewhereOf } from './elsewhere.ts';
import { answersTo, changesOf, erasBehind, sourcesBehind } from './behind.ts';
import { questions, type AskedMemory } from './questions.ts';
import type { BehindCommit, ExplainedMemory } from './result.ts';

export type KnownDesign = Design & { readonly name: DesignName };

/** All that the model says of memory in a kernel, under each design, and what stands behind it. */
export function explainMemory(
  memory: AskedMemory,
  kernel: KernelVersion,
  designs: readonly KnownDesign[],
): ExplainedMemory {
  const under = designs.map((design) => ({ design, rules: rulesOf(design, kernel) }));
  const { backing, ...how } = memory;
  const { share, prot, touch } = shapeOf(partsOf(backing, 2), how);
  const asked = questions.map(({ name, ask }) => ({
    question: name,
    answers: under.flatMap(({ design, rules }) => {
      const answer = ask(memory, rules);
      return answer ? [{ design: design.name, ...answer }] : [];
    }),
  }));
  return {
    ...{ backing, share, prot, touch },
    answers: asked.filter(({ answers }) => answers.length > 0),
    commits: commitsBehind(
      memory,
      kernel,
      under.map(({ rules }) => rules),
    ),
    elsewhere: designs.flatMap((design) =>
      elsewhereOf(changesOf(memory, design), kernel).map(({ from, to, ...rest }) => ({
        design: design.name,
        ...rest,
        ...(from && { from: sayVersion(from) }),
        ...(to && { to: sayVersion(to) }),
      })),
    ),
  };
}

/** What holds everywhere first, then by version. */
function commitsBehind(
  memory: AskedMemory,
  kernel: KernelVersion,
  under: readonly Rules[],
): BehindCommit[] {
  const everywhere = new Set<Source | Era>(
    under.flatMap((rules) => sourcesBehind(answersTo(memory, rules))),
  );
  const names = new Set(under.flatMap((rules) => erasBehind(memory, rules)));
  const [first] = under;
  return [
    ...[...everywhere].map((source) => behindSource(source, kernel)),
    ...[...names]
      .map((name) => behindEra(eras[name], first?.has[name] ?? false))
      .toSorted((one, other) => compareVersions(one.from, other.from)),
  ];
}

const behindSource = (source: Source | Era, kernel: KernelVersion): BehindCommit =>
  'from' in source
    ? behindEra(source, isIn(source, kernel))
    : { commit: source.commit, why: source.why, holds: true };

function behindEra(
  { commit, why, from, before, until, stable, ended }: Era,
  holds: boolean,
): BehindCommit & { from: string } {
  return {
    ...{ commit, why, from: sayVersion(from), holds },
    ...(before !== undefined && { before }),
    ...(until && { until: sayVersion(until) }),
    ...(stable && { stable: stable.map(sayVersion) }),
    ...(ended !== undefined && { ended }),
  };
}

const compareVersions = (one: string, other: string): number =>
  one.localeCompare(other, 'en', { numeric: true });
