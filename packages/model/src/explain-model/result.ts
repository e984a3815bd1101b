import { z } from 'zod';
import { backings } from '../backing.ts';
import { designs, type DesignName } from '../world/index.ts';

const designName = z.enum(designs.map(({ name }) => name) as [DesignName, ...DesignName[]]);
const commit = z.string().regex(/^[0-9a-f]{12}$/);
const version = z.string().regex(/^\d+\.\d+$/);

const answer = z.object({
  design: designName,
  said: z.string(),
  why: z.string().optional().describe('The rule behind it, with its commit'),
});

const memory = z.object({
  backing: z.enum(backings),
  share: z.enum(['shared', 'private']),
  prot: z.enum(['rw', 'ro']).describe('What the process may do'),
  touch: z.enum(['write', 'read', 'none']).describe('What the process did to it before'),
  answers: z.array(
    z.object({
      question: z.string(),
      answers: z.array(answer).describe('Of each design that can be asked'),
    }),
  ),
  commits: z
    .array(
      z.object({
        commit,
        why: z.string().describe('What it does'),
        from: version.optional().describe('Absent: in every kernel that the model knows'),
        until: version.optional(),
        stable: z
          .array(version)
          .optional()
          .describe('Older lines whose newest kernels have it as well'),
        ended: commit.optional().describe('What ended it'),
        holds: z.boolean().describe('In the kernel that was asked about'),
        before: z.string().optional().describe('What was done before it'),
      }),
    )
    .describe('Without which an answer would be another, or have another reason'),
  elsewhere: z
    .array(
      z.object({
        from: version.optional(),
        to: version.optional().describe('The last version that does so'),
        design: designName,
        question: z.string(),
        said: z.string(),
        commit: commit.describe('What began it, or for older kernels than that, what ended it'),
      }),
    )
    .describe('Where other kernels answer otherwise'),
});

export const modelExplanationSchema = z
  .object({
    schema: z.literal(1),
    bench: z.object({ version: z.string(), commit: z.string().optional() }),
    kernel: z.string(),
    designs: z.array(
      z.object({
        name: designName,
        title: z.string(),
        source: z.object({ why: z.string(), commit }),
      }),
    ),
    memories: z.array(memory),
  })
  .meta({ title: 'pinbench model explain', id: 'pinbench-model-explain' });

export type ModelExplanation = z.infer<typeof modelExplanationSchema>;
export type ExplainedMemory = z.infer<typeof memory>;
export type BehindCommit = ExplainedMemory['commits'][number];
