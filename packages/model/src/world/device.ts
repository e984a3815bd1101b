import { mappingAt, type AreaStep } from './container.ts';
import { changePage, pageAt } from './pages.ts';
import type { Area } from './state.ts';
import { none } from './state.ts';

/** The device writes. Undefined where it would meet itself. */
export function dmaWrite(area: Area, at: number): AreaStep | undefined {
  const met = mappingAt(area, at);
  if (!met || met.mapping.asked === 'ro') {
    return { area, result: { outcome: 'written', reached: 'nothing' } };
  }
  const part = area.parts[met.part];
  if (!part || met.page === none) return undefined;
  const parts = area.parts.map((each, index) =>
    index === met.part ? changePage(part, met.page, { content: 'device' }) : each,
  );
  const { owner } = pageAt(part, met.page);
  return { area: { ...area, parts }, result: { outcome: 'written', reached: owner } };
}

/** The device reads. */
export function dmaRead(area: Area, at: number): AreaStep | undefined {
  const met = mappingAt(area, at);
  if (!met) return { area, result: { outcome: 'read-nothing' } };
  const part = area.parts[met.part];
  if (!part || met.page === none) return undefined;
  const { content } = pageAt(part, met.page);
  return { area, result: { outcome: 'read', content } };
}
