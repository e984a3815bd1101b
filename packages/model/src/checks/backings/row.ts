import type { Backing } from '../../backing.ts';
import {
  describeExpectation,
  expectMap,
  type Expectation,
  type Mapping,
} from '../../expectation.ts';
import { iova } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import type { CaseExpectation, CaseLeg } from '../cases/index.ts';
import { describeFailure, MiB } from '../memory.ts';

export const IOVA = 16 * MiB;
export const IOVA_TEXT = iova(IOVA);

/** One way of having memory of a kind, and of asking for it. */
export type Row = Mapping & {
  readonly name: string;
  readonly backing: Backing;
  /** As a `buffer` takes them, in bytes. */
  readonly parts: string;
  readonly touch?: 'write' | 'read' | 'none';
  /** What of it is mapped for the device, in bytes; all by default. */
  readonly off?: number;
  readonly len: number;
  /** Where its first page lies once it is made: in persistent memory, in RAM, or nowhere yet. */
  readonly place?: 'persistent' | 'ram' | 'nowhere';
  /** The child of a fork writes to all of it first. */
  readonly forked?: boolean;
};

export const expectRow = (
  { backing, ...mapping }: Row,
  { context, variant }: CaseLeg,
): Expectation => expectMap(context.pinning[variant], backing, context.kernel, mapping);

export const inWords = (expected: Expectation): CaseExpectation => ({
  said: describeExpectation(expected),
  why: expected.why,
});

/** What a map did, in the words of the report. */
export function sawOf(map: AgentRecord | undefined): string {
  if (map === undefined) return 'not known';
  return map.ok ? 'mapped' : `refused ${map.error ?? describeFailure(map)}`;
}
