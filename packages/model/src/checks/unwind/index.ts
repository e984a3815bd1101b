import { caseCheck } from '../cases/index.ts';
import { halfWay } from './half-way.ts';
import { memlockCases } from './memlock.ts';
import { ranges } from './ranges.ts';
import { notesOf, saysOf } from './says.ts';
import { tenThousand } from './ten-thousand.ts';

/** A range that is refused half way leaves nothing behind, and its IOVA free. */
export const unwind = caseCheck({
  name: 'unwind',
  title: 'A range that is refused half way leaves nothing behind',
  cases: [...ranges.map(halfWay), ...memlockCases, tenThousand],
  says: saysOf,
  notes: notesOf,
});
