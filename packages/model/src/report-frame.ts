import { z } from 'zod';

/** What every report of a run begins with: who made it, how to make it again, and when it was made. */
export const reportFrame = {
  schema: z.literal(1),
  bench: z.object({ version: z.string(), commit: z.string().optional() }),
  command: z.string().describe('Runs it again'),
  startedAt: z.iso.datetime(),
};
