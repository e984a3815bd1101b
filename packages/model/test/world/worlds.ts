import { parseKernelVersion } from '../../src/kernel-version.ts';
import {
  designOf,
  parseSequence,
  rulesOf,
  run,
  type DesignName,
  type Result,
  type Rules,
  type World,
} from '../../src/world/index.ts';

/** The rules of a kernel, with VFIO as it was before the patch unless another design is named. */
export const on = (release: string, design: DesignName = 'gup-fast'): Rules =>
  rulesOf(designOf(design), parseKernelVersion(release));

export type Told = {
  last: Result | undefined;
  results: readonly (Result | undefined)[];
  world: World;
};

/** Does what the lines say, in a world of two areas. */
export function tell(rules: Rules, ...lines: readonly string[]): Told {
  const { results, world } = run(parseSequence(lines.join('\n')), rules, 2);
  return { last: results.at(-1), results, world };
}

export const file = (parts = 'fsdax-ext4:4K', how = 'share=shared prot=rw touch=write'): string =>
  `mmap area=0 parts=${parts} ${how}`;
export const map = 'map area=0 at=0 first=0 count=1 prot=rw';
export const mapForReading = 'map area=0 at=0 first=0 count=1 prot=ro';
