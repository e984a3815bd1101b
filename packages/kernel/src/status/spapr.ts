import type { SpaprStatus, UpstreamCommit } from '@pinbench/model';
import { callsIn, type CSource } from './c-source.ts';
import { commits } from './commits.ts';
import type { Gup } from './gup.ts';
import { readPath } from './paths.ts';
import { isPin } from './walk.ts';

/** Container v1 of sPAPR TCE, which pins at each map (drivers/vfio/vfio_iommu_spapr_tce.c). */
export const readSpaprV1 = (source: CSource | undefined, gup: Gup): SpaprStatus =>
  readSpapr(source, gup, () => commits.spaprV1);

/** Container v2, which pins what is registered: mm_iommu, in one of two files since v4.2. */
export const readSpaprV2 = (source: CSource | undefined, gup: Gup): SpaprStatus =>
  readSpapr(source, gup, (longterm) => (longterm ? commits.spaprV2Longterm : commits.spaprV2));

function readSpapr(
  source: CSource | undefined,
  gup: Gup,
  madeBy: (longterm: boolean) => UpstreamCommit,
): SpaprStatus {
  if (!source) return { stand: 'absent', citations: [] };
  const pinners = source.functions.filter(({ body }) =>
    callsIn(body).some(({ name }) => isPin(name)),
  );
  if (pinners.length === 0) {
    return { stand: 'unknown', unclear: `nothing in ${source.file} calls GUP`, citations: [] };
  }
  const paths = pinners.map((fn) => readPath(source, fn, gup));
  const unclear = paths.flatMap((path) => path.unclear ?? []);
  const lacking = paths.find(({ lock }) => lock === 'missing' || lock === 'unknown');
  if (lacking) unclear.push(`whether the lock is held where ${lacking.call} is called`);
  const exposed = paths.some(({ fsdax }) => fsdax === 'pinned');
  const commit = madeBy(!exposed);
  return {
    stand: unclear.length > 0 ? 'unknown' : exposed ? 'exposed' : 'right',
    call: [...new Set(paths.map(({ call }) => call))].join(', '),
    ...(unclear.length > 0 && { unclear: unclear.join('; ') }),
    citations: paths
      .flatMap(({ citations }) => citations)
      .map((each) => {
        const { file, line, code, says } = each;
        return file === source.file ? { file, line, code, says, commit } : each;
      }),
  };
}
