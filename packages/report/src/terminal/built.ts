import type { BuildInResult, BuiltKernelInResult, DebugInResult } from '@pinbench/model';
import { plain, sayDuration } from '../words.ts';
import type { Page } from './page.ts';

/** How before and after were made and held against each other. */
export function built(build: BuildInResult, page: Page): string[] {
  const { strategy, why, kernels = [], compat = [], debug } = build;
  const field = (name: string, text: string): string[] => page.field(name, plain(text));
  return [
    ...field('strategy', `${strategy}: ${why}`),
    ...(kernels.length > 0 ? field('kernels', sayKernels(kernels, build)) : []),
    ...(build.config === 'minimal'
      ? field('config', "pinbench's own, with little but what the checks need (qemu/config)")
      : []),
    ...(debug === undefined ? [] : field('debug', sayDebug(debug))),
    ...compat.flatMap(({ id, reason }, index) =>
      field(index === 0 ? 'compat' : '', `${id}: ${reason}`),
    ),
    ...(strategy === 'module-swap' ? field('modules', sayModules(build)) : []),
  ];
}

/** What the kernels check of themselves, and what they do not although it was asked for. */
function sayDebug({ on, lacking }: DebugInResult): string {
  const reasons = lacking.map(({ option, why }) => `${option} (${why})`);
  return [
    `the kernels check themselves: ${on.join(', ')}`,
    ...(reasons.length > 0 ? [`not here: ${reasons.join(', ')}`] : []),
  ].join('; ');
}

function sayKernels(kernels: readonly BuiltKernelInResult[], build: BuildInResult): string {
  const times = kernels.map(({ variant, ms, incremental, cached }) => {
    const what = variant === 'both' ? '' : `${variant} `;
    return `${what}${incremental ? 're' : ''}built in ${sayDuration(ms)}${cached ? ' earlier' : ''}`;
  });
  const said = [...times, ...sayFirst(kernels)];
  if (build.strategy === 'module-swap') return said.join('; ');
  const code = build.differ.length > 0 ? 'different' : 'the same';
  return `${said.join('; ')}; ${code} code before and after (${build.compiler})`;
}

/** Where every kernel of this run was built on an earlier one. */
function sayFirst(kernels: readonly BuiltKernelInResult[]): string[] {
  const [first] = kernels.flatMap(({ wholeMs }) => wholeMs ?? []);
  return first !== undefined && kernels.every(({ incremental }) => incremental)
    ? [`the first build of this source took ${sayDuration(first)}`]
    : [];
}

function sayModules({ modules, differ, compiler }: BuildInResult): string {
  const same = modules.after.map(({ name }) => name).filter((name) => !differ.includes(name));
  const said = [
    ...(differ.length > 0 ? [`${differ.join(', ')} with different code before and after`] : []),
    ...(same.length > 0 ? [`${same.join(', ')} with the same code before and after`] : []),
  ];
  return `${said.join('; ')} (${compiler})`;
}
