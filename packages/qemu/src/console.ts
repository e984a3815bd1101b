import { stripVTControlCharacters } from 'node:util';

const timeStamp = /^\[ *(\d+\.\d{6})\](?:\[ *[CT]\d+\])? /;

/** A line as the kernel said it, without terminal codes; undefined when a program wrote it. */
export function kernelText(line: string): string | undefined {
  const plain = stripVTControlCharacters(line);
  const stamp = timeStamp.exec(plain);
  return stamp === null ? undefined : plain.slice(stamp[0].length);
}

/** When the kernel said a line, in seconds of its own clock; undefined when a program wrote it. */
export function secondsOf(line: string): number | undefined {
  const [, seconds] = timeStamp.exec(stripVTControlCharacters(line)) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
