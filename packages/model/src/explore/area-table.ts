import type { Shape } from '../world/index.ts';
import {
  operationsOn,
  shapes as allShapes,
  wideOperations,
  type AreaOperation,
} from './alphabet.ts';
import type { System } from './system.ts';

/** A slot that has never had memory. */
export const EMPTY = 0;

/** What can become of an area by one operation. */
export type Row = {
  /** Each once, and not the area itself. */
  readonly nexts: readonly number[];
  /** How many operations could be asked. */
  readonly asked: number;
  readonly seen: readonly string[];
};

type Known<Each> = {
  area: Each;
  shape: number;
  isFree: boolean;
  rows: [Row?, Row?];
  wide: WideRow[];
};
type WideRow = { readonly next: number; readonly seen: readonly string[] };

/**
 * Areas as small whole numbers. As no area meets another, what becomes of each is worked out once, and a walk over millions
 * of worlds is one over numbers.
 */
export class AreaTable<Each> {
  readonly #system: System<Each>;
  readonly #shapes: readonly Shape[];
  readonly #operations: readonly (readonly AreaOperation[])[];
  readonly #known: (Known<Each> | undefined)[] = [undefined];
  readonly #ids = new Map<string, number>();
  readonly #fresh: number[];
  readonly #empty: Row;

  constructor(system: System<Each>, shapes: readonly Shape[] = allShapes) {
    this.#system = system;
    this.#shapes = shapes;
    this.#operations = shapes.map(operationsOn);
    this.#fresh = shapes.map((shape, index) => this.#intern(system.fresh(shape), index));
    this.#empty = { nexts: this.#fresh, asked: shapes.length, seen: [] };
  }

  /** Areas that are told apart. */
  get size(): number {
    return this.#known.length - 1;
  }

  /** The number of an area that has been met. */
  idOf(area: Each | undefined): number | undefined {
    if (area === undefined) return EMPTY;
    const shape = this.#shapes.indexOf(this.#system.shapeOf(area));
    return this.#ids.get(this.#text(area, shape));
  }

  row(id: number, open: boolean): Row {
    const known = this.#known[id];
    if (!known) return this.#empty;
    return (known.rows[open ? 1 : 0] ??= this.#makeRow(known, open, id));
  }

  /** @param operation an index into `wideOperations` */
  wide(id: number, operation: number): WideRow {
    const known = this.#known[id];
    if (!known) return nothing;
    return (known.wide[operation] ??= this.#makeWide(known, operation));
  }

  #makeRow({ area, shape, isFree }: Known<Each>, open: boolean, id: number): Row {
    const nexts = new Set<number>(isFree ? this.#fresh : []);
    const seen = new Set<string>();
    let asked = isFree ? this.#fresh.length : 0;
    for (const operation of this.#operations[shape] ?? []) {
      const turn = this.#system.turn(area, operation, open);
      if (!turn) continue;
      asked++;
      for (const name of turn.seen) seen.add(name);
      if (turn.area !== undefined && turn.area !== area) nexts.add(this.#intern(turn.area, shape));
    }
    nexts.delete(id);
    return { nexts: [...nexts], asked, seen: [...seen] };
  }

  #makeWide({ area, shape }: Known<Each>, index: number): WideRow {
    const operation = wideOperations[index];
    if (!operation) throw new RangeError(`no wide operation ${index}`);
    const { area: after, seen } = this.#system.turnWide(area, operation);
    return { next: this.#intern(after, shape), seen };
  }

  #intern(area: Each, shape: number): number {
    const text = this.#text(area, shape);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#known.length;
    this.#ids.set(text, id);
    const isFree = this.#system.isFree(area);
    this.#known.push({ area, shape, isFree, rows: [], wide: [] });
    return id;
  }

  #text(area: Each, shape: number): string {
    return `${shape} ${this.#system.canonical(area)}`;
  }
}

const nothing: WideRow = { next: EMPTY, seen: [] };
