import path from 'node:path';
import { digest } from '@pinbench/host';

/**
 * The name of a base's folder: the same for the same words, and different for different ones. A tree is named by its
 * last folder, so what tells two of them apart is a piece of a hash.
 */
export function slugOf(spec: string): string {
  if (/^debian:[\w.+-]+$/.test(spec)) return spec.replace(':', '-');
  const [kind = 'base', ...rest] = spec.split(':');
  const words = [kind, path.basename(rest.join(':'))].join('-').replace(/[^\w.+-]+/g, '-');
  return `${words}-${digest(spec).slice(0, 8)}`;
}
