import { setMaxListeners } from 'node:events';
import type { Context } from '@pinbench/host';

/**
 * Runs parts of one work side by side. When one fails the others are stopped, and the first failure is thrown once all
 * have put away what they had out: nothing goes on behind an error, and nobody waits for what is no longer wanted.
 */
export async function allTogether<T>(
  context: Context,
  start: (own: Context) => readonly Promise<T>[],
): Promise<T[]> {
  const controller = new AbortController();
  const own = { ...context, signal: AbortSignal.any([context.signal, controller.signal]) };
  setMaxListeners(0, own.signal);
  let first: { error: unknown } | undefined;
  const parts = start(own).map(async (part) => {
    try {
      return await part;
    } catch (error) {
      first ??= { error };
      controller.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(parts);
  if (first !== undefined) throw first.error;
  return Promise.all(parts);
}

/** The same for two parts that give different things; the second may wait for the first where it needs it. */
export async function together<A, B>(
  context: Context,
  first: (own: Context) => Promise<A>,
  second: (own: Context, first: Promise<A>) => Promise<B>,
): Promise<[A, B]> {
  const results = await allTogether<A | B>(context, (own) => {
    const started = first(own);
    return [started, second(own, started)];
  });
  return results as [A, B];
}
