import { run, type Rules, type WorldOperation } from '../world/index.ts';
import type { Anonymous } from './memory.ts';
import { rulesFor, type Pinner } from './pins.ts';

/**
 * Whether a device that has private memory of a process goes on seeing what the process writes there, after a child of
 * it has written to its own.
 */
export const seesAfterFork = (pinner: Pinner, backing: Anonymous = 'anon'): boolean =>
  seesAfterForkBy(rulesFor(pinner), backing);

/** The same of any rules. */
export function seesAfterForkBy(rules: Rules, backing: Anonymous): boolean {
  const part = { area: 0, part: 0 };
  const parts = [{ backing, pages: 1 }];
  const operations: WorldOperation[] = [
    { op: 'mmap', area: 0, shape: { parts, share: 'private', prot: 'rw', touch: 'write' } },
    { op: 'store', ...part },
    { op: 'map', area: 0, at: 0, first: 0, count: 1, asked: 'rw' },
    { op: 'fork' },
    { op: 'child-store', ...part },
    { op: 'store', ...part },
    { op: 'load', ...part },
    { op: 'dma-read', area: 0, at: 0 },
  ];
  const [own, devices] = run(operations, rules).results.slice(-2);
  return own?.outcome === 'read' && devices?.outcome === 'read' && own.content === devices.content;
}
