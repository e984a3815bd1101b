import {
  isFree,
  stepArea,
  tidy,
  wideArea,
  type Area,
  type Result,
  type Rules,
  type Shape,
} from '../world/index.ts';
import { mmap } from '../world/process.ts';
import type { AreaOperation, WideOperation } from './alphabet.ts';
import { canonicalArea } from './canonical.ts';

/** What an operation makes of an area, and the names of what is worth telling of that. */
export type Turn<Each> = { readonly area: Each; readonly seen: readonly string[] };

/** What the walk has to know of areas, so that it can walk those of one design, or of two side by side. */
export type System<Each> = {
  readonly fresh: (shape: Shape) => Each;
  readonly isFree: (area: Each) => boolean;
  readonly shapeOf: (area: Each) => Shape;
  /** Undefined where it cannot be asked. `area` is undefined where the walk does not go on from there. */
  readonly turn: (
    area: Each,
    operation: AreaOperation,
    open: boolean,
  ) => { readonly area: Each | undefined; readonly seen: readonly string[] } | undefined;
  /** For an operation that can be asked. */
  readonly turnWide: (area: Each, operation: WideOperation) => Turn<Each>;
  readonly canonical: (area: Each) => string;
};

/** What has happened to an area. */
export type Transition = {
  readonly before: Area;
  readonly operation: AreaOperation | WideOperation;
  readonly result: Result;
  readonly after: Area;
  readonly rules: Rules;
};

/** Limits of the process and the container are none of the explorer's: no map is asked under one. */
export const around = (open: boolean) => ({ open, free: Infinity, locked: 0 });

/** Where a wide operation can be asked. */
const askable = {
  close: { open: true, child: false },
  open: { open: false, child: false },
  fork: { open: true, child: false },
  exit: { open: true, child: true },
} as const;

/** What a wide operation makes of an area. */
export function wideTurn(area: Area, { op }: WideOperation, rules: Rules): Area {
  const change = wideArea(op, askable[op]);
  return change ? tidy(change(area, rules)) : area;
}

/** The areas of one design. @param tell the names of what is worth telling of a transition */
export const systemOf = (
  rules: Rules,
  tell: (transition: Transition) => readonly string[],
): System<Area> => ({
  fresh: (shape) => tidy(mmap(shape, rules)),
  isFree,
  shapeOf: ({ shape }) => shape,
  turn(before, operation, open) {
    const stepped = stepArea(before, operation, rules, around(open));
    if (!stepped) return undefined;
    const { area: after, result } = stepped;
    return { area: after, seen: tell({ before, operation, result, after, rules }) };
  },
  turnWide(before, operation) {
    const after = wideTurn(before, operation, rules);
    const result: Result = { outcome: 'done' };
    return { area: after, seen: tell({ before, operation, result, after, rules }) };
  },
  canonical: canonicalArea,
});
