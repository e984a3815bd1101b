import type { PinPath, SpaprStatus, Stand, Verdict } from '@pinbench/model';

/** The colour of a stand is that of a verdict; the word is its own. */
export const standVerdict: Record<Stand | SpaprStatus['stand'], Verdict> = {
  exposed: 'fail',
  prepared: 'fail',
  refused: 'skip',
  right: 'pass',
  unknown: 'invalid',
  absent: 'skip',
};

const locks: Record<PinPath['lock'], string> = {
  held: 'under the lock',
  missing: 'WITHOUT the lock it needs',
  'taken-inside': 'which takes the lock by itself',
  unknown: 'the lock not understood',
};

/** How a path pins, in a sentence's middle. */
export function sayPath({ call, fsdax, deviceDax, lock, unclear }: PinPath): string {
  if (fsdax === 'unknown' || unclear !== undefined) return `not understood: ${unclear ?? call}`;
  const dax =
    fsdax === 'pinned'
      ? 'fs-dax is pinned'
      : `fs-dax is refused${deviceDax === 'refused' ? ', DEVICE-DAX TOO' : ''}`;
  return `${dax}: ${call}, ${locks[lock]}`;
}
