import { BenchError, type Context, type Stage } from '@pinbench/host';
import type { BuiltKernel } from './built-kernel.ts';
import type { KernelSource, Overlay } from './inputs.ts';

/** Where a build of minutes says what it is at. */
export type Say = Pick<Stage, 'say'>;

/**
 * Builds a whole kernel with its modules from source, or takes it from the cache.
 * @throws RequestError when it does not compile with the overlay, but without it. BenchError when it does not build
 * without it either, or an option that pinbench needs is lost.
 */
export async function buildKernel(
  context: Context,
  source: KernelSource,
  overlay?: Overlay,
  stage?: Say,
): Promise<BuiltKernel> {
  await Promise.resolve([context, source, overlay, stage]);
  throw new BenchError('whole kernels are not built yet');
}

/**
 * Runs `work` with a folder in which the source is built as it is, for `make -C`. Nobody else changes it meanwhile.
 * @throws BenchError when the source does not build.
 */
export async function withWorkspace<T>(
  context: Context,
  source: KernelSource,
  work: (folder: string) => Promise<T>,
  stage?: Say,
): Promise<T> {
  await Promise.resolve([context, source, work, stage]);
  throw new BenchError('whole kernels are not built yet');
}
