import type { AgentRecord } from '../../record.ts';
import type { Expectation } from '../../expect/index.ts';

/** What a map-refused-loop met, in the words of the report. */
export function sawOfLoop(loop: AgentRecord): string {
  return loop['refused'] === 0 ? 'mapped' : `refused ${String(loop['refusal'])}`;
}

/** @param count how often it was to be refused */
export function wrongLoop(
  loop: AgentRecord,
  expected: Expectation,
  count: number,
): string | undefined {
  const { refused, refusal, others, mapped } = loop;
  if (expected.outcome === 'maps') {
    return refused === 0 ? undefined : `was refused with ${String(refusal)}, where ${expected.why}`;
  }
  if (mapped === true) {
    return `was pinned after ${String(refused)} refusals, where ${expected.why}`;
  }
  if (refusal !== expected.errno) {
    return `was refused with ${String(refusal)} and not with ${expected.errno}`;
  }
  return refused === count && others === 0
    ? undefined
    : `was refused in more than one way: ${String(others)} of ${String(refused)} refusals were not ${expected.errno}`;
}
