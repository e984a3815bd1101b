import type { SpaprStatus, StatusReport, Type1Status } from '@pinbench/model';
import { pinningFile } from '../pinning.ts';
import { parseC, type CSource } from './c-source.ts';
import { readGup } from './gup.ts';
import { readSpaprV1, readSpaprV2 } from './spapr.ts';
import { readType1 } from './type1.ts';

/** The text of a file of a kernel's source, by its path from the top; undefined where there is none. */
export type SourceReader = (file: string) => Promise<string | undefined>;

const spaprFile = 'drivers/vfio/vfio_iommu_spapr_tce.c';
/** The first until v5.1, the second since. */
const mmIommuFiles = [
  'arch/powerpc/mm/mmu_context_iommu.c',
  'arch/powerpc/mm/book3s64/iommu_api.c',
];
const headers = [
  'include/linux/fs.h',
  'include/linux/mm.h',
  'include/linux/mm_types.h',
  'include/linux/dax.h',
];

/** Every file that is read. */
export const statusFiles: readonly string[] = [
  ...['mm/gup.c', pinningFile, spaprFile],
  ...mmIommuFiles,
  ...headers,
];

/** Where a source stands, from its texts alone. What is not understood is said to be so, never guessed. */
export async function readSourceStatus(
  read: SourceReader,
): Promise<Pick<StatusReport, 'type1' | 'spapr'>> {
  const sources = new Map<string, CSource>();
  for (const file of statusFiles) {
    const text = await read(file);
    if (text !== undefined) sources.set(file, await parseC(file, text));
  }
  const take = (files: readonly string[]): CSource[] =>
    files.flatMap((file) => sources.get(file) ?? []);
  const gup = readGup(sources.get('mm/gup.c'), take(headers));
  const type1 = sources.get(pinningFile);
  return {
    type1: type1 ? readType1(type1, gup) : noType1,
    spapr: {
      v1: readSpaprV1(sources.get(spaprFile), gup),
      v2: onlyOne(take(mmIommuFiles), (source) => readSpaprV2(source, gup)),
    },
  };
}

const noType1: Type1Status = {
  ...{ stand: 'unknown', faults: [], prerequisites: [] },
  own: {
    ...{ call: 'not found', fsdax: 'unknown', deviceDax: 'unknown', lock: 'unknown' },
    unclear: `there is no ${pinningFile}`,
    citations: [],
  },
};

const onlyOne = (
  sources: readonly CSource[],
  read: (source: CSource | undefined) => SpaprStatus,
): SpaprStatus =>
  sources.length < 2
    ? read(sources[0])
    : {
        stand: 'unknown',
        unclear: `both ${sources.map(({ file }) => file).join(' and ')} are there`,
        citations: [],
      };
