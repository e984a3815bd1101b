import type { Fault, PinPath, Prerequisite, Type1Status } from '@pinbench/model';
import type { CSource } from './c-source.ts';
import { commits } from './commits.ts';
import type { Gup } from './gup.ts';
import { pinsElsewhere, readPath } from './paths.ts';

/** `vaddr_get_pfn()` until v5.11, `vaddr_get_pfns()` since v5.12, where pages are pinned in batches (4b6c33b32296). */
const pinners = ['vaddr_get_pfn', 'vaddr_get_pfns'];

/** Where drivers/vfio/vfio_iommu_type1.c stands. */
export function readType1(source: CSource, gup: Gup): Type1Status {
  const found = source.functions.filter(({ name }) => pinners.includes(name));
  const [fn, another] = found;
  const prerequisites = readPrerequisites(gup);
  if (!fn || another) {
    const unclear = fn
      ? `${found.map(({ name, line }) => `${name}() at line ${line}`).join(' and ')}: which of them is built is not known`
      : `no ${pinners.join('() or ')}()`;
    return { stand: 'unknown', faults: [], own: notUnderstood(unclear), prerequisites };
  }
  const elsewhere = pinsElsewhere(source, pinners);
  const own = withUnclear(readPath(source, fn, gup), elsewhere);
  // Until v4.9 there was only the memory of the process that asks.
  const knowsOthers = fn.parameters.some((parameter) => /\bmm_struct\b/.test(parameter));
  const other = knowsOthers ? readPath(source, fn, gup, 'other') : undefined;
  const stand = standOf(own, other, prerequisites);
  return {
    stand,
    faults: stand === 'refused' ? faultsOf(own, other) : [],
    own,
    ...(other && { other }),
    prerequisites,
  };
}

const notUnderstood = (unclear: string): PinPath => ({
  ...{ call: 'not found', fsdax: 'unknown', deviceDax: 'unknown', lock: 'unknown' },
  unclear,
  citations: [],
});

const withUnclear = (path: PinPath, more: readonly string[]): PinPath =>
  more.length === 0
    ? path
    : {
        ...path,
        fsdax: 'unknown',
        unclear: [...(path.unclear === undefined ? [] : [path.unclear]), ...more].join('; '),
      };

function standOf(
  own: PinPath,
  other: PinPath | undefined,
  prerequisites: readonly Prerequisite[],
): Type1Status['stand'] {
  const paths = other ? [own, other] : [own];
  const unsure = paths.some(
    ({ fsdax, deviceDax, lock }) =>
      fsdax === 'unknown' || deviceDax === 'unknown' || lock === 'unknown',
  );
  if (unsure) return 'unknown';
  if (own.fsdax === 'pinned') {
    const functions = prerequisites.filter(({ name }) => name !== deviceDaxRule);
    return functions.every(({ state }) => state === 'there') ? 'prepared' : 'exposed';
  }
  return faultsOf(own, other).length > 0 ? 'refused' : 'right';
}

function faultsOf(own: PinPath, other: PinPath | undefined): Fault[] {
  const paths = other ? [own, other] : [own];
  return [
    ...(paths.some(({ deviceDax }) => deviceDax === 'refused') ? (['device-dax'] as const) : []),
    ...(paths.some(({ lock }) => lock === 'missing') ? (['lock'] as const) : []),
    ...(other?.fsdax === 'pinned' ? (['other-memory'] as const) : []),
  ];
}

const deviceDaxRule = 'a vma_is_fsdax() that tells device-dax from fs-dax';

/** What the fix needs: before v5.2 a function of its own, since then a flag that GUP heeds. */
function readPrerequisites(gup: Gup): Prerequisite[] {
  const flag = gup.definition('FOLL_LONGTERM');
  const refusal = gup.refusal('pin_user_pages_remote') ?? gup.refusal('get_user_pages');
  const needed = flag
    ? [
        { name: 'FOLL_LONGTERM', commit: commits.longtermFlag, at: flag },
        {
          name: 'the refusal of fs-dax in mm/gup.c',
          commit: refusal?.commit ?? commits.checkVmaFlags,
          at: refusal,
        },
      ]
    : (['get_user_pages_longterm', 'vma_is_fsdax'] as const).map((name) => ({
        ...{ name: `${name}()`, commit: commits.longtermGup, at: gup.definition(name) },
      }));
  const { tellsDeviceDax, citation } = gup.fsdaxTest;
  const missing = tellsDeviceDax === false || !gup.definition('vma_is_fsdax');
  return [
    ...needed.map(({ name, commit, at }): Prerequisite => ({
      ...{ name, commit, state: at ? 'there' : 'missing' },
      ...(at && { citation: at }),
    })),
    {
      name: deviceDaxRule,
      state: tellsDeviceDax === true ? 'there' : missing ? 'missing' : 'unknown',
      commit: commits.deviceDax,
      ...(citation && { citation }),
    },
  ];
}
