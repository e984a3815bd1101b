import { atLeast, type KernelVersion } from '../kernel-version.ts';
import { eras, sayVersion, versionBefore, type Era, type Version } from '../world/index.ts';
import { NOT_ASKED, type Change } from './behind.ts';

/** Kernels that answer a question otherwise: all before `from`, or after `to`, where one is left out. */
export type Elsewhere = {
  readonly from?: Version;
  readonly to?: Version;
  readonly question: string;
  readonly said: string;
  /** What began it, or for kernels older than the one that is asked about, what ended it. */
  readonly commit: string;
};

/** Where other kernels than one answer otherwise, oldest first. @param changes of all questions, oldest first */
export const elsewhereOf = (changes: readonly Change[], kernel: KernelVersion): Elsewhere[] =>
  [...new Set(changes.map(({ question }) => question))].flatMap((question) =>
    ofQuestion(
      changes.filter((change) => change.question === question),
      kernel,
    ),
  );

/** The answers of all kernels to one question, each up to the next change. */
function ofQuestion(changes: readonly Change[], kernel: KernelVersion): Elsewhere[] {
  const [first] = changes;
  if (!first) return [];
  const said = [first.was, ...changes.map(({ is }) => is)];
  const here = changes.filter(({ version }) => atLeast(kernel, ...version)).length;
  return said.flatMap((answer, index) => {
    const [begun, ended] = [changes[index - 1], changes[index]];
    const decisive = index < here ? ended : begun;
    if (answer === said[here] || [answer, said[here]].includes(NOT_ASKED) || !decisive) return [];
    return [
      {
        ...{ question: first.question, said: answer, commit: commitOf(decisive) },
        ...(begun && { from: begun.version }),
        ...(ended && { to: versionBefore(ended.version) }),
      },
    ];
  });
}

/** Of an era its beginning, or its end. */
function commitOf({ era, version }: Change): string {
  const { until, commit, ended }: Era = eras[era];
  const ends = until !== undefined && sayVersion(until) === sayVersion(version);
  return ends ? (ended ?? commit) : commit;
}
