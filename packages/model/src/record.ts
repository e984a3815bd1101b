import { z } from 'zod';

/** The fields every record of the guest agent has; see qemu/guest/PLAN.md. */
const recordSchema = z.looseObject({
  seq: z.int().nonnegative(),
  op: z.string(),
  id: z.string().optional(),
  ok: z.boolean(),
  errno: z.int().optional(),
  error: z.string().optional(),
  at: z.string().optional(),
  ns: z.int().nonnegative(),
});

export type AgentRecord = z.infer<typeof recordSchema>;

/** Reads one line of the record channel. Returns undefined for anything that is not a whole record. */
export function parseRecord(line: string): AgentRecord | undefined {
  try {
    return recordSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
