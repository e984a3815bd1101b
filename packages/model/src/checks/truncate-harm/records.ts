import { z } from 'zod';
import type { AgentRecord } from '../../record.ts';

const changeSchema = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('returned'), returned: z.string() }),
  z.looseObject({
    state: z.literal('waiting'),
    task: z.string(),
    wchan: z.string().nullable(),
    stack: z.array(z.string()),
  }),
]);
export type Change = z.infer<typeof changeSchema>;

const claimedSchema = z.looseObject({
  off: z.number(),
  own: z.number(),
  other: z.number(),
  ownBytes: z.string(),
  otherBytes: z.string(),
  found: z.string(),
});
export type Claimed = z.infer<typeof claimedSchema>;

export type Waiting = Extract<Change, { state: 'waiting' }>;
export type Returned = Extract<Change, { state: 'returned' }>;

/** How a change to a file went so far; undefined where it was not asked. */
export const changeOf = (record: AgentRecord | undefined): Change | undefined =>
  record?.ok === true ? changeSchema.safeParse(record).data : undefined;

/** What the file that took the block reads there; undefined where that was not asked. */
export const claimedOf = (record: AgentRecord | undefined): Claimed | undefined =>
  record?.ok === true ? claimedSchema.safeParse(record).data : undefined;
