import { expectFate, type Fate, type Pinner } from '../../expect/index.ts';
import type { FileChange } from '../../plan.ts';
import type { CaseExpectation } from '../cases/index.ts';

export type FileSystem = 'ext4' | 'xfs';

export type Rule = CaseExpectation & { readonly fate: Fate };

/** In the words of the report. */
export const said: Readonly<Record<Fate, string>> = {
  overwrites: 'overwrites another file',
  waits: 'waits, even after the unmap',
  'waits-deaf': 'waits, a signal does not end it',
  harmless: 'returns, no harm',
};

/** What a kernel is expected to do when that is asked of a file whose first page VFIO was asked to map. */
export function expectChange(pinner: Pinner, fs: FileSystem, change: FileChange): Rule {
  // A collapse takes the blocks of its range as a hole punch does.
  const taking = change === 'collapse' ? 'punch' : change;
  const { fate, why } = expectFate(pinner, `fsdax-${fs}`, taking);
  return { fate, said: said[fate], why };
}
