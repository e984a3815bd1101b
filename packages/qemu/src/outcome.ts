import { kernelText } from './console.ts';
import type { AgentRecord, Splat } from '@pinbench/model';
import type { End } from './boot-state.ts';
import type { Lived, PhaseTime } from './life.ts';

/** What came of one machine's life. */
export type Outcome = {
  /** From the agent's `hello` on, those of a kept machine's set-up included. */
  records: readonly AgentRecord[];
  end: End;
  splats: readonly Splat[];
  /** Every line, from the first. */
  console: readonly string[];
  phases: readonly PhaseTime[];
  commandLine: readonly string[];
};

/** One line for how a boot ended. */
export function describeEnd(end: End): string {
  switch (end.kind) {
    case 'completed':
      return 'completed';
    case 'panic':
      return `the guest kernel panicked in phase ${end.phase}: ${kernelText(end.line) ?? end.line}`;
    case 'oops':
      return `the guest kernel oopsed in phase ${end.phase}: ${kernelText(end.line) ?? end.line}`;
    case 'hang':
      return `the guest hung in phase ${end.phase}: no sign of life for ${end.limitMs / 1000} s`;
    case 'stuck':
      return `the guest got stuck in phase ${end.phase}: ${end.why}`;
    case 'lost':
      return `the run was lost in phase ${end.phase}: ${end.why}`;
    case 'qemu-died':
      return `QEMU died in phase ${end.phase} (exit code ${end.exitCode ?? 'none'}): ${end.message}`;
  }
}

/** How many console lines stand in an error. */
const consoleLines = 20;

/** The end of a console, for an error. */
export const lastLines = (console: readonly string[]): readonly string[] =>
  console.slice(-consoleLines);

export const outcomeOf = (
  { state, phases, records, console }: Lived,
  commandLine: readonly string[],
): Outcome => ({
  records,
  end: state.end ?? { kind: 'lost', phase: state.phase, why: 'the host left it' },
  splats: state.splats.list,
  console,
  phases,
  commandLine,
});
