import type { Rules } from './rules.ts';
import { hasPagesOfItsOwn, type Shape } from './shapes.ts';
import { isZero, none, type Page, type PageIndex, type Part } from './state.ts';

/** A part with one page more, and where that is. */
export const withPage = (
  part: Part,
  page: Omit<Page, 'pins' | 'stuck' | 'strays' | 'cow'>,
): [Part, number] => [
  { ...part, pages: [...part.pages, { ...page, pins: 0, stuck: 0, strays: 0, cow: false }] },
  part.pages.length,
];

export const pageAt = (part: Part, index: PageIndex): Page => {
  const page = part.pages[index];
  if (page === undefined)
    throw new RangeError(`a part of ${part.shape.backing} has no page ${index}`);
  return page;
};

export const changePage = (part: Part, index: PageIndex, change: Partial<Page>): Part => ({
  ...part,
  pages: part.pages.map((page, at) => (at === index ? { ...page, ...change } : page)),
});

/** Whose page table is meant. */
export type Who = 'mine' | 'childs';

export type Fault = { part: Part; page: PageIndex } | 'SIGSEGV' | 'SIGBUS';

const isMapped = ({ present, inChild }: Part, who: Who): boolean =>
  who === 'mine' ? present : inChild;

/** What a process has at a part once it has read from it. @param who whose page table: a child shares the rest */
export function faultForReading(part: Part, shape: Shape, who: Who): Fault {
  if (!isMapped(part, who)) return 'SIGSEGV';
  if (part[who] !== none) return { part, page: part[who] };
  if (part.file?.cut) return 'SIGBUS';
  const backed = backingPage(part, shape, false);
  return { part: { ...backed.part, [who]: backed.page }, page: backed.page };
}

/** What it has once it has written to it: of a private mapping a page of its own. */
export function faultForWriting(part: Part, shape: Shape, who: Who, rules: Rules): Fault {
  if (!isMapped(part, who)) return 'SIGSEGV';
  if (shape.prot === 'ro') return 'SIGSEGV';
  const there = part[who];
  if (there !== none && mayWriteThere(pageAt(part, there), shape)) return { part, page: there };
  if (part.file?.cut && there === none) return 'SIGBUS';
  if (shape.share === 'shared') {
    const backed = backingPage(withoutZeroes(part), shape, true);
    return { part: { ...backed.part, [who]: backed.page }, page: backed.page };
  }
  return copyFor(part, who, rules);
}

/**
 * Who fills a hole in a DAX file takes the page of zeroes from whoever has it mapped there: dax_insert_entry() unmaps it
 * (91d25ba8a6b0, v4.14).
 */
function withoutZeroes(part: Part): Part {
  const unlessZero = (index: PageIndex): PageIndex =>
    index !== none && isZero(pageAt(part, index)) ? none : index;
  return part.file
    ? { ...part, mine: unlessZero(part.mine), childs: unlessZero(part.childs) }
    : part;
}

/** Gives a process a page of its own, with the bytes that it saw before. */
export function copyFor(part: Part, who: Who, rules: Rules): { part: Part; page: PageIndex } {
  const from = part[who] === none ? (part.file?.page ?? none) : part[who];
  const content = from === none ? 'zero' : pageAt(part, from).content;
  const [grown, page] = withPage(part, { kind: 'ram', owner: 'process', content });
  const left = from === none ? grown : leaveShared(grown, from, who, rules);
  return { part: { ...left, [who]: page }, page };
}

/** Who is left alone with a page may write to it again. */
function leaveShared(part: Part, index: PageIndex, who: Who, rules: Rules): Part {
  const other = who === 'mine' ? part.childs : part.mine;
  return other === index ? leftAlone(part, index, rules) : part;
}

/** A page that one process alone has mapped: it need not be copied for it any more, unless others refer to it. */
export function leftAlone(part: Part, index: PageIndex, { has }: Rules): Part {
  const { cow, pins, stuck } = pageAt(part, index);
  const isReferredTo = pins + stuck > 0 && has.reuseAsksForPins;
  return cow && !isReferredTo ? changePage(part, index, { cow: false }) : part;
}

const mayWriteThere = (page: Page, { share }: Shape): boolean =>
  !isZero(page) && (share === 'shared' || (page.owner === 'process' && !page.cow));

/** The page of the file, or of anonymous memory, that a fault finds or makes. */
function backingPage(
  part: Part,
  shape: Shape,
  forWriting: boolean,
): { part: Part; page: PageIndex } {
  if (part.file) {
    if (part.file.page !== none) return { part, page: part.file.page };
    // Of a hole in a DAX file the page of zeroes is mapped; page cache is filled with a page of its own.
    if (part.shape.backing !== 'page-cache' && !forWriting) return zeroPage(part);
    const kind = part.shape.backing === 'page-cache' ? 'cache' : 'block';
    const [grown, page] = withPage(part, { kind, owner: 'file', content: 'zero' });
    return { part: { ...grown, file: { ...part.file, page } }, page };
  }
  const own = part.pages.findIndex(({ owner }) => owner === 'file');
  if (own !== -1) return { part, page: own };
  if (
    shape.share === 'shared' ||
    hasPagesOfItsOwn(part.shape) ||
    part.shape.backing === 'hugetlb'
  ) {
    const owner = shape.share === 'shared' || hasPagesOfItsOwn(part.shape) ? 'file' : 'process';
    const kind = part.shape.backing === 'device-dax' ? 'block' : 'ram';
    const [grown, page] = withPage(part, { kind, owner, content: 'zero' });
    return { part: grown, page };
  }
  return zeroPage(part);
}

const zeroOf = ({ shape }: Part): 'zero' | 'huge-zero' =>
  shape.backing === 'thp' ? 'huge-zero' : 'zero';

function zeroPage(part: Part): { part: Part; page: PageIndex } {
  const known = part.pages.findIndex(isZero);
  if (known !== -1) return { part, page: known };
  const [grown, page] = withPage(part, { kind: zeroOf(part), owner: 'process', content: 'zero' });
  return { part: grown, page };
}

/**
 * Forgets the pages that nobody can reach any more and names the others in order, so that worlds that differ in
 * nothing else are the same. Says where each has gone.
 */
export function withoutLostPages(
  part: Part,
  mapped: boolean,
): { part: Part; to: (index: PageIndex) => PageIndex } {
  const kept = part.pages.flatMap(({ pins, stuck, owner }, index) => {
    const isReached = index === part.mine || index === part.childs || index === part.file?.page;
    const isOfTheMemory = mapped && part.file === undefined && owner === 'file';
    return isReached || isOfTheMemory || pins + stuck > 0 ? [index] : [];
  });
  const to = (index: PageIndex): PageIndex => kept.indexOf(index);
  if (kept.length === part.pages.length) return { part, to: (index) => index };
  return {
    to,
    part: {
      ...part,
      pages: kept.map((index) => pageAt(part, index)),
      mine: to(part.mine),
      childs: to(part.childs),
      ...(part.file && { file: { ...part.file, page: to(part.file.page) } }),
    },
  };
}
