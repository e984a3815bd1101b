import {
  sayCommit,
  type Citation,
  type PinPath,
  type Type1Status,
  type UpstreamCommit,
} from '@pinbench/model';
import parseDiff from 'parse-diff';
import { commits } from './status/commits.ts';
import { preprocess } from './status/preprocess.ts';
import type { SourceReader } from './status/read-source.ts';

/** A name that patches to the pinning code use and that older kernels lack. */
export type Known = {
  name: string;
  /** What it is for, to be said after "which". */
  purpose: string;
  commit: UpstreamCommit;
  /** Where kernels that have it declare it, from the top of the source. */
  declaredIn: readonly string[];
};

const mm = ['include/linux/mm.h', 'include/linux/mm_types.h'];
/** What is looked for. */
export const known: readonly Known[] = [
  {
    ...{ name: 'get_user_pages_longterm', purpose: 'refuses fs-dax' },
    ...{ commit: commits.longtermGup, declaredIn: mm },
  },
  {
    ...{ name: 'vma_is_fsdax', purpose: 'tells fs-dax', commit: commits.longtermGup },
    declaredIn: ['include/linux/fs.h', ...mm],
  },
  {
    ...{ name: 'FOLL_LONGTERM', purpose: 'asks GUP for a long-term pin' },
    ...{ commit: commits.longtermFlag, declaredIn: mm },
  },
  ...['pin_user_pages', 'pin_user_pages_fast', 'pin_user_pages_remote', 'FOLL_PIN'].map((name) => ({
    ...{ name, purpose: 'pins for DMA', commit: commits.pin, declaredIn: mm },
  })),
  ...['unpin_user_page', 'unpin_user_pages', 'unpin_user_pages_dirty_lock'].map((name) => ({
    ...{ name, purpose: 'gives a pin back', commit: commits.unpin, declaredIn: mm },
  })),
  ...['mmap_read_lock', 'mmap_read_unlock', 'mmap_write_lock', 'mmap_write_unlock'].map((name) => ({
    ...{ name, purpose: 'takes the lock of the memory map', commit: commits.mapLock },
    declaredIn: ['include/linux/mmap_lock.h'],
  })),
  {
    ...{ name: 'vma_lookup', purpose: 'finds a mapping' },
    commit: commits.lookUp,
    declaredIn: mm,
  },
];

/**
 * The known names that the added lines of a patch use and that neither the source nor the patch itself declares.
 * Names that are not in the table are the compiler's to find.
 */
export async function missingPrerequisites(
  { text }: { text: string },
  read: SourceReader,
): Promise<Known[]> {
  const added = addedCode(text);
  const used = known.filter(({ name }) => mentions(added, name) && !declares(added, name));
  const declared = await Promise.all(
    used.map(async ({ name, declaredIn }) => {
      const headers = await Promise.all(declaredIn.map(read));
      return headers.some((header) => header !== undefined && mentions(codeOf(header), name));
    }),
  );
  return used.filter((_each, index) => declared[index] !== true);
}

/** The commit that brought a name, for a compiler's complaint about it. */
export const knownPrerequisite = (name: string): Known | undefined =>
  known.find((each) => each.name === name);

/** What the source of *after* still lacks, in sentences for the explanation of a run. */
export function hintsFor({ own, other, faults }: Type1Status): string[] {
  const paths = other ? [own, other] : [own];
  const at = (is: (path: PinPath) => boolean, says: (citation: Citation) => boolean): string => {
    const citation = paths
      .filter(is)
      .flatMap(({ citations }) => citations)
      .find(says);
    return citation ? ` (${citation.file}:${citation.line})` : '';
  };
  const deviceDax = at(
    (path) => path.deviceDax === 'refused',
    ({ file }) => file.startsWith('include/'),
  );
  const lock = at(
    (path) => path.lock === 'missing',
    ({ file }) => file.startsWith('drivers/'),
  );
  return faults.map(
    (fault) =>
      ({
        'device-dax': `device-dax is refused too because vma_is_fsdax()${deviceDax} takes it for fs-dax: the prerequisite ${sayCommit(commits.deviceDax)} is missing`,
        lock: `long-term GUP is called without the lock of the memory map${lock}: ${sayCommit(commits.lock)} mends that`,
        'other-memory': 'fs-dax memory of another process is pinned all the same',
      })[fault],
  );
}

const addedCode = (patch: string): string =>
  codeOf(
    parseDiff(patch)
      .filter(({ to }) => /\.[ch]$/.test(to ?? ''))
      .flatMap(({ chunks }) => chunks.flatMap(({ changes }) => changes))
      .flatMap((change) => (change.type === 'add' ? [change.content.slice(1)] : []))
      .join('\n'),
  );

/** Without comments; macros keep their names. */
function codeOf(text: string): string {
  const { code, macros } = preprocess(text);
  return [code, ...macros.keys()].join('\n');
}

const mentions = (code: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);

/** A function's head begins its line with a type, where a call is indented; a macro stands alone. */
const declares = (code: string, name: string): boolean =>
  new RegExp(`^(\\w[\\w *]*[ *]${name}\\(|${name}$)`, 'm').test(code);
