import { access, constants, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, type Cache, type Context, type Json } from '@pinbench/host';
import { z } from 'zod';
import { qemuArguments } from './arguments.ts';
import { bootState, type End } from './boot-state.ts';
import { directKernel } from './direct-kernel.ts';
import { filesIn, inFolder } from './folder.ts';
import { hostProcessor } from './host-processor.ts';
import { qemuIdentity } from './identity.ts';
import { live } from './life.ts';
import { standardMachine } from './machine.ts';
import { describeEnd } from './outcome.ts';
import { defaultLimits, type Limits } from './phases.ts';

const accelerator = z.object({
  kind: z.enum(['kvm', 'tcg']),
  cpu: z.string().describe('A `-cpu` value that works with it'),
  why: z.string().describe('One line'),
});
export type Accelerator = z.infer<typeof accelerator>;

const kind = 'accelerators';
const answerFile = 'answer.json';

/** What became of one processor model: undefined when its guest answered. */
export type Rung = { cpu: string; trouble: string | undefined };

/** Best first. `host` and `max` need every register of the host's to be lent, the others little. */
const ladder = ['host', 'max', 'qemu64', 'kvm64'] as const;

/** A KVM guest prints its first line after 0.2 s and is through after one; what takes longer is of no use. */
const limits: Limits = {
  ...defaultLimits.kvm,
  'qemu-up': 3000,
  firmware: 3000,
  kernel: 5000,
};

const tcg = (why: string): Accelerator => ({ kind: 'tcg', cpu: 'max', why });

/**
 * Which accelerator to use. KVM is believed only when a guest answers under it: the base's own kernel, without a root,
 * has to run through to the point where it says so. The answer is remembered for this processor, QEMU and kernel.
 * @throws BenchError when KVM is wanted and does not work.
 */
export async function probeAccelerator(
  context: Context,
  wanted: 'auto' | 'kvm' | 'tcg',
  { kernel }: { kernel: string },
): Promise<Accelerator> {
  if (wanted === 'tcg') return tcg('asked for');
  const found = (await deviceTrouble()) ?? (await remembered(context, kernel, wanted === 'kvm'));
  const chosen = typeof found === 'string' ? tcg(found) : found;
  if (wanted === 'kvm' && chosen.kind === 'tcg') {
    throw new BenchError(chosen.why.replace(/^KVM: /, 'KVM was asked for, but '), {
      hint: 'leave --accel out, or ask for --accel tcg',
    });
  }
  return chosen;
}

/** What the newest probe on this cache found out, without making another; undefined where there was none. */
export async function recallAccelerator(cache: Cache): Promise<Accelerator | undefined> {
  const root = path.join(cache.root, kind);
  const entries = (await readdir(root).catch(() => [])).filter((name) => !name.includes('.'));
  const answers = await Promise.all(
    entries.map(async (name) => {
      const folder = path.join(root, name);
      const answer = await readAnswer(folder);
      return answer && { answer, mtimeMs: (await stat(folder)).mtimeMs };
    }),
  );
  return answers.filter((each) => each !== undefined).sort((a, b) => b.mtimeMs - a.mtimeMs)[0]
    ?.answer;
}

/** Undefined where there is none, or one that was cut off. */
async function readAnswer(folder: string): Promise<Accelerator | undefined> {
  try {
    return accelerator.parse(JSON.parse(await readFile(path.join(folder, answerFile), 'utf8')));
  } catch {
    return undefined;
  }
}

async function deviceTrouble(device = '/dev/kvm'): Promise<string | undefined> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return describeDevice(device, (error as NodeJS.ErrnoException).code);
  }
}

/** Why KVM's device cannot be opened. */
export function describeDevice(device: string, code: string | undefined): string {
  if (code === 'ENOENT') return `KVM: there is no ${device}`;
  if (code === 'EACCES') return `KVM: no permission to use ${device} (is the user in group kvm?)`;
  return `KVM: ${device} cannot be used (${code ?? 'unknown error'})`;
}

/** A refusal is not believed a second time by a user who insists. */
async function remembered(
  context: Context,
  kernel: string,
  insists: boolean,
): Promise<Accelerator> {
  const boots = await directKernel(context, kernel);
  const qemu = await qemuIdentity(context.signal);
  const key: Json = { processor: hostProcessor(), qemu, kernel: boots.sha256, ladder };
  const folder = await context.cache.find(kind, key);
  const known = folder === undefined ? undefined : await readAnswer(folder);
  if (known && (known.kind === 'kvm' || !insists)) return known;
  if (folder !== undefined) await context.cache.drop(kind, key);
  const probe = async (making: string): Promise<void> => {
    const answer = fromLadder(await climb(context, boots.file));
    await writeFile(path.join(making, answerFile), JSON.stringify(answer));
  };
  const made = await context.cache.entry(kind, key, probe, { signal: context.signal });
  return accelerator.parse(JSON.parse(await readFile(path.join(made, answerFile), 'utf8')));
}

/** Tries every rung at once, and stops the others when the best of those that can still answer has. */
async function climb(context: Context, kernel: string): Promise<Rung[]> {
  const enough = new AbortController();
  const signal = AbortSignal.any([context.signal, enough.signal]);
  const climbing = ladder.map((cpu) => tryRung({ ...context, signal }, kernel, cpu));
  const settled = Promise.allSettled(climbing);
  const rungs: Rung[] = [];
  try {
    for (const rung of climbing) {
      rungs.push(await rung);
      if (rungs.at(-1)?.trouble === undefined) break;
    }
    return rungs;
  } finally {
    enough.abort();
    await settled;
  }
}

const tryRung = (context: Context, kernel: string, cpu: string): Promise<Rung> =>
  inFolder(context.scratch, async (folder) => {
    const machine = { ...standardMachine, accelerator: 'kvm', cpu, counted: false } as const;
    const files = filesIn(folder, { kernel, initramfs: path.join(folder, 'no-initramfs') });
    await writeFile(files.initramfs, '');
    const args = qemuArguments(machine, files, []);
    const { state } = await live({ args, folder, state: bootState(), limits }, context.signal);
    return { cpu, trouble: troubleAt(state.end) };
  });

/** Under a kernel that finds no root, the panic that says so is the answer. */
export function troubleAt(end: End | undefined): string | undefined {
  if (end?.kind === 'panic' && end.line.includes('VFS: Unable to mount root fs')) return undefined;
  if (end?.kind === 'hang' && end.phase === 'firmware') return 'starts and then says nothing';
  if (end?.kind === 'qemu-died') return end.message.replace(/^\S*qemu-system-\w+: (error: )?/, '');
  return end && describeEnd(end);
}

/** The best rung that answered, or TCG and what was wrong with each. */
export function fromLadder(rungs: readonly Rung[]): Accelerator {
  const best = rungs.find(({ trouble }) => trouble === undefined);
  const failed = rungs.filter(({ trouble }) => trouble !== undefined);
  const troubles = [...new Set(failed.map(({ trouble }) => trouble ?? ''))].map(
    (trouble) =>
      `${failed
        .filter((rung) => rung.trouble === trouble)
        .map(({ cpu }) => cpu)
        .join(', ')}: ${trouble}`,
  );
  const account = troubles.length === 0 ? '' : ` (${troubles.join('; ')})`;
  return best
    ? {
        kind: 'kvm',
        cpu: best.cpu,
        why: `KVM: a guest answers with processor ${best.cpu}${account}`,
      }
    : tcg(`KVM: no guest answers${account}`);
}
