import { z } from 'zod';
import type { KernelVersion } from '../kernel-version.ts';
import type { Variant } from '../result.ts';
import { kernelIn, minorRange } from '../version-range.ts';
import type { SplatSubject } from './subject.ts';

/** An entry of qemu/splats: a report that is known, and why it is no fault of what is tested. */
export const splatPolicySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  report: z.string().describe('Its kind, as the report of a run names it'),
  function: z.string(),
  file: z.string().optional(),
  kernels: minorRange.describe('Kernels that print it'),
  variant: z
    .enum(['before', 'after', 'both'])
    .describe('In whose legs it may come: what is right to happen before may be wrong after'),
  reason: z.string().describe('A sentence without its end'),
  link: z
    .string()
    .regex(/^https:\/\/(git\.kernel\.org\/linus\/[0-9a-f]{12,40}|lore\.kernel\.org\/r\/\S+)$/),
});

export type SplatPolicy = z.infer<typeof splatPolicySchema>;

/** The first entry that allows a report in a leg of a variant. */
export const policyFor = (
  policies: readonly SplatPolicy[],
  subject: SplatSubject,
  variant: Variant,
  kernel: KernelVersion,
): SplatPolicy | undefined =>
  policies.find(
    (policy) =>
      policy.report === subject.report &&
      policy.function === subject.function &&
      (policy.file === undefined || policy.file === subject.file) &&
      (policy.variant === 'both' || policy.variant === variant) &&
      kernelIn(kernel, policy.kernels),
  );
