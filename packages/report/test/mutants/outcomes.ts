import type { MutantRow, Mutants } from '@pinbench/model';

const pass = { name: 'pin-refusal', verdict: 'pass' as const };
const unwind = { name: 'unwind', verdict: 'pass' as const };

const caught: MutantRow = {
  id: 'wrong-errno',
  title: 'with the error for a bad address',
  mistake: 'Refuses the right mappings, but with EFAULT | which is wrong.',
  wanted: { check: 'pin-refusal', reason: '^after: fsdax-ext4' },
  outcome: 'caught',
  by: { check: 'pin-refusal', reason: 'after: fsdax-ext4 was refused with EFAULT' },
  checks: [
    { ...pass, verdict: 'fail', reason: 'after: fsdax-ext4 was refused with EFAULT' },
    { ...unwind, verdict: 'skip', reason: 'it was not asked to its end: the guest hung' },
  ],
};

const asShipped: Mutants['controls'][number] = {
  id: 'as-shipped',
  title: 'the patch that pinbench ships',
  outcome: 'clean',
  checks: [pass, unwind],
};

/** Every mutant caught. */
export const allCaught: Mutants = {
  schema: 1,
  bench: { version: '0.1.0', commit: '0123456789ab' },
  command: 'npm run qemu:test -- mutants --base debian:6.1',
  startedAt: '2026-01-05T12:00:00.000Z',
  elapsedMs: 61_000,
  base: { spec: 'debian:6.1', release: '6.1.0-56-amd64', sourceVersion: '6.1.192-2' },
  checks: ['pin-refusal', 'unwind'],
  controls: [asShipped],
  mutants: [caught],
  outcome: 'pass',
};

/** Each way in which it can go wrong. */
export const someMissed: Mutants = {
  ...allCaught,
  controls: [
    asShipped,
    {
      id: 'another-way',
      title: 'the same by another call',
      outcome: 'accused',
      by: { check: 'unwind', reason: 'after: anon left one page' },
      checks: [pass, { ...unwind, verdict: 'fail', reason: 'after: anon left one page' }],
    },
  ],
  mutants: [
    caught,
    { ...caught, id: 'extra-reference', outcome: 'caught-otherwise' },
    {
      ...caught,
      id: 'batch-kept',
      outcome: 'missed',
      by: undefined,
      checks: [pass, unwind],
    },
    {
      ...caught,
      id: 'only-ext4',
      outcome: 'unclear',
      by: undefined,
      checks: [{ ...pass, verdict: 'invalid', reason: 'DAX was off' }, unwind],
    },
    {
      ...caught,
      id: 'no-refusal',
      outcome: 'error',
      by: undefined,
      trouble: ['the patch does not compile', 'error: expected \u001b[31m;'],
      checks: [],
    },
  ],
  outcome: 'error',
};
