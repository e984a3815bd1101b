import path from 'node:path';
import type { Say } from './say.ts';

/** Milliseconds between two words on where a build is. */
const interval = 500;

/**
 * Reads make's lines and says now and then how many objects are made, and where the last one lies.
 * @param folder the tree: tools are named by their whole path
 */
export function countObjects(
  { say }: Say,
  folder: string,
  now: () => number = Date.now,
): (line: string) => void {
  let made = 0;
  let saidAt = -Infinity;
  return (line) => {
    const step = readStep(line);
    if (step === undefined) return;
    made += step.object ? 1 : 0;
    if (now() - saidAt < interval) return;
    saidAt = now();
    say(`${made} compiled, ${step.at.replace(`${folder}/`, '')}`);
  };
}

/** kbuild's short lines: `  CC [M]  drivers/vfio/vfio.o`, `  LD      vmlinux`. */
export function readStep(line: string): { object: boolean; at: string } | undefined {
  const [, verb, file = ''] = /^ {2}([A-Z]+)(?: \[M\])? +(\S+)$/.exec(line) ?? [];
  if (verb === undefined) return undefined;
  const object = verb === 'CC' || verb === 'AS';
  return { object, at: object ? path.dirname(file) : file };
}
