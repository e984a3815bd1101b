import { caseCheck } from '../cases/index.ts';
import { byInode } from './by-inode.ts';
import { forked } from './forked.ts';
import { mapped } from './mapped.ts';
import { replaced } from './replaced.ts';
import { rows } from './rows.ts';
import { saysOf } from './says.ts';

/** It is the kind of memory that the rule asks about, and not how it is mapped, nor what it was touched with. */
export const backings = caseCheck({
  name: 'backings',
  title: 'The rule goes by the kind of memory, however that is mapped',
  cases: [...rows.map(mapped), byInode, forked, replaced],
  says: saysOf,
});
