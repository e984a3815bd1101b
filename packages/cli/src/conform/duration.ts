import { RequestError } from '@pinbench/host';

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const satisfies Record<string, number>;
const DAY_MS = 24 * units.h;

/**
 * Reads a length of time, such as 90s, 10m or 2h, in milliseconds.
 * @throws RequestError for anything else, and for less than a second or more than a day.
 */
export function readDuration(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * units[unit as keyof typeof units];
  if (ms >= units.s && ms <= DAY_MS) return ms;
  throw new RequestError(`${option} "${text}" is no length of time from 1s to 24h`, {
    hint: `such as ${option} 90s, ${option} 10m or ${option} 2h`,
  });
}

/** A length of time as it is typed. */
export const formatDuration = (ms: number): string =>
  ms % units.h === 0
    ? `${ms / units.h}h`
    : ms % units.m === 0
      ? `${ms / units.m}m`
      : `${ms / units.s}s`;
