import {
  atVersion,
  eraNames,
  eras,
  rulesOf,
  saySource,
  sayVersion,
  sources,
  type Design,
  type Era,
  type EraName,
  type Rules,
  type Source,
  versionAfter,
  versionBefore,
  type Version,
} from '../world/index.ts';
import { questions, type Answer, type AskedMemory } from './questions.ts';

/** What each question is answered, in their order. */
export type Answers = readonly (Answer | undefined)[];

export const answersTo = (memory: AskedMemory, rules: Rules): Answers =>
  questions.map(({ ask }) => ask(memory, rules));

/** The eras without which an answer would be another, or would have another reason. */
export function erasBehind(memory: AskedMemory, rules: Rules): EraName[] {
  const answers = answersTo(memory, rules);
  return eraNames.filter((name) => !isAlike(answers, answersTo(memory, without(rules, name))));
}

const without = (rules: Rules, name: EraName): Rules => ({
  ...rules,
  has: { ...rules.has, [name]: !rules.has[name] },
});

const isAlike = (one: Answers, other: Answers): boolean =>
  one.every((answer, index) => {
    const same = other[index];
    return answer?.said === same?.said && answer?.why === same?.why;
  });

/** What no answer turns on that is named in a reason. */
export const sourcesBehind = (answers: Answers): (Source | Era)[] =>
  Object.values(sources).filter((source) =>
    answers.some((answer) => answer?.why === saySource(source)),
  );

/** An answer that is another from a version on. */
export type Change = {
  readonly version: Version;
  readonly question: string;
  readonly was: string;
  readonly is: string;
  readonly era: EraName;
};

/** What cannot be asked. */
export const NOT_ASKED = '-';

const saidOf = (answer: Answer | undefined): string => answer?.said ?? NOT_ASKED;

/** Every version at which an answer changes, oldest first. */
export const changesOf = (
  memory: AskedMemory,
  design: Pick<Design, 'pinning' | 'locks'>,
): Change[] =>
  boundaries().flatMap(({ version, names }) => {
    const rules = rulesOf(design, atVersion(version));
    const before = rulesOf(design, atVersion(versionBefore(version)));
    const [was, is] = [answersTo(memory, before), answersTo(memory, rules)];
    return questions.flatMap(({ name: question, ask }, index) => {
      const [then, now] = [saidOf(was[index]), saidOf(is[index])];
      if (then === now) return [];
      const decides = names.find((name) => saidOf(ask(memory, without(rules, name))) !== now);
      const era = decides ?? names[0];
      return era === undefined ? [] : [{ version, question, was: then, is: now, era }];
    });
  });

/** Where an era begins and ends; the stable kernels that have it lie before it, by themselves. */
const versionsOf = ({ from, until, stable = [] }: Era): Version[] => [
  from,
  ...(until ? [until] : []),
  ...stable.flatMap((version) => [version, versionAfter(version)]),
];

/** The versions at which eras begin or end, oldest first. */
function boundaries(): { version: Version; names: EraName[] }[] {
  const found = new Map<string, { version: Version; names: EraName[] }>();
  for (const name of eraNames) {
    for (const version of versionsOf(eras[name])) {
      const key = sayVersion(version);
      const known = found.get(key) ?? { version, names: [] };
      found.set(key, { version, names: [...known.names, name] });
    }
  }
  return [...found.values()].toSorted(({ version: [a, b] }, { version: [c, d] }) => a - c || b - d);
}

/** Every version at which kernels differ, oldest first. */
export const modelledVersions: readonly string[] = boundaries().map(({ version }) =>
  sayVersion(version),
);
