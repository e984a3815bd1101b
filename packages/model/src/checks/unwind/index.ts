import { countsPins } from '../accounting.ts';
import { caseCheck } from '../cases/index.ts';
import { punchWaits } from '../layout-break.ts';
import { halfWay } from './half-way.ts';
import { memlockCases } from './memlock.ts';
import { ranges } from './ranges.ts';
import { tenThousand } from './ten-thousand.ts';

/** A range that is refused half way leaves nothing behind, and its IOVA free. */
export const unwind = caseCheck({
  name: 'unwind',
  title: 'A range that is refused half way leaves nothing behind',
  cases: [...ranges.map(halfWay), ...memlockCases, tenThousand],
  says: (_, { kernel }) => [
    'Wherever in a range the filesystem-DAX memory lies, the whole range is refused, and no page stays pinned, nothing stays accounted for and the IOVA is free.',
    `Ten thousand refusals in a row leak no page, ${countsPins(kernel) ? 'no pin, ' : ''}no locked memory and no kernel memory, and take nothing from RLIMIT_MEMLOCK.`,
  ],
  notes: (_, { kernel }) =>
    punchWaits('fsdax-ext4', kernel)
      ? []
      : [
          'A reference that a refusal left on a page of a DAX file would not be seen: this kernel neither counts pins nor waits for such a reference before it frees the block.',
        ],
});
