import { onTestFinished } from 'vitest';
import path from 'node:path';
import { writePayload } from '@pinbench/guest';
import { Cache, cacheFolder, silentProgress, type Context } from '@pinbench/host';
import { resolveDebianBase, unpackImage } from '@pinbench/kernel';
import {
  keepMachine,
  payloadSize,
  standardMachine,
  takeUp,
  type BootOptions,
  type Outcome,
} from '@pinbench/qemu';
import { prepareGuest } from '../../../packages/cli/src/run/prepare-guest.ts';
import { temporaryFolder } from './pinbench.ts';

export function contextForTest(): Context {
  const controller = new AbortController();
  onTestFinished(() => {
    controller.abort();
  });
  return {
    cache: new Cache(cacheFolder()),
    scratch: temporaryFolder(),
    signal: controller.signal,
    progress: silentProgress,
  };
}

/** Takes the kept machine up and has it do a plan. */
export async function doPlan(
  plan: string,
  options: Omit<BootOptions, 'payload'> = {},
  context = contextForTest(),
): Promise<Outcome> {
  const base = await resolveDebianBase(context, 'debian:6.1');
  const image = unpackImage(context, base);
  const guest = await prepareGuest(context, { image, release: base.release, update: false });
  const kept = await keepMachine(context, { ...guest, machine: standardMachine });
  const payload = path.join(context.scratch, 'payload');
  await writePayload(payload, { plan, files: [], size: payloadSize(standardMachine) });
  return takeUp(context, kept, { payload: () => Promise.resolve(payload), ...options });
}
