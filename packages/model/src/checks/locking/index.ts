import type { CaseRow } from '../../result.ts';
import { caseCheck } from '../cases/index.ts';
import type { Check } from '../check.ts';
import { faultCase } from './fault.ts';
import { releaseCases } from './release.ts';

/** GUP faults pages in with the lock of the address space held, and whoever took it gives it back. */
export const locking: Check = {
  ...caseCheck({
    name: 'locking',
    title: 'Pages are pinned under the lock of the address space, and it is released on every path',
    cases: [faultCase, ...releaseCases],
    says,
  }),
  // What hangs behind a lock that is kept would hang in any check that came before.
  goesFirst: true,
};

function says(rows: readonly CaseRow[]): string[] {
  const asked = rows.filter(({ verdict }) => verdict === 'pass').map(({ name }) => name);
  const paths = asked.filter((name) => name !== faultCase.name).length;
  return [
    `${asked.includes(faultCase.name) ? 'Pages are faulted in with mmap_lock held, and after' : 'After'} each of ${paths} ways for a map to end a second thread gets mmap_lock for writing.`,
  ];
}
