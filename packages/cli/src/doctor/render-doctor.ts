import picocolors from 'picocolors';
import { exitCodeOf, type Item } from './diagnose.ts';

/** One line per item; below those that are not well, what it means and what to do; the sum of it all last. */
export function renderDoctor(items: readonly Item[], options: { color?: boolean } = {}): string {
  const colors = picocolors.createColors(options.color);
  const paint = { ok: colors.green, degraded: colors.yellow, missing: colors.red };
  const name = widest(items.map(({ item }) => item));
  const below = (text: string): string => ' '.repeat(10 + name + 2) + text;
  const lines = items.flatMap(({ item, state, found, meaning, remedy }) => {
    const first = `${paint[state](state.padEnd(8))}  ${item.padEnd(name)}  ${found}`;
    if (state === 'ok') return [`${first}  ${colors.dim(`(${meaning})`)}`];
    return [first, below(meaning), ...(remedy === undefined ? [] : [below(`-> ${remedy}`)])];
  });
  return [...lines, '', conclusion(items), ''].join('\n');
}

function conclusion(items: readonly Item[]): string {
  const named = (state: Item['state']): string =>
    items
      .filter((item) => item.state === state)
      .map(({ item }) => item)
      .join(', ');
  if (exitCodeOf(items) !== 0) return `Runs will not work here: ${named('missing')}.`;
  const degraded = named('degraded');
  return `Runs will work here${degraded === '' ? '.' : `; less than well: ${degraded}.`}`;
}

const widest = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map((text) => text.length));
