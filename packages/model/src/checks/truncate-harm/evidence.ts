import { EDU_PIECE, PAGE } from '../memory.ts';
import type { Claimed, Waiting } from './records.ts';

const taskStates: Readonly<Record<string, string>> = { S: 'interruptibly', D: 'uninterruptibly' };

/** Functions that every system call comes through. */
const entry = /^(do_syscall_64|entry_\w+|__\w+_sys_\w+|ksys_\w+)$/;

/** Some kernels do not tell the one, some not the other: /proc/PID/wchan says 0 on 5.10. */
export function evidenceOfWait({ task, wchan, stack }: Waiting): string[] {
  const place = wchan ?? stack[0];
  const where = place === undefined ? 'a function that the kernel does not name' : `${place}()`;
  const callers = stack.filter((name) => name !== place && !entry.test(name));
  return [
    `asleep ${taskStates[task] ?? `in state ${task}`} in ${where}`,
    ...(callers.length > 0 ? [`called by ${callers.join(' < ')}`] : []),
  ];
}

export function evidenceOfBytes(
  { off, own, ownBytes, otherBytes, found }: Claimed,
  block: string,
): string[] {
  if (own === PAGE)
    return [`block ${block} went to another file, whose ${PAGE} bytes are as written`];
  return [
    `block ${block} went to another file, as its byte ${off}`,
    `its owner wrote  ${spaced(ownBytes)} …`,
    `it reads now     ${spaced(found)} …`,
    `the device wrote ${spaced(otherBytes)} … (${EDU_PIECE} bytes)`,
  ];
}

const spaced = (hex: string): string => hex.replace(/(..)(?=.)/g, '$1 ');
