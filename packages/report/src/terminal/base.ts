import type { BaseInResult, TreeInResult } from '@pinbench/model';
import { count, plain } from '../words.ts';
import type { Page } from './page.ts';

/** Which kernel the patch was held against, and what of a tree was taken along or left out. */
export function baseLines(base: BaseInResult, page: Page): string[] {
  const { spec, release, sourceVersion, tree } = base;
  const source = tree ? sourceVersion : `source ${sourceVersion}`;
  return [
    ...page.field('base', plain(`${spec}: Linux ${release}, ${source}`)),
    ...(tree ? sayTree(tree).flatMap((line) => page.field('', plain(line))) : []),
  ];
}

function sayTree({ subject, dirty, uncommitted = 0, leftOut = 0 }: TreeInResult): string[] {
  const changes = count(uncommitted, 'uncommitted file');
  return [
    ...(subject === undefined ? [] : [`"${subject}"`]),
    ...(uncommitted === 0
      ? []
      : [dirty ? `with ${changes}` : `${changes} left out (--dirty takes them along)`]),
    ...(leftOut === 0 ? [] : [`${count(leftOut, 'file')} of an earlier build left out`]),
  ];
}
