import { copyFor, changePage, faultForReading, faultForWriting, pageAt } from './pages.ts';
import type { Errno } from './operation.ts';
import { eras, type Rules } from './rules.ts';
import { isDaxFile, isPersistent, type Protection, type Shape } from './shapes.ts';
import { none, type Page, type PageIndex, type Part } from './state.ts';

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

const noAddress = 'GUP finds no memory there (faultin_page() in mm/gup.c)';
const notWritable = 'GUP writes through no VMA without VM_WRITE (check_vma_flags() in mm/gup.c)';

const said = ({ why, commit }: { why: string; commit: string }): string => `${why} (${commit})`;

/** Takes a page of a part for a device, as the design under study does it, or says why not. */
export function pin(part: Part, shape: Shape, asked: Protection, rules: Rules): Pinned | Refused {
  const refuse = (errno: Errno, why: string, refused = part): Refused => ({
    errno,
    why,
    part: refused,
  });
  if (!part.present) return refuse('EFAULT', noAddress);
  if (part.shape.backing === 'device-bar') return { part, page: none, faulted: false };
  const { pinning } = rules.design;
  const longterm = pinning === 'longterm';
  const named = longterm && isDaxFile(part.shape);
  if (named && rules.has.looksFirst) {
    return refuse(
      'EOPNOTSUPP',
      'check_vma_flags() refuses FOLL_LONGTERM on an fs-dax VMA (52650c8b466b)',
    );
  }
  const writes = asked === 'rw';
  if (writes && shape.prot === 'ro') return refuse('EFAULT', notWritable);
  if (
    longterm &&
    writes &&
    rules.has.fileWritesRefused &&
    part.shape.backing === 'page-cache' &&
    shape.share === 'shared'
  ) {
    return refuse('EFAULT', `from 6.5 ${said(eras.fileWritesRefused)}`);
  }
  const fault = writes
    ? faultForWriting(part, shape, 'mine')
    : faultToPinForReading(part, shape, rules);
  if (typeof fault === 'string') return refuse('EFAULT', noAddress);
  if (named) {
    return refuse('EOPNOTSUPP', 'a long-term GUP refuses an fs-dax VMA (2bb6d2837083)', fault.part);
  }
  return { ...hold(fault.part, fault.page), faulted: part.mine === none };
}

/** A page that may be given up for a copy later is none to pin for long: since some kernels GUP makes the copy itself. */
function faultToPinForReading(part: Part, shape: Shape, { design, has }: Rules) {
  const fault = faultForReading(part, shape, 'mine');
  if (typeof fault === 'string' || shape.share === 'shared') return fault;
  const page = pageAt(fault.part, fault.page);
  const isShared = page.kind === 'ram' && page.owner === 'process' && page.cow;
  const isNotItsOwn = page.kind === 'zero' || page.owner === 'file';
  return (isShared && has.readPinUnshares) ||
    (isNotItsOwn && has.readPinCopies && design.pinning === 'longterm')
    ? copyFor(fault.part, 'mine')
    : fault;
}

const hold = (part: Part, index: PageIndex): { part: Part; page: PageIndex } => ({
  part: changePage(part, index, { pins: pageAt(part, index).pins + 1 }),
  page: index,
});

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

/** A lease is a promise to give back, which put_pfn() of VFIO as it is would not keep. */
const isKept = ({ kind }: Page, { design, has }: Rules): boolean =>
  design.pinning !== 'lease' &&
  ((kind === 'block' && has.pmemReserved) || (kind === 'zero' && !has.zeroPagePut));

/** Whether VFIO counts memory against RLIMIT_MEMLOCK: not what is marked reserved, and nothing that has no page. */
export function isLocked(part: Part, index: PageIndex, { has }: Rules): boolean {
  if (index === none) return false;
  const { kind } = pageAt(part, index);
  return kind !== 'zero' && !(isPersistent(part.shape) && kind === 'block' && has.pmemReserved);
}
