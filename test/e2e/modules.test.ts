import { cp, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@pinbench/host';
import {
  buildModules,
  debianLines,
  debianSwapKernel,
  decideStrategy,
  prepareTrees,
  readPatches,
  resolveDebianBase,
  shippedPatches,
  takeFolder,
} from '@pinbench/kernel';
import { expect, onTestFinished, test } from 'vitest';
import { unpackHeaders } from '../../packages/kernel/src/headers.ts';
import { makeModules, openKbuild } from '../../packages/kernel/src/kbuild-session.ts';
import { parseConfig } from '../../packages/kernel/src/kbuild.ts';
import { findToolchain } from '../../packages/kernel/src/toolchain.ts';
import { contextForTest } from './support/guest.ts';

async function builtByDefault(spec = 'debian:6.1') {
  const context = contextForTest();
  const base = await resolveDebianBase(context, spec);
  const shipped = shippedPatches(base.line);
  const patches = {
    baseline: await readPatches(context, shipped.baseline),
    underTest: await readPatches(context, shipped.underTest),
    shippedBaseline: true,
  };
  const kernel = debianSwapKernel(base);
  const ground = await kernel.ground(context);
  const trees = await prepareTrees(context, base, patches, ground);
  const decision = decideStrategy('module-swap', trees.swappable);
  if (decision.strategy !== 'module-swap') throw new Error(decision.why);
  const maker = await kernel.maker(context);
  const build = () => buildModules(context, trees, decision.modules, maker);
  const headers = path.dirname(ground.config);
  return { context, base, headers, trees, build, built: await build() };
}

/** A module as a guest is given it: what tells lines from places stays on the host. */
async function withoutLines(file: string): Promise<Buffer> {
  await run('objcopy', ['--strip-debug', file]);
  return readFile(file);
}

test.each(debianLines)(
  'the baseline and the patch that is shipped give back the file of %s, to the byte',
  async (spec) => {
    const { context, base, trees } = await builtByDefault(spec);
    const file = 'drivers/vfio/vfio_iommu_type1.c';
    const source = await takeFolder(context, base, 'drivers/vfio');
    const shipped = await readFile(path.join(source, file));
    expect((await readFile(path.join(trees.after.folder, file))).equals(shipped)).toBe(true);
    expect((await readFile(path.join(trees.before.folder, file))).equals(shipped)).toBe(false);
  },
);

test('a module is what `make M=` of the same folder makes, to the byte', async () => {
  const { context, headers, trees, built } = await builtByDefault();
  const module = built.after[0]!;
  const folder = await mkdtemp(path.join(tmpdir(), 'pinbench-make-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(path.join(trees.after.folder, trees.folder), folder, { recursive: true });
  await run('make', [
    ...['-C', headers, `M=${folder}`, 'CC=gcc-12'],
    `KCFLAGS=-g1 -ffile-prefix-map=${folder}=${trees.folder}`,
    ...['CONFIG_DEBUG_INFO=', 'CONFIG_DEBUG_INFO_BTF_MODULES=', `${module.name}.ko`],
  ]);
  const plain = await withoutLines(path.join(folder, `${module.name}.ko`));
  expect(plain.equals(await readFile(module.file))).toBe(true);
  expect(context.signal.aborted).toBe(false);
});

test('where the compiler has a root of its own, too', async () => {
  const { context, base, trees, built } = await builtByDefault('debian:5.10');
  const module = built.after[0]!;
  const folder = await mkdtemp(path.join(tmpdir(), 'pinbench-make-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(path.join(trees.after.folder, trees.folder), folder, { recursive: true });
  const headers = await unpackHeaders(context, base);
  const config = parseConfig(await readFile(headers.config, 'utf8'));
  const toolchain = await findToolchain(context, base, headers, config);
  expect(toolchain).toMatchObject({ compiler: 'gcc-10', origin: 'Debian bullseye' });
  const session = await openKbuild(context, base, headers, toolchain, trees.folder);
  expect(session.recorded).toBe(true);
  const byMake = { ...session, recorded: false, environment: { LANG: 'C' } };
  const failed = await makeModules(context, byMake, folder, [`${module.name}.ko`]);
  expect(failed).toBeUndefined();
  const plain = await withoutLines(path.join(folder, `${module.name}.ko`));
  expect(plain.equals(await readFile(module.file))).toBe(true);
});

test('a built module that was cut off is built again', async () => {
  const { build, built } = await builtByDefault();
  const module = built.after[0]!;
  await truncate(module.file, 100);
  const again = await build();
  expect(again.cached).toBe(false);
  expect(again.after[0]).toEqual(module);
});
