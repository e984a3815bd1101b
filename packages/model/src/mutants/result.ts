import { z } from 'zod';
import { reportFrame } from '../report-frame.ts';
import { storySchema } from '../result.ts';
import { verdicts } from '../verdict.ts';

const check = z.object({
  name: z.string(),
  verdict: z.enum(verdicts),
  reason: z.string().optional().describe('One sentence: why it is not a pass'),
});

const accuser = z.object({ check: z.string(), reason: z.string() });

const row = z.object({
  id: z.string(),
  title: z.string(),
  checks: z.array(check).describe('What each check made of it'),
  by: accuser.optional().describe('The check that found fault with it, and what it said'),
  story: storySchema.optional().describe('The shortest sequence that shows what is wrong with it'),
  trouble: z.array(z.string()).optional().describe('Why it could not be tried'),
});

const mutant = row.extend({
  mistake: z.string(),
  beyond: z
    .string()
    .optional()
    .describe('Why no sequence of operations shows it, where that was all that was asked'),
  wanted: z
    .object({ check: z.string(), reason: z.string().describe('A regular expression') })
    .describe('Which check has to catch it, and with what reason'),
  outcome: z
    .enum(['caught', 'caught-otherwise', 'missed', 'unclear', 'error'])
    .describe(
      'caught-otherwise: by another check than the one named for it, or for another reason; missed: every check passed; unclear: none failed, and not all passed',
    ),
});

const control = row.extend({ outcome: z.enum(['clean', 'accused', 'unclear', 'error']) });

/** What deliberately wrong versions of a patch came to. Renderers read this and nothing else. */
export const mutantsSchema = z
  .object({
    ...reportFrame,
    elapsedMs: z.number(),
    base: z.object({ spec: z.string(), release: z.string(), sourceVersion: z.string() }),
    checks: z.array(z.string()).describe('Those that were asked, by name'),
    controls: z.array(control).describe('Right versions, which no check may find fault with'),
    mutants: z.array(mutant),
    outcome: z.enum(['pass', 'fail', 'error']),
  })
  .meta({ title: 'pinbench mutants', id: 'pinbench-mutants' });

export type Mutants = z.infer<typeof mutantsSchema>;
export type MutantRow = z.infer<typeof mutant>;
export type ControlRow = z.infer<typeof control>;
export type MutantCheck = z.infer<typeof check>;

/**
 * Passes when every mutant is caught, with the reason named for it, save what cannot be, and no check finds fault with a
 * right patch.
 */
export function outcomeOfMutants({
  controls,
  mutants,
}: Pick<Mutants, 'controls' | 'mutants'>): Mutants['outcome'] {
  if ([...controls, ...mutants].some(({ outcome }) => outcome === 'error')) return 'error';
  const caught =
    mutants.length > 0 &&
    mutants.every(
      ({ outcome, beyond }) =>
        outcome === 'caught' ||
        (beyond !== undefined && ['missed', 'caught-otherwise'].includes(outcome)),
    );
  const clean = controls.length > 0 && controls.every(({ outcome }) => outcome === 'clean');
  return caught && clean ? 'pass' : 'fail';
}

/** 1 for a mutant that got away or a control that did not, 2 where the bench could not do its work. */
export const mutantsExitCode = (outcome: Mutants['outcome']): 0 | 1 | 2 =>
  outcome === 'pass' ? 0 : outcome === 'fail' ? 1 : 2;
