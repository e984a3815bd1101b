import type { Rules } from './rules.ts';
import type { Area, World } from './state.ts';

/** Pins, in pages, that no mapping holds any more and that were not given back. */
export const keptIn = ({ areas }: World): number => countPins(areas, ({ stuck }) => stuck);

/** Pins, in pages, that a kernel counts as held (nr_foll_pin_acquired - nr_foll_pin_released of /proc/vmstat). */
export function pinnedIn({ areas }: World, { has }: Rules): number {
  // The page of zeroes is put as soon as it is pinned, where it is pinned at all.
  const neverHeld = has.zeroPagePut || has.zeroPageNotPinned;
  return countPins(areas, ({ kind, pins, stuck }) =>
    kind === 'zero' && neverHeld ? 0 : pins + stuck,
  );
}

const countPins = (
  areas: World['areas'],
  ofPage: (page: Area['parts'][number]['pages'][number]) => number,
): number =>
  areas
    .flatMap((area) => area?.parts ?? [])
    .flatMap(({ shape, pages }) => pages.map((page) => ofPage(page) * shape.pages + page.strays))
    .reduce((sum, count) => sum + count, 0);
