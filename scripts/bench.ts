/**
 * Times pinbench against a bare boot of the same kernel on the same machine, as ratios within one run:
 * `npm run bench [-- ROUNDS]`. Rounds are interleaved, the medians compared. Then how `model explore` grows with its
 * bound; `npm run bench -- growth` shows that alone.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildAgent, makeInitramfs, unpackSysroot, unpackTools } from '@pinbench/guest';
import { Cache, cacheFolder, run, silentProgress, withScratch, type Context } from '@pinbench/host';
import { resolveDebianBase, unpackImage } from '@pinbench/kernel';
import Table from 'cli-table3';
import { median } from 'simple-statistics';
import { exploreGrowth } from './bench/explore-growth.ts';

const [asked = '3'] = process.argv.slice(2);
const rounds = asked === 'growth' ? 0 : Number(asked);
const root = path.resolve(import.meta.dirname, '..');

type Subject = {
  name: string;
  limit?: number;
  prepare?: () => Promise<unknown>;
  go: () => Promise<unknown>;
};

if (rounds > 0) await timeRuns();
process.stdout.write(`${exploreGrowth()}\n`);

async function timeRuns(): Promise<void> {
  await withScratch(async (scratch) => {
    const context: Context = {
      cache: new Cache(cacheFolder()),
      scratch,
      signal: new AbortController().signal,
      progress: silentProgress,
    };
    const pinbench =
      (...args: string[]) =>
      (): Promise<unknown> =>
        run(
          'npm',
          ['run', '--silent', 'qemu:test', '--', ...args, '--out', path.join(scratch, 'out')],
          { cwd: root },
        );
    const forgetModules = async (): Promise<void> => {
      for (const kind of ['built', 'tree']) {
        const folder = path.join(cacheFolder(), kind);
        const entries = (await readdir(folder)).filter((name) => /^[0-9a-f]+$/.test(name));
        await Promise.all(entries.map((name) => rm(path.join(folder, name), { recursive: true })));
      }
    };
    // Whatever is only made once is made before the clock starts.
    await pinbench()();
    const bare: Subject = { name: 'bare boot to power-off', go: await bareBoot(context) };
    // The limits of a run with rebuilt modules were set when these were all the checks there were.
    const two = ['--check', 'pin-refusal,map-unmap-time'];
    const subjects: Subject[] = [
      bare,
      {
        name: 'warm run of pin-refusal and map-unmap-time, both modules rebuilt',
        limit: 1,
        prepare: forgetModules,
        go: pinbench(...two),
      },
      { name: 'warm run of all checks, nothing changed', limit: 2, go: pinbench() },
      {
        name: 'cold run (--cold) of the same two, both modules rebuilt',
        limit: 3,
        prepare: forgetModules,
        go: pinbench(...two, '--cold'),
      },
    ];
    const mutants: Subject = {
      name: 'all mutants, nothing rebuilt',
      limit: 15,
      go: pinbench('mutants'),
    };
    const seconds = new Map<string, number[]>();
    await timeAll(subjects, seconds);
    // Forgotten with the other modules, and built anew once.
    await mutants.go();
    await timeAll([bare, mutants], seconds);
    process.stdout.write(`${render([...subjects, mutants], seconds)}\n`);
  });
}

/** Times each subject once in every round, and adds the seconds to what is known of it. */
async function timeAll(
  subjects: readonly Subject[],
  seconds: Map<string, number[]>,
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const { name, prepare, go } of subjects) {
      await prepare?.();
      const started = performance.now();
      await go();
      const took = (performance.now() - started) / 1000;
      seconds.set(name, [...(seconds.get(name) ?? []), took]);
      process.stderr.write(`round ${round}: ${name} ${took.toFixed(2)} s\n`);
    }
  }
}

/**
 * What anyone would type: QEMU under TCG with Debian's own vmlinuz, and an init that powers off at once. Nothing that
 * makes pinbench's boots quick (an unpacked kernel, a kept machine) is in it.
 */
async function bareBoot(context: Context): Promise<() => Promise<unknown>> {
  const base = await resolveDebianBase(context, 'debian:6.1');
  const [image, tools, sysroot] = await Promise.all([
    unpackImage(context, base),
    unpackTools(context, base.archive),
    unpackSysroot(context, base.archive),
  ]);
  const agent = await buildAgent(context, sysroot.folder);
  const initramfs = await makeInitramfs(context, {
    agent,
    tools: tools.folder,
    modules: [],
    setupPlan: 'power-off\n',
  });
  const records = path.join(context.scratch, 'bare-records');
  const words = `-accel tcg -cpu max -m 1G -machine q35 -nodefaults -display none -no-reboot -serial null`;
  return async () => {
    await run('qemu-system-x86_64', [
      ...words.split(' '),
      ...['-serial', `file:${records}`],
      ...['-kernel', image.vmlinuz, '-initrd', initramfs.file],
      ...['-append', 'console=ttyS0 panic=-1'],
    ]);
    const said = await readFile(records, 'utf8');
    if (!said.includes('"op":"end"'))
      throw new Error(`the bare boot did not get to its end: ${said}`);
  };
}

function render(subjects: readonly Subject[], seconds: ReadonlyMap<string, number[]>): string {
  const bare = median(seconds.get(subjects[0]?.name ?? '') ?? [NaN]);
  const table = new Table({
    head: ['what', 'median', 'min', 'max', 'x bare boot', 'limit'],
    style: { head: [] },
  });
  for (const { name, limit } of subjects) {
    const all = seconds.get(name) ?? [];
    table.push([
      name,
      ...[median(all), Math.min(...all), Math.max(...all)].map((value) => `${value.toFixed(2)} s`),
      (median(all) / bare).toFixed(2),
      limit?.toFixed(1) ?? '',
    ]);
  }
  return table.toString();
}
