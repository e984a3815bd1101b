import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { closure, openArchive, unpackPackages, type Package } from '@pinbench/debian';
import { run, type Context } from '@pinbench/host';
import type { DebianBase } from './debian-base.ts';
import { enterRoot } from './sandbox.ts';

/** A root of Debian packages that holds a compiler and whatever else kbuild runs. Nobody writes to it. */
export type ToolchainRoot = { folder: string; suite: string; version: string; linker: string };

/** What kbuild's makefiles and scripts call beside compiler and linker. */
const tools = ['make', 'dash', 'bash', 'coreutils', 'sed', 'grep', 'mawk', 'findutils'];

/**
 * The compiler that Debian built the base with, out of the release that the base is for.
 * @throws BenchError when the mirror does not have it.
 */
export async function unpackToolchain(context: Context, base: DebianBase): Promise<ToolchainRoot> {
  const suite = base.line.suite.replace(/-backports$/, '');
  const archive = openArchive(context, suite, { update: !base.archive.remembers });
  const cpp = base.compiler.replace('gcc', 'cpp');
  const libraries = base.headers.flatMap(librariesOf);
  const names = [base.compiler, cpp, 'binutils', ...tools, ...libraries];
  const { packages } = await closure(context, archive, [...new Set(names)]);
  const folder = await unpackPackages(context, archive, packages);
  const key = packages.map(({ name, version }) => ({ name, version }));
  const place = await context.cache.entry('toolchain', key, async (making) => {
    const enter = await enterRoot(folder, { read: [], write: [], cwd: '/' });
    const firstLine = async (program: string): Promise<string> => {
      const [bwrap, ...args] = enter;
      const command = [...args, program, '--version'];
      const { stdout } = await run(bwrap, command, { signal: context.signal });
      return stdout.split('\n')[0] ?? '';
    };
    const versions = { version: await firstLine(base.compiler), linker: await firstLine('ld') };
    await writeFile(path.join(making, 'versions.json'), JSON.stringify(versions));
  });
  const versions = await readFile(path.join(place, 'versions.json'), 'utf8');
  return { folder, suite, ...(JSON.parse(versions) as Pick<ToolchainRoot, 'version' | 'linker'>) };
}

/** The libraries that a package says it needs: `libc6 (>= 2.38), libelf1t64 (>= 0.144), zlib1g`. */
const librariesOf = ({ depends }: Package): string[] =>
  depends
    .split(',')
    .map((each) => each.trim().replace(/[ |:].*/, ''))
    .filter((name) => /^lib[a-z0-9]|^zlib1g$/.test(name));
