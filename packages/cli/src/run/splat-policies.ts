import { entriesIn } from '@pinbench/kernel';
import { splatPolicySchema } from '@pinbench/model';

/** What kernels may complain of, by qemu/splats. */
export const { read: readSplatPolicies, parse: parsePolicy } = entriesIn(
  'qemu/splats',
  splatPolicySchema,
);
