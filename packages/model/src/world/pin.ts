import { copyFor, changePage, faultForReading, faultForWriting, pageAt } from './pages.ts';
import type { Errno } from './operation.ts';
import { eras, saySource, sinceEra, sources } from './eras.ts';
import type { Rules } from './rules.ts';
import { isDaxFile, type Protection, type Shape } from './shapes.ts';
import { isZero, none, type Page, type PageIndex, type Part } from './state.ts';

export type Pinned = {
  readonly part: Part;
  /** `none` where there is no page to pin: a device's own memory. */
  readonly page: PageIndex;
  /** Memory was faulted in. */
  readonly faulted: boolean;
};
/** A part may have been faulted in before it is refused. */
export type Refused = { readonly errno: Errno; readonly why: string; readonly part: Part };

export const isRefused = (outcome: Pinned | Refused): outcome is Refused => 'errno' in outcome;

const noMapping = 'nothing is mapped there (__get_user_pages() in mm/gup.c)';
const noMemory = 'the file has ended before that (faultin_page() in mm/gup.c)';
const notWritable = 'GUP writes through no VMA without VM_WRITE (check_vma_flags() in mm/gup.c)';

/** What a map asks of a part: where in its range that lies, and what for. */
export type Wanted = { readonly asked: Protection; readonly startsRange: boolean };

/** Takes a page of a part for a device, as the design under study does it, or says why not. */
export function pin(
  part: Part,
  shape: Shape,
  { asked, startsRange }: Wanted,
  rules: Rules,
): Pinned | Refused {
  const refuse = (errno: Errno, why: string, refused = part): Refused => ({
    errno,
    why,
    part: refused,
  });
  if (!part.present) return refuse('EFAULT', noMapping);
  if (part.shape.backing === 'device-bar') {
    return asked === 'rw' && shape.prot === 'ro' && rules.has.pfnmapAsksForWrite
      ? refuse('EFAULT', sinceEra(eras.pfnmapAsksForWrite))
      : { part, page: none, faulted: false };
  }
  const longterm = rules.design.pinning === 'longterm';
  const named = isNamed(part, rules);
  if (named && rules.has.looksFirst) return refuse('EOPNOTSUPP', whyNamed(part, rules));
  const writes = asked === 'rw';
  if (writes && shape.prot === 'ro') return refuse('EFAULT', notWritable);
  if (
    longterm &&
    writes &&
    rules.has.fileWritesRefused &&
    part.shape.backing === 'page-cache' &&
    shape.share === 'shared'
  ) {
    return refuse('EFAULT', sinceEra(eras.fileWritesRefused));
  }
  const fault = writes
    ? faultForWriting(part, shape, 'mine', rules)
    : faultToPinForReading(part, shape, rules);
  if (typeof fault === 'string') return refuse('EFAULT', noMemory);
  if (named) {
    return refuse('EOPNOTSUPP', whyNamed(part, rules), fault.part);
  }
  return { ...hold(fault.part, fault.page, startsRange, rules), faulted: part.mine === none };
}

/** Whether the rule of the design names the memory of a part, rightly or not. */
const isNamed = ({ shape }: Part, { design }: Rules): boolean =>
  design.pinning === 'longterm' &&
  (isDaxFile(shape) || (design.confusesDeviceDax === true && shape.backing === 'device-dax'));

function whyNamed({ shape }: Part, { has }: Rules): string {
  const why = has.looksFirst
    ? 'check_vma_flags() refuses FOLL_LONGTERM on an fs-dax VMA (52650c8b466b)'
    : saySource(sources.longtermRefuses);
  return isDaxFile(shape)
    ? why
    : `${why}, and vma_is_fsdax() takes device-dax for one (${eras.tellsDeviceDax.commit} mends that)`;
}

/** A page that may be given up for a copy later is none to pin for long: since some kernels GUP makes the copy itself. */
function faultToPinForReading(part: Part, shape: Shape, rules: Rules) {
  const { design, has } = rules;
  const fault = faultForReading(part, shape, 'mine');
  if (typeof fault === 'string' || shape.share === 'shared') return fault;
  const page = pageAt(fault.part, fault.page);
  const isShared = page.kind === 'ram' && page.owner === 'process' && page.cow;
  const isNotItsOwn = isZero(page) || page.owner === 'file';
  return (isShared && has.readPinUnshares) ||
    (isNotItsOwn && has.readPinCopies && design.pinning === 'longterm')
    ? copyFor(fault.part, 'mine', rules)
    : fault;
}

function hold(
  part: Part,
  index: PageIndex,
  startsRange: boolean,
  rules: Rules,
): { part: Part; page: PageIndex } {
  const page = pageAt(part, index);
  const strays = rules.has.batches || !isKept(page, rules) ? 0 : runsIn(part, page, startsRange);
  const change = { pins: page.pins + 1, strays: page.strays + strays };
  return { part: changePage(part, index, change), page: index };
}

/**
 * How many runs of pages end at a page of the part: pages that lie one behind the other and are reserved alike make one.
 * Nothing lies behind the page of zeroes, which is there again for every page of the part.
 */
const runsIn = ({ shape }: Part, { kind }: Page, startsRange: boolean): number =>
  (kind === 'zero' ? shape.pages : 1) - (startsRange ? 1 : 0);

/** A page that is pinned once more, and put again in vain where it is reserved. */
export function withStray(part: Part, index: PageIndex, rules: Rules): Part {
  if (index === none) return part;
  const page = pageAt(part, index);
  return isKept(page, rules) ? changePage(part, index, { strays: page.strays + 1 }) : part;
}

/** Gives a page back, as VFIO does it: not at all where it is marked reserved. */
export function unpin(part: Part, index: PageIndex, rules: Rules): Part {
  if (index === none) return part;
  const page = pageAt(part, index);
  const stays = isKept(page, rules);
  return changePage(part, index, {
    pins: page.pins - 1,
    ...(stays && { stuck: page.stuck + 1 }),
  });
}

/**
 * Whether put_pfn() of vfio_iommu_type1 passes over a page, so that its pin stays: memmap_init_zone_device() marks pages
 * of persistent memory reserved, and so is the zero page. A lease is a promise to give back.
 */
const isKept = ({ kind }: Page, { design, has }: Rules): boolean =>
  design.pinning !== 'lease' &&
  ((kind === 'block' && !has.pmemUnmarked) || (kind === 'zero' && !has.zeroPagePut));

/** Whether VFIO counts memory against RLIMIT_MEMLOCK: not what is marked reserved, and nothing that has no page. */
export function isLocked(part: Part, index: PageIndex, { has }: Rules): boolean {
  if (index === none) return false;
  const { kind } = pageAt(part, index);
  return kind !== 'zero' && (kind !== 'block' || has.pmemUnmarked);
}
