import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, hashFile, run, type Context } from '@pinbench/host';
import { hashCode } from '../built-module.ts';
import { modulePaths } from './module-paths.ts';

/** What is read off a kernel when it is taken out of the folder it was built in. */
export type Artefact = {
  release: string;
  buildId: string;
  code: string;
  configSha256: string;
};

/** Copies what a guest needs out of a built tree, laid out as Debian's packages lay it. */
export async function takeArtefact(context: Context, tree: string, to: string): Promise<Artefact> {
  const at = (...names: string[]): string => path.join(tree, ...names);
  await copyFile(at('arch/x86/boot/bzImage'), path.join(to, 'vmlinuz'));
  await copyFile(at('.config'), path.join(to, 'config'));
  const modules = await takeModules(tree, path.join(to, 'modules'));
  const { buildId, code } = await describeKernel(context, at('vmlinux'), modules);
  const release = (await readFile(at('include/config/kernel.release'), 'utf8')).trim();
  return { release, buildId, code, configSha256: await hashFile(at('.config')) };
}

/** @returns the modules' files */
async function takeModules(tree: string, to: string): Promise<string[]> {
  const [order, builtin] = await Promise.all(
    ['modules.order', 'modules.builtin'].map(async (name) =>
      modulePaths(await readFile(path.join(tree, name), 'utf8')),
    ),
  );
  const files: string[] = [];
  for (const { inTree, installed } of order ?? []) {
    const file = path.join(to, installed);
    await mkdir(path.dirname(file), { recursive: true });
    await cp(path.join(tree, inTree), file);
    files.push(file);
  }
  const list = (paths: typeof order): string =>
    (paths ?? []).map(({ installed }) => `${installed}\n`).join('');
  await mkdir(to, { recursive: true });
  await writeFile(path.join(to, 'modules.order'), list(order));
  await writeFile(path.join(to, 'modules.builtin'), list(builtin));
  return files;
}

/**
 * The build id, and a hash over the code and data of the kernel and its modules, with neither build ids nor the tables
 * in which WARN and BUG keep line numbers: a patch that only adds a comment above one leaves it as it is.
 */
async function describeKernel(
  { signal }: Context,
  vmlinux: string,
  modules: readonly string[],
): Promise<{ buildId: string; code: string }> {
  const code = createHash('sha256');
  let buildId: string | undefined;
  for (const file of [vmlinux, ...modules]) {
    const { stdout } = await run('readelf', ['-nSW', file], { signal });
    if (file === vmlinux) buildId = /Build ID: ([0-9a-f]+)/.exec(stdout)?.[1];
    code.update(`${path.basename(file)} ${hashCode(await readFile(file), stdout)}\n`);
  }
  if (buildId === undefined) throw new BenchError('the kernel that was built has no build id');
  return { buildId, code: code.digest('hex') };
}
