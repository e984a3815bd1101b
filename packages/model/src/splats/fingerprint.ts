import { createHash } from 'node:crypto';
import type { SplatSubject } from './subject.ts';

/**
 * Eight hex digits that are the same wherever the same report comes from: from its kind, function and file, and neither
 * line nor offset, which differ between kernels that differ elsewhere.
 */
export const fingerprintOf = ({ report, file, ...subject }: SplatSubject): string =>
  createHash('sha256')
    .update([report, subject.function ?? '', file ?? ''].join('\n'))
    .digest('hex')
    .slice(0, 8);
