import type { CaseRow } from '../../result.ts';
import { countsPins } from '../accounting.ts';
import type { CheckContext } from '../check.ts';
import { punchWaits } from '../../expect/index.ts';
import { listed } from '../mapping.ts';
import { beyond, refusals } from './memlock.ts';
import { ranges } from './ranges.ts';
import { holdsBackSlabs, tenThousand } from './ten-thousand.ts';

/** What a pass shows, of the rows that were asked. */
export function saysOf(rows: readonly CaseRow[], context: CheckContext): string[] {
  const passed = rows.filter(({ verdict, after }) => verdict === 'pass' && wasRefused(after));
  const has = ({ name }: { name: string }): boolean => passed.some((row) => row.name === name);
  const halfWay = ranges.filter(has).map(({ name }) => name);
  return [
    halfWay.length > 0
      ? `A range with filesystem-DAX memory in it is refused as a whole (${halfWay.join('; ')}), and no page stays pinned, nothing stays accounted for and the IOVA is free.`
      : undefined,
    has(tenThousand)
      ? `Ten thousand refusals in a row leak ${listed(whatWouldLeak(context))}.`
      : undefined,
    has(refusals)
      ? 'Refusals take nothing from RLIMIT_MEMLOCK: all of it can be pinned afterwards.'
      : undefined,
    has(beyond)
      ? 'A range that is longer than RLIMIT_MEMLOCK by one page is refused for that, and leaves nothing behind.'
      : undefined,
  ].filter((sentence) => sentence !== undefined);
}

/** What of a refusal this kernel cannot be asked, where one was seen. */
export function notesOf(rows: readonly CaseRow[], { kernel }: CheckContext): string[] {
  const refusedFiles = rows.some(({ name, after }) => name !== beyond.name && wasRefused(after));
  if (!refusedFiles || punchWaits('fsdax-ext4', kernel)) return [];
  return [
    'A reference that a refusal left on a page of a DAX file would not be seen: this kernel neither counts pins nor waits for such a reference before it frees the block.',
  ];
}

const wasRefused = ({ saw }: CaseRow['after']): boolean => saw.startsWith('refused');

const whatWouldLeak = (context: CheckContext): string[] => [
  'no page',
  ...(countsPins(context.kernel) ? ['no pin'] : []),
  'no locked memory',
  ...(holdsBackSlabs(context) ? [] : ['no kernel memory']),
];
