import { designs, explore, toItsEnd } from '@pinbench/model';
import Table from 'cli-table3';

/** Linux 6.1 with the fast GUP: the design with the most worlds, as nothing is refused. */
const [design] = designs;
const kernel = { major: 6, minor: 1 };
const slots = 2;
const MILLION = 1_000_000;
/** A million worlds are met in less. */
const LIMIT_S = 10;

type Growth = {
  bound: number;
  states: number;
  transitions: number;
  areas: number;
  seconds: number;
};

/** How the work of `model explore` grows with its bound, up to a million worlds, on one core. */
export function exploreGrowth(): string {
  const table = new Table({
    head: [
      'bound',
      'worlds',
      'operations asked',
      'areas',
      'seconds',
      'worlds/s',
      'x the one before',
    ],
    style: { head: [], border: [] },
  });
  const rows: Growth[] = [];
  while ((rows.at(-1)?.states ?? 0) < MILLION) {
    const bound = rows.length + 1;
    const started = performance.now();
    const { states, transitions, areas } = toItsEnd(explore(design, kernel, { bound, slots }));
    const before = rows.at(-1)?.states;
    const row = {
      bound,
      states,
      transitions,
      areas,
      seconds: (performance.now() - started) / 1000,
    };
    rows.push(row);
    table.push([
      bound,
      ...[states, transitions, areas].map((value) => value.toLocaleString('en-GB')),
      row.seconds.toFixed(2),
      Math.round(states / row.seconds).toLocaleString('en-GB'),
      before === undefined ? '' : (states / before).toFixed(1),
    ]);
  }
  return `model explore: ${design.name} on ${kernel.major}.${kernel.minor}, ${slots} areas at a time\n${table.toString()}\n${sayMillion(rows.at(-1))}`;
}

const sayMillion = (last: Growth | undefined): string =>
  last === undefined
    ? ''
    : `a million worlds in ${((last.seconds * MILLION) / last.states).toFixed(2)} s, limit ${LIMIT_S} s`;
