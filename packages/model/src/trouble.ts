import type { Check } from './checks/check.ts';
import { momentOfEnd, momentOfSplat, operationAtEnd, type Guest } from './guest.ts';
import type { AgentRecord } from './record.ts';
import type { Splat } from './result.ts';
import type { Verdict } from './verdict.ts';

/**
 * Something that went wrong with a guest as a whole. `sign` is the same for two troubles of one kind; `elsewhere`: it
 * came while another check was asked, and only keeps this one from its end.
 */
type Trouble = { verdict: Verdict; reason: string; sign: string; elsewhere?: true };

/**
 * What the ends and splats of its guests make of a check. What comes once patched code has run is laid at the patch's door,
 * what comes without it is not, nor is what the kernel does without the patch as well. What was only seen to be odd
 * before does not undo what was then seen to fail, nor hide that the bench broke down.
 */
export function troubleOf(guests: readonly Guest[], check: Check): Trouble | undefined {
  const troubles = guests.flatMap((guest) => troublesIn(guest, check));
  const [first] = troubles;
  if (first?.verdict !== 'invalid') return first;
  const usual = new Set(
    troubles.filter(({ verdict }) => verdict === 'invalid').map(({ sign }) => sign),
  );
  return (
    troubles.find(({ verdict, sign }) => verdict === 'fail' && !usual.has(sign)) ??
    troubles.find(({ verdict }) => verdict === 'error') ??
    first
  );
}

/** Records that speak of the bench itself, whatever the kernel under test does. */
const isDefect = ({ op, ok }: AgentRecord): boolean =>
  op === 'plan-error' || op === 'agent-died' || (op === 'payload' && !ok);

function troublesIn(guest: Guest, check: Check): Trouble[] {
  const { end } = guest;
  const defect = guest.records.find(isDefect);
  if (defect !== undefined) {
    const said = `${defect.op} ${JSON.stringify(defect)}`;
    return [error(`the guest agent could not do its plan: ${said}`)];
  }
  if (end.kind === 'lost' || end.kind === 'qemu-died') return [error(end.message)];
  if (end.kind === 'completed') {
    return guest.splats
      .filter((splat) => (momentOfSplat(guest, splat).check ?? check) === check)
      .map((splat) => troubleOfSplat(guest, splat));
  }
  const moment = momentOfEnd(guest);
  const at = operationAtEnd(guest);
  const reason = `${end.message}, ${moment.where}${at === undefined ? '' : `, at ${at}`}`;
  const elsewhere = (moment.check ?? check) !== check;
  return [
    {
      ...error(reason),
      verdict: moment.patched ? 'fail' : 'error',
      ...(elsewhere && { elsewhere }),
    },
  ];
}

const error = (reason: string): Trouble => ({ verdict: 'error', reason, sign: reason });

function troubleOfSplat(guest: Guest, splat: Splat): Trouble {
  const { patched, where } = momentOfSplat(guest, splat);
  const headline = (splat.excerpt[0] ?? splat.kind).replace(/^\[ *[\d.]+\] /, '');
  // Processor, process, line and offset may differ where the complaint is the same.
  const sign = headline.replace(/0x[0-9a-f]+|\d+/g, '#');
  const said = `the kernel printed "${headline}" ${where}`;
  if (patched) return { verdict: 'fail', reason: said, sign };
  const without =
    guest.job.kernel === undefined ? 'before any patched module ran' : 'without the patch';
  return { verdict: 'invalid', reason: `${said}, ${without}`, sign };
}
