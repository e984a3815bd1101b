import { z } from 'zod';
import { designs } from '../world/index.ts';
import { findings } from './findings.ts';

const names = <Name extends string>(of: readonly { name: Name }[]): [Name, ...Name[]] =>
  of.map(({ name }) => name) as [Name, ...Name[]];

const count = z.number().int().min(0);

const story = z.object({
  sequence: z.array(z.string()).describe('Its operations, as a .sequence file has them'),
  steps: z.array(
    z.object({
      does: z.string(),
      then: z.string().describe('What comes of it; empty where nothing need be said'),
    }),
  ),
  file: z.string().optional().describe('The .sequence file it was written to'),
  plan: z.string().optional().describe('The same as a plan for the guest agent'),
  command: z.string().optional().describe('Replays it on a real kernel'),
});

const finding = z.object({
  name: z.enum(names(findings)),
  kind: z
    .enum(['harm', 'flaw', 'cost'])
    .describe(
      'harm: what a design must not do; flaw: what the kernel does, whatever the design; cost: what the design takes for doing no harm',
    ),
  title: z.string(),
  shortest: story.optional().describe('The fewest operations that lead to it; absent: none do'),
});

const exploration = z.object({
  design: z.object({
    name: z.enum(names(designs)),
    title: z.string(),
    source: z.object({ why: z.string(), commit: z.string() }),
  }),
  areas: count.describe('Kinds of memory, in every state it was met in, that are told apart'),
  states: count.describe('Worlds that differ in more than the order of what is in them'),
  transitions: count.describe('Operations that were asked in them'),
  depths: z
    .array(z.object({ states: count, transitions: count }))
    .describe('Of worlds first met after 0, 1, … operations'),
  findings: z.array(finding),
});

const balance = z.object({
  design: z.enum(names(designs)),
  against: z.enum(names(designs)),
  buys: z.array(z.enum(names(findings))).describe('What the other does and this does not'),
  costs: z.array(z.enum(names(findings))).describe('What this does and the other does not'),
});

const difference = z.object({
  operation: z.string().describe('What answers differently, and on which memory'),
  design: z.string().describe('The answer'),
  against: z.string().describe('The answer of the other design'),
  shortest: z.array(z.string()).describe('The fewest operations that show it'),
});

export const explorationResultSchema = z
  .object({
    schema: z.literal(1),
    bench: z.object({ version: z.string(), commit: z.string().optional() }),
    kernel: z.string().describe('The eras of which version hold'),
    bound: count.describe('Operations in a sequence, at most'),
    slots: count.describe('Areas of memory at one time'),
    alphabet: z.array(z.string()).describe('The memory that was mapped'),
    explorations: z.array(exploration),
    balances: z.array(balance),
    differences: z
      .array(difference)
      .optional()
      .describe('Where two designs first answer differently'),
  })
  .meta({ title: 'pinbench model explore', id: 'pinbench-model-explore' });

export type ExplorationResult = z.infer<typeof explorationResultSchema>;
export type Exploration = z.infer<typeof exploration>;
export type FindingOutcome = z.infer<typeof finding>;
export type ToldSequence = z.infer<typeof story>;
export type Balance = z.infer<typeof balance>;
export type DesignDifference = z.infer<typeof difference>;
