import type { Backing } from '../backing.ts';
import {
  describeExpectation,
  expectMap,
  type Expectation,
  type MappedAs,
  type Pinner,
} from '../expect/index.ts';
import type { AgentRecord } from '../record.ts';
import { accountingOf, leftBehind } from './accounting.ts';
import type { CaseExpectation, CaseLeg, Seen } from './cases/index.ts';
import { describeFailure } from './memory.ts';

/*
 * What can be wrong with a mapping for a device, from its making to what it leaves behind. Each function gives a
 * sentence without its subject, or undefined where nothing is wrong.
 */

type Asked = Pick<CaseLeg, 'variant' | 'context'>;

/** What pins in a leg. */
export const pinnerIn = ({ variant, context }: Asked): Pinner => ({
  pinning: context.pinning[variant],
  kernel: context.kernel,
});

/** What a map is expected to do in a leg. */
export const expectIn = (
  { variant, context }: Asked,
  backing: Backing,
  how: MappedAs = {},
): Expectation => expectMap(context.pinning[variant], backing, context.kernel, how);

/** True where VFIO itself answered, and not what comes before it. */
export const wasAsked = (map: AgentRecord | undefined): boolean =>
  map?.ok === true || map?.at === 'VFIO_IOMMU_MAP_DMA';

/** What a map did, in the words of the report. */
export function sawOf(map: AgentRecord | undefined): string {
  if (map === undefined) return 'not known';
  return map.ok ? 'mapped' : `refused ${map.error ?? describeFailure(map)}`;
}

/** What a map is expected to do, in the same words. */
export const inWords = (expected: Expectation): CaseExpectation => ({
  said: describeExpectation(expected),
  why: expected.why,
});

export const notAsked = 'could not be asked';

/** A question that has no answer, and why. */
export const unanswered = (unknown: string = notAsked): Seen => ({ saw: 'not known', unknown });

export function wrongOutcome(
  expected: Expectation,
  map: AgentRecord | undefined,
): string | undefined {
  if (map === undefined) return notAsked;
  if (expected.outcome === 'maps') {
    return map.ok ? undefined : `was refused with ${describeFailure(map)}, where ${expected.why}`;
  }
  if (map.ok) return `was pinned, where ${expected.why}`;
  return map.error === expected.errno
    ? undefined
    : `was refused with ${describeFailure(map)} and not with ${expected.errno}`;
}

/** @param length in bytes, of what was mapped: 0 where it was refused. */
export function wrongUnmap(unmap: AgentRecord | undefined, length: number): string | undefined {
  if (unmap?.ok !== true) return `could not be unmapped: ${describeFailure(unmap)}`;
  if (unmap['unmapped'] === length) return undefined;
  return length === 0
    ? `was refused, yet ${String(unmap['unmapped'])} bytes were left mapped`
    : `was unmapped only in part: ${String(unmap['unmapped'])} of ${length} bytes`;
}

/** @param stuck see leftBehind() */
export function wrongAccounting(
  [start, end]: readonly [AgentRecord | undefined, AgentRecord | undefined],
  stuck = 0,
): string | undefined {
  const [then, now] = [accountingOf(start), accountingOf(end)];
  if (!then || !now) return 'left no account of what it holds';
  const left = leftBehind(then, now, stuck);
  return left === undefined ? undefined : `left something behind: ${left}`;
}

/** A reference to a huge page that is never put keeps the page from the pool for good: the one exact count of pages. */
export function wrongHugepages(
  created: AgentRecord | undefined,
  released: AgentRecord | undefined,
): string | undefined {
  const [start, end] = [created, released].map((record) => record?.['free_hugepages']);
  if (typeof start !== 'number' || typeof end !== 'number') return 'left no count of huge pages';
  return end === start ? undefined : `left something behind: ${countOf(start - end, 'huge page')}`;
}

/** A reference to a page of RAM that is never put keeps it from being free, whatever a kernel counts. */
export function wrongPages(release: AgentRecord | undefined): string | undefined {
  const kept = release?.['kept'];
  if (typeof kept !== 'number') return 'left no account of its pages';
  return kept === 0
    ? undefined
    : `left something behind: ${countOf(kept, 'page')} that nobody maps any more`;
}

/** What is mapped at an IOVA that was used before. */
export function wrongAgain(
  map: AgentRecord | undefined,
  unmap: AgentRecord | undefined,
): string | undefined {
  if (map?.ok !== true) {
    return `left its IOVA unusable: mapping it again gave ${describeFailure(map)}`;
  }
  return unmap?.ok === true ? undefined : 'left its IOVA so that it cannot be unmapped again';
}

/** A hole punched in the file of a range that was refused. */
export function wrongPunch(punch: AgentRecord | undefined): string | undefined {
  if (punch?.ok === true) return undefined;
  return punch?.error === 'EINTR'
    ? 'left a reference to a page of the file: a hole punch waits for it'
    : `left the file so that no hole can be punched in it: ${describeFailure(punch)}`;
}

/** "a, b and c". */
export const listed = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((word) => word !== '').join(' and ');

/** The first thing that is wrong. */
export const firstWrong = (...reasons: readonly (string | undefined)[]): string | undefined =>
  reasons.find((reason) => reason !== undefined);

const countOf = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
