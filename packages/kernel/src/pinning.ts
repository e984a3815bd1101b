import type { Pinning } from '@pinbench/model';

/** Where VFIO's type1 backend pins, in every kernel from 3.6 on. */
export const pinningFile = 'drivers/vfio/vfio_iommu_type1.c';

/**
 * How a kernel pins for VFIO, by the text of its vfio_iommu_type1.c: as a long-term pin where it asks for one
 * (get_user_pages_longterm() up to 5.1, FOLL_LONGTERM since), else with the fast GUP.
 */
export const pinningOfSource = (text: string): Pinning =>
  /\b(get_user_pages_longterm|FOLL_LONGTERM)\b/.test(withoutComments(text))
    ? 'longterm'
    : 'gup-fast';

const withoutComments = (text: string): string =>
  text.replace(/\/\*[^]*?\*\//g, ' ').replace(/\/\/.*$/gm, '');
