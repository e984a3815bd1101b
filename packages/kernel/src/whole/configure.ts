import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, type Context } from '@pinbench/host';
import { parseConfig, type Config } from '../kbuild.ts';
import { spellOption } from './fragments.ts';
import { explainLoss, type KconfigFiles } from './kconfig-entries.ts';
import { lostOptions, type LostOption } from './lost-options.ts';
import { makeKernel } from './make.ts';
import type { Recipe } from './recipe.ts';

/**
 * Makes the configuration of a tree: what the fragments want, and everything else as small as it gets (kconfig's
 * allnoconfig with KCONFIG_ALLCONFIG, as `make tinyconfig` does). A configuration that is there and the same stays
 * untouched, so that nothing is built again for it.
 * @throws BenchError that names every option that was lost and is needed.
 */
export async function configure(
  context: Context,
  tree: string,
  { settings, wanted }: Recipe,
): Promise<void> {
  const asked = path.join(tree, '.config.asked');
  const fresh = path.join(tree, '.config.fresh');
  await rm(fresh, { force: true });
  await writeFile(asked, wanted.map((option) => `${spellOption(option)}\n`).join(''));
  const files = [`KCONFIG_ALLCONFIG=${asked}`, `KCONFIG_CONFIG=${fresh}`];
  const failed = await makeKernel(context, { folder: tree, settings: [...settings, ...files] }, [
    'allnoconfig',
  ]);
  if (failed !== undefined)
    throw new BenchError('the kernel could not be configured', {
      detail: failed.trim().split('\n').slice(-10),
    });
  const text = await readFile(fresh, 'utf8');
  const config = parseConfig(text);
  const lost = lostOptions(wanted, config).filter(({ optional }) => optional !== true);
  if (lost.length > 0) throw lossError(lost, await readKconfig(context, tree), config);
  const current = path.join(tree, '.config');
  const before = await readFile(current, 'utf8').catch(() => undefined);
  if (before !== text) await copyFile(fresh, current);
}

function lossError(lost: readonly LostOption[], files: KconfigFiles, config: Config): BenchError {
  return new BenchError(
    `kconfig did not keep what pinbench needs: ${lost.map(({ symbol }) => symbol).join(', ')}`,
    {
      hint: 'qemu/config says what each option is for; `# kernel RANGE` behind one says which versions have it',
      detail: lost.map(
        (option) =>
          `${spellOption(option)} (${option.fragment}) came out as ${option.got}: ${explainLoss(option, files, config)}`,
      ),
    },
  );
}

export async function readKconfig({ signal }: Context, tree: string): Promise<KconfigFiles> {
  const { stdout } = await run('find', ['.', '-name', 'Kconfig*', '-type', 'f'], {
    cwd: tree,
    signal,
  });
  const names = stdout.split('\n').filter((name) => name !== '');
  return new Map(
    await Promise.all(
      names.map(
        async (name) =>
          [path.normalize(name), await readFile(path.join(tree, name), 'utf8')] as const,
      ),
    ),
  );
}
