import type { Context } from '@pinbench/host';
import type { ModuleMaker } from '../build.ts';
import type { KernelSource } from './inputs.ts';
import { withWorkspace } from './index.ts';
import { makeKernel } from './make.ts';
import { moduleFlags } from '../kbuild-session.ts';
import { decideBuild } from './recipe.ts';
import type { Say } from './say.ts';

/** Compiles modules of `folder` of a source apart from its kernel, by the makefiles and with what the kernel was built with. */
export async function workspaceMaker(
  context: Context,
  source: KernelSource,
  folder: string,
  stage?: Say,
): Promise<ModuleMaker> {
  const { key, settings } = await decideBuild(context, source);
  return {
    key,
    make: (work) => {
      const own = [...withFlags(settings, moduleFlags(work, folder)), `M=${work}`];
      return withWorkspace(
        context,
        source,
        (tree) => makeKernel(context, { folder: tree, settings: own }, ['modules']),
        stage,
      );
    },
  };
}

/** Adds flags of the C compiler to those that make is given. */
export function withFlags(settings: readonly string[], flags: string): string[] {
  const name = 'KCFLAGS=';
  const given = settings.find((setting) => setting.startsWith(name));
  const rest = settings.filter((setting) => setting !== given);
  return [...rest, given === undefined ? `${name}${flags}` : `${given} ${flags}`];
}
