import { iova, operations as op, type Operation } from '../../plan.ts';
import type { CaseLeg } from '../cases/index.ts';
import { MiB, PAGE } from '../memory.ts';

export const PAGES = 16;
const IOVA = 16 * MiB;

/** One map of a buffer, by a thread that may hang. */
export const planMap = (
  { id }: CaseLeg,
  buffer: string,
  more: { off?: number } = {},
): Operation[] => [op.mapWatched({ iova: iova(IOVA), buffer, ...more }, id('map'))];

export const planUnmap = ({ id }: CaseLeg, len = PAGES * PAGE): Operation =>
  op.unmap({ iova: iova(IOVA), len }, id('unmap'));
