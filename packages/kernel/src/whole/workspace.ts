import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { assertRoom, digest, run, tryRun, type Context } from '@pinbench/host';
import { configure } from './configure.ts';
import type { KernelSource, Overlay } from './inputs.ts';
import { clearInterrupted } from './interrupted.ts';
import { isThere } from '../is-there.ts';
import { makeKernel } from './make.ts';
import { syncOverlay } from './overlay-sync.ts';
import type { Recipe } from './recipe.ts';
import { retireWorkspaces } from './retire.ts';
import type { Say } from './say.ts';
import { withoutStrays } from './strays.ts';
import { readState, writeState, type Made } from './workspace-state.ts';

/** What is to be built, and how. */
export type Wanted = {
  source: KernelSource;
  recipe: Recipe;
  overlay?: Overlay | undefined;
  stage?: Say | undefined;
};

/** A folder in which the kernel is built, and what that took when it was done. */
export type Workspace = Made & { folder: string };

/** What make said when it failed, in a tree that was built with less before (`incremental`). */
export class MakeFailure extends Error {
  readonly folder: string;
  readonly output: string;

  constructor(folder: string, output: string) {
    super('make failed');
    this.folder = folder;
    this.output = output;
  }
}

/** Bytes: a tree as links, its objects, the kernel and an artefact; 0.6 GiB for 4.15, 0.9 for 6.1. */
const room = 2 * 1024 ** 3;

const kind = 'workspaces';

/**
 * Builds a source, with an overlay, in the one folder that this source is built in, and runs `work` there. The folder
 * stays, so that the next overlay costs only what it changes. Nobody else works in it meanwhile.
 * @throws MakeFailure when it does not compile. BenchError when an option is lost or there is no room.
 */
export async function inWorkspace<T>(
  context: Context,
  wanted: Wanted,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const place = context.cache.place(kind, wanted.recipe.key);
  const name = `${kind}/${path.basename(place)}`;
  const { signal } = context;
  return context.cache.exclusively(
    name,
    async () => {
      await retireWorkspaces(context, kind, path.basename(place));
      await assertRoom(context.cache.root, room);
      const folder = await layTree(context, place, wanted);
      return withoutStrays(signal, folder, async () => {
        const built = await build(context, place, folder, wanted);
        return work({ folder, ...built });
      });
    },
    { signal },
  );
}

/** A copy of the source whose files are links to it, since nothing that runs in it writes to a file in place. */
async function layTree({ signal }: Context, place: string, { source }: Wanted): Promise<string> {
  const folder = path.join(place, 'tree');
  if (await isThere(path.join(folder, 'Makefile'))) return folder;
  const making = path.join(place, 'laying');
  // Nothing may say of a new tree that something was built in it.
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const { exitCode } = await tryRun('cp', ['-al', source.folder, making], { signal });
  if (exitCode !== 0) {
    // A source on another file system, or one that knows no links.
    await rm(making, { recursive: true, force: true });
    await run('cp', ['-a', source.folder, making], { signal });
  }
  await rename(making, folder);
  return folder;
}

async function build(
  context: Context,
  place: string,
  folder: string,
  wanted: Wanted,
): Promise<Made> {
  const stateFile = path.join(place, 'state.json');
  const marker = path.join(place, 'building');
  const { source, recipe, overlay, stage } = wanted;
  await clearInterrupted(context, { folder, marker, source });
  const state = await readState(stateFile);
  const incremental = state.everBuilt;
  const goal = overlay === undefined ? null : digest(overlay.key);
  await utimes(place, new Date(), new Date());
  if (state.built?.overlay === goal) return state.built;
  await writeFile(marker, '');
  const touched = [...new Set([...state.touched, ...(overlay?.touched ?? [])])];
  const { everBuilt, wholeMs } = state;
  await writeState(stateFile, { touched, everBuilt, ...(wholeMs !== undefined && { wholeMs }) });
  const changed = await syncOverlay(folder, source, overlay, state.touched);
  if (!incremental || changed.some(isKconfig) || !(await isThere(path.join(folder, '.config'))))
    await configure(context, folder, recipe);
  const began = performance.now();
  const jobs = availableParallelism();
  const making = { folder, settings: recipe.settings, jobs, ...(stage && { stage }) };
  const failed = await makeKernel(context, making, ['bzImage', 'modules']);
  const ms = Math.round(performance.now() - began);
  await run('sync', ['-f', folder], { signal: context.signal });
  const whole = incremental ? wholeMs : ms;
  const made = { ms, incremental, ...(whole !== undefined && { wholeMs: whole }) };
  if (failed === undefined)
    await writeState(stateFile, {
      touched: [...(overlay?.touched ?? [])],
      built: { overlay: goal, ...made },
      everBuilt: true,
      ...(whole !== undefined && { wholeMs: whole }),
    });
  await rm(marker);
  if (failed !== undefined) throw new MakeFailure(folder, failed);
  return made;
}

const isKconfig = (file: string): boolean => path.basename(file).startsWith('Kconfig');
