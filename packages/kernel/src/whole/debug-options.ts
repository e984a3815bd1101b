import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';
import type { DebugInResult } from '@pinbench/model';
import { parseConfig } from '../kbuild.ts';
import { readKconfig } from './configure.ts';
import { optionsOfOthers, readDebugFragment } from './fragments.ts';
import type { KernelSource } from './inputs.ts';
import { explainLoss } from './kconfig-entries.ts';
import { lostOptions } from './lost-options.ts';
import type { Recipe } from './recipe.ts';

/**
 * Which of the options that let a kernel check itself it was built with, and why it lacks the others: nobody is to take
 * the silence of a check that was not there for a good sign.
 */
export async function debugOptionsIn(
  context: Context,
  tree: string,
  { version }: KernelSource,
  { wanted }: Recipe,
): Promise<DebugInResult> {
  const config = parseConfig(await readFile(path.join(tree, '.config'), 'utf8'));
  const optional = wanted.filter((option) => option.optional === true);
  const lost = lostOptions(optional, config);
  const files = lost.length > 0 ? await readKconfig(context, tree) : new Map<string, string>();
  const names = new Set(lost.map(({ symbol }) => symbol));
  return {
    on: optional.filter(({ symbol }) => !names.has(symbol)).map(({ symbol }) => bare(symbol)),
    lacking: [
      ...lost.map((option) => ({
        option: bare(option.symbol),
        why: explainLoss(option, files, config),
      })),
      ...optionsOfOthers(await readDebugFragment(), version).map(({ symbol, range }) => ({
        option: bare(symbol),
        why: `it is only asked for from kernels ${range}`,
      })),
    ],
  };
}

const bare = (symbol: string): string => symbol.replace(/^CONFIG_/, '');
