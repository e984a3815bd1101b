import { diagnose, exitCodeOf } from './diagnose.ts';
import type { Accelerator } from './findings.ts';
import { inspectHost } from './inspect-host.ts';
import { renderDoctor } from './render-doctor.ts';

export type DoctorOptions = {
  json?: boolean;
  signal?: AbortSignal;
  /** What an earlier run learnt about KVM by booting a guest. */
  accelerator?: Accelerator;
};

/**
 * Prints what was found on the host, what is missing and what it means.
 * @returns 0 when runs will work here, 2 when something they need is missing.
 */
export async function doctor(options: DoctorOptions): Promise<number> {
  const items = diagnose(await inspectHost(options));
  process.stdout.write(
    options.json === true ? `${JSON.stringify({ items }, null, 2)}\n` : renderDoctor(items),
  );
  return exitCodeOf(items);
}
