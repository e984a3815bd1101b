import type { ControlRow, MutantRow, Mutants, Verdict } from '@pinbench/model';
import { count } from '../words.ts';

type Outcome = MutantRow['outcome'] | ControlRow['outcome'];

/** In whose colour an outcome is shown. */
export const asVerdict: Record<Outcome | Mutants['outcome'], Verdict> = {
  caught: 'pass',
  'caught-otherwise': 'fail',
  missed: 'fail',
  clean: 'pass',
  accused: 'fail',
  unclear: 'invalid',
  error: 'error',
  pass: 'pass',
  fail: 'fail',
};

/** How a check came out, as a cell of the table of mutant by check. */
export const marks: Record<Verdict, string> = {
  fail: 'X',
  pass: '.',
  skip: '-',
  invalid: '?',
  error: '!',
};

export const legend =
  'X finds fault with it, . passes it, - not asked to its end, ? says nothing, ! could not be done';

export const sayOutcome = (outcome: Outcome): string => outcome.replaceAll('-', ' ');

/** How many came out how, of the wrong and of the right ones. */
export function tally({ controls, mutants }: Mutants): string {
  const caught = mutants.filter(({ outcome }) => outcome === 'caught').length;
  const clean = controls.filter(({ outcome }) => outcome === 'clean').length;
  const isBySequences = mutants.every(({ wanted }) => wanted.check === 'conformance');
  const by = isBySequences ? 'random sequences alone' : 'the check named for it';
  return `${caught} of ${count(mutants.length, 'mutant')} caught by ${by}; ${clean} of ${count(controls.length, 'right version')} clean`;
}

/** What a row has to say for itself: who found fault with it, what was wanted, why nobody can tell. */
export function account(row: MutantRow | ControlRow): string[] {
  const { by, trouble = [], checks, outcome } = row;
  const unclear = ['unclear', 'error'].includes(outcome)
    ? checks.filter(({ verdict }) => verdict !== 'pass')
    : [];
  return [
    ...(by === undefined ? [] : [`${by.check}: ${by.reason}`]),
    ...('beyond' in row && outcome !== 'caught' && row.beyond !== undefined ? [row.beyond] : []),
    ...('wanted' in row &&
    !('beyond' in row) &&
    (outcome === 'caught-otherwise' || outcome === 'missed')
      ? [`wanted of ${row.wanted.check}: /${row.wanted.reason}/`]
      : []),
    ...unclear.map(
      ({ name, verdict, reason }) => `${name} ${verdict}: ${reason ?? 'no reason was given'}`,
    ),
    ...trouble,
  ];
}
