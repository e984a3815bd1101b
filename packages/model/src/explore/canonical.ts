import { pagesOf, type Area, type Mapping, type Page } from '../world/index.ts';

/**
 * What tells areas of one shape apart, as text: the same for areas between which no operation can tell but for the place
 * that it names. Which of its two places in the window a mapping has is folded; the order of mappings has no meaning. The
 * order of pages has: it says which lost block is the next to be taken.
 */
export const canonicalArea = (area: Area): string => canonicalAreas([area]);

/** The same for areas of one shape to which the same is done: what changes places in one does so in all of them. */
export function canonicalAreas(areas: readonly Area[]): string {
  const rest = areas.map(restText).join('||');
  if (areas.every(({ mappings }) => mappings.length === 0)) return rest;
  const here = areas.map(({ mappings }) => mappingsText(mappings)).join('||');
  const there = areas.map((area) => mappingsText(swapPlaces(area))).join('||');
  return `${rest}|${here < there ? here : there}`;
}

const restText = ({ mapped, forked, parts }: Area): string =>
  `${flag(mapped)}${flag(forked)}${parts.map(partText).join('/')}`;

/** The same area with what is in its first place in the second, and the other way round. */
export function swapPlaces({ mappings, shape }: Area): Mapping[] {
  const whole = pagesOf(shape.parts);
  return mappings.map((mapping) => ({ ...mapping, at: (mapping.at + whole) % (2 * whole) }));
}

/** All there is to a page: one that is lacking here would be folded away unseen. */
const fields = {
  kind: true,
  owner: true,
  content: true,
  pins: true,
  strays: true,
  stuck: true,
  cow: true,
} satisfies Record<keyof Page, true>;

const told = Object.keys(fields) as (keyof Page)[];

const flag = (value: boolean): string => (value ? '1' : '0');

function partText({ present, inChild, mine, childs, file, pages }: Area['parts'][number]): string {
  const behind = file ? `${flag(file.linked)}${flag(file.cut)}${file.page}` : '';
  const held = pages.map((page) => told.map((field) => page[field]).join(' ')).join(',');
  return `${flag(present)}${flag(inChild)} ${mine} ${childs} ${behind};${held}`;
}

const mappingsText = (mappings: readonly Mapping[]): string =>
  mappings
    .map(
      ({ at, first, count, asked, pages }) => `${at} ${first} ${count} ${asked} ${pages.join('.')}`,
    )
    .sort()
    .join(',');
