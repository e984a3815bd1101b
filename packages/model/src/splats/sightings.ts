import { momentsIn, type Guest } from '../guest.ts';
import type { KernelVersion } from '../kernel-version.ts';
import type { Splat, Variant } from '../result.ts';
import { fingerprintOf } from './fingerprint.ts';
import { policyFor, type SplatPolicy } from './policy.ts';
import { subjectOf, type SplatSubject } from './subject.ts';

/** One report in the log of one guest, and what is known of it. */
export type Sighting = {
  readonly splat: Splat;
  readonly subject: SplatSubject;
  readonly fingerprint: string;
  /** In whose leg it came, or whose kernel was set up; a kernel of both is before's until a leg begins. */
  readonly variant: Variant;
  /** Patched code had run by then. */
  readonly patched: boolean;
  /** Such as `in leg 2 (after), while pin-refusal was asked`. */
  readonly where: string;
  readonly policy?: SplatPolicy;
};

export type Rules = { readonly policies: readonly SplatPolicy[]; readonly kernel: KernelVersion };

/** Every report that the guests' kernels printed, in their order. */
export const sightingsIn = (
  guests: readonly Pick<Guest, 'job' | 'console' | 'splats'>[],
  { policies, kernel }: Rules,
): Sighting[] =>
  guests.flatMap((guest) => {
    const momentOf = momentsIn(guest);
    return guest.splats.map((splat): Sighting => {
      const { patched, where, variant, check } = momentOf(splat);
      const subject = subjectOf(splat);
      const policy = policyFor(policies, subject, variant, kernel);
      return {
        ...{ splat, subject, patched, variant },
        fingerprint: fingerprintOf(subject),
        where: check === undefined ? where : `${where}, while ${check.name} was asked`,
        ...(policy && { policy }),
      };
    });
  });
