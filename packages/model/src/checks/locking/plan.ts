import { iova, operations as op, type Operation } from '../../plan.ts';
import type { CaseLeg } from '../cases/index.ts';
import { IOVA, PAGE } from '../memory.ts';

export const PAGES = 16;

/** One map of a buffer, by a thread that may hang. */
export const planMap = ({ id }: CaseLeg, buffer: string): Operation =>
  op.mapWatched({ iova: iova(IOVA), buffer }, id('map'));

export const planUnmap = ({ id }: CaseLeg, len = PAGES * PAGE): Operation =>
  op.unmap({ iova: iova(IOVA), len }, id('unmap'));
