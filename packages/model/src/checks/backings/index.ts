import type { CaseRow } from '../../result.ts';
import { caseCheck } from '../cases/index.ts';
import { byInode } from './by-inode.ts';
import { forked } from './forked.ts';
import { mapped } from './mapped.ts';
import { replaced } from './replaced.ts';
import { rows } from './rows.ts';

/** It is the kind of memory that the rule asks about, and not how it is mapped, nor what it was touched with. */
export const backings = caseCheck({
  name: 'backings',
  title: 'The rule goes by the kind of memory, however that is mapped',
  cases: [...rows.map(mapped), byInode, forked, replaced],
  says: (rows) => [
    'Filesystem-DAX memory is refused however it is mapped: shared or private, touched or not, for reading or for writing, in a child, or in the place of other memory.',
    sayOfOthers(rows),
  ],
});

/** A kernel may refuse more than the rule does: a row that passed did so as expected. */
function sayOfOthers(rows: readonly CaseRow[]): string {
  const changed = rows.filter(
    ({ name, before, after }) => !namesFsdax(name) && before.saw !== after.saw,
  );
  const but = changed.map(({ name, after }) => `${name}, which is ${after.saw}: ${after.why}`);
  return `Memory of every other kind answers in each of these ways as it did before${but.length === 0 ? '' : ` (but for ${but.join('; ')})`}.`;
}

const namesFsdax = (name: string): boolean =>
  name.startsWith('fsdax') || name.includes('to amid a DAX file');
