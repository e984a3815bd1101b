import type { ExplorationResult } from '@pinbench/model';
import type { Page } from '../terminal/page.ts';

/** Where two designs first answer differently. */
export function differenceLines(
  { differences, explorations, bound }: ExplorationResult,
  page: Page,
): string[] {
  const [one, other] = explorations.map(({ design }) => design.name);
  if (differences === undefined || one === undefined || other === undefined) return [];
  if (differences.length === 0) {
    return page.text(`${one} and ${other} answer alike, up to ${bound} operations.`, 0);
  }
  return [
    page.bold(`Where ${one} and ${other} first answer differently`),
    ...page.table(
      ['operation: memory', one, other, 'behind'],
      differences.map(({ operation, design, against, shortest }) => [
        operation,
        design,
        against,
        waysThere(shortest),
      ]),
      [],
    ),
  ];
}

/** The operations before the one that is answered differently, but for the mmap() that all begin with. */
function waysThere(sequence: readonly string[]): string {
  const names = sequence.slice(0, -1).map((line) => line.split(' ')[0] ?? '');
  const [first, ...rest] = names;
  return (first === 'mmap' ? rest : names).join(', ');
}
