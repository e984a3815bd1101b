import type { Check } from './checks/check.ts';
import { momentOfEnd, operationAtEnd, type Guest } from './guest.ts';
import type { AgentRecord } from './record.ts';
import type { Verdict } from './verdict.ts';

/**
 * Something that went wrong with a guest as a whole. `elsewhere`: it came while another check was asked, and only keeps
 * this one from its end.
 */
type Trouble = { verdict: Verdict; reason: string; elsewhere?: true };

/**
 * What the ends of its guests make of a check. One that comes once patched code has run is laid at the patch's door,
 * one that comes without it is not.
 */
export const troubleOf = (guests: readonly Guest[], check: Check): Trouble | undefined =>
  guests.map((guest) => troubleIn(guest, check)).find((trouble) => trouble !== undefined);

/** Records that speak of the bench itself, whatever the kernel under test does. */
const isDefect = ({ op, ok }: AgentRecord): boolean =>
  op === 'plan-error' || op === 'agent-died' || (op === 'payload' && !ok);

function troubleIn(guest: Guest, check: Check): Trouble | undefined {
  const { end } = guest;
  const defect = guest.records.find(isDefect);
  if (defect !== undefined) {
    const said = `${defect.op} ${JSON.stringify(defect)}`;
    return error(`the guest agent could not do its plan: ${said}`);
  }
  if (end.kind === 'lost' || end.kind === 'qemu-died') return error(end.message);
  if (end.kind === 'completed') return undefined;
  const moment = momentOfEnd(guest);
  const at = operationAtEnd(guest);
  const reason = `${end.message}, ${moment.where}${at === undefined ? '' : `, at ${at}`}`;
  const elsewhere = (moment.check ?? check) !== check;
  return { reason, verdict: moment.patched ? 'fail' : 'error', ...(elsewhere && { elsewhere }) };
}

const error = (reason: string): Trouble => ({ verdict: 'error', reason });
