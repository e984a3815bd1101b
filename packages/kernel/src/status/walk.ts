import type { Node } from 'web-tree-sitter';
import { callsIn, lineOf, type Call, type CFunction } from './c-source.ts';
import { refusesFsdax, whoseMemory, type Memory } from './conditions.ts';
import { assign, either, flagsOf, longtermIn, meet, same, type Flags, type Held } from './flags.ts';

/** A call that pins memory, and what holds where it is made. */
export type Pin = {
  name: string;
  line: number;
  /** FOLL_LONGTERM is among its flags. */
  longterm: Held;
  /** The lock of the memory map is held. */
  locked: Held;
  /** The line that refuses afterwards what turned out to be fs-dax, and gives the page back. */
  refusedAt?: number;
  /** How many conditions that may go either way stand around it. */
  depth: number;
};

/** What a function does that matters here, on its way for one kind of memory. */
export type Walked = {
  pins: Pin[];
  /** Whether the lock is held where each function is called that was asked about. */
  calls: { name: string; locked: Held }[];
  /** What was met that is not understood. */
  unclear: string[];
};

export type Walk = {
  memory: Memory;
  /** Whether the lock is held when the function is entered. */
  locked?: Held;
  /** Functions whose calls are to be told. */
  watch?: readonly string[];
};

type State = { locked: Held; flags: Flags; dead: boolean };
type Walking = Walked & { memory: Memory; watch: readonly string[]; depth: number };

export const isPin = (name: string): boolean => /^_*(get|pin)_user_pages?(_[a-z_]+)?$/.test(name);

/** Follows a function statement by statement; both ways where a condition says nothing of whose memory it is. */
export function walk(fn: CFunction, { memory, locked = 'no', watch = [] }: Walk): Walked {
  const unclear = fn.unclear === undefined ? [] : [`${fn.name}(): ${fn.unclear}`];
  const walking: Walking = { pins: [], calls: [], unclear, memory, watch, depth: 0 };
  see(walking, fn.body, { locked, flags: flagsOf(fn.parameters), dead: false });
  return walking;
}

function see(walking: Walking, node: Node, state: State): State {
  if (state.dead && node.descendantsOfType('labeled_statement').length === 0) return state;
  switch (node.type) {
    case 'compound_statement':
      return seeAll(walking, node.namedChildren, state);
    case 'labeled_statement':
      return seeAll(walking, node.namedChildren.slice(1), { ...state, dead: false });
    case 'if_statement':
      return seeIf(walking, node, state);
    case 'for_statement':
    case 'while_statement':
    case 'do_statement':
    case 'switch_statement':
      return seeLoop(walking, node, state);
    case 'return_statement':
    case 'goto_statement':
      seeExpression(walking, node, state);
      return { ...state, dead: true };
    default:
      seeExpression(walking, node, state);
      return state;
  }
}

const seeAll = (walking: Walking, nodes: readonly Node[], state: State): State =>
  nodes.reduce<State>((before, node) => see(walking, node, before), state);

function seeIf(walking: Walking, node: Node, state: State): State {
  const condition = node.childForFieldName('condition');
  const then = node.childForFieldName('consequence');
  const otherwise = node.childForFieldName('alternative')?.namedChildren.at(0);
  if (!condition || !then) return state;
  const whose = whoseMemory(condition);
  if (whose !== undefined) {
    const taken = whose === walking.memory ? then : otherwise;
    return taken ? see(walking, taken, state) : state;
  }
  seeExpression(walking, condition, state);
  noteRefusal(walking, condition, then);
  walking.depth += 1;
  const one = see(walking, then, copy(state));
  const other = otherwise ? see(walking, otherwise, copy(state)) : copy(state);
  walking.depth -= 1;
  return merge(one, other);
}

/** A refusal counts for every pin before it that is made no more surely than it is reached. */
function noteRefusal({ pins, unclear, depth }: Walking, condition: Node, then: Node): void {
  const refuses = refusesFsdax(condition, then);
  if (refuses === undefined) return;
  const line = lineOf(condition);
  if (refuses === 'yes' && pins.every((pin) => depth <= pin.depth)) {
    for (const pin of pins) pin.refusedAt ??= line;
  } else unclear.push(`what line ${line} does about fs-dax`);
}

function seeLoop(walking: Walking, node: Node, state: State): State {
  const body = node.childForFieldName('body');
  for (const child of node.namedChildren) {
    if (child.id !== body?.id) seeExpression(walking, child, state);
  }
  if (!body) return state;
  walking.depth += 1;
  const after = seeAll(walking, statementsOf(body), copy(state));
  walking.depth -= 1;
  return merge(copy(state), after);
}

/** A loop's body, or what stands under the labels of a switch. */
const statementsOf = (body: Node): Node[] =>
  body.type === 'compound_statement'
    ? body.namedChildren.flatMap((child) =>
        child.type === 'case_statement' ? child.namedChildren : [child],
      )
    : [body];

function seeExpression(walking: Walking, node: Node, state: State): void {
  for (const call of callsIn(node)) seeCall(walking, call, state);
  for (const each of node.descendantsOfType(['assignment_expression', 'init_declarator'])) {
    assign(each, state.flags);
  }
}

function seeCall(walking: Walking, call: Call, state: State): void {
  const { name, args, node } = call;
  state.locked = lockAfter(call) ?? state.locked;
  if (walking.watch.includes(name)) walking.calls.push({ name, locked: state.locked });
  if (!isPin(name)) return;
  const line = lineOf(node);
  if (node.hasError) walking.unclear.push(`line ${line} does not read as C`);
  const longterm = args.map((arg) => longtermIn(arg, state.flags)).reduce(either, 'no');
  walking.pins.push({ name, line, longterm, locked: state.locked, depth: walking.depth });
}

const takesLock =
  /^(down_(read|write)|mmap_(read|write)_lock)(_nested)?(_killable|_interruptible)?$/;
const givesLock = /^(up_(read|write)|mmap_(read|write)_unlock)$/;
const mayTakeLock = /^(down_(read|write)_trylock|mmap_(read|write)_trylock|(scoped_)?guard\b.*)$/;

/** What a call makes of the lock of the memory map, mmap_sem until v5.7, mmap_lock since. */
function lockAfter({ name, node }: Call): Held | undefined {
  if (!/\bmmap_/.test(node.text)) return undefined;
  if (takesLock.test(name)) return 'yes';
  if (givesLock.test(name)) return 'no';
  return mayTakeLock.test(name) ? 'sometimes' : undefined;
}

const copy = (state: State): State => ({ ...state, flags: new Map(state.flags) });

/** What holds after two ways have met. */
function merge(a: State, b: State): State {
  if (a.dead) return b;
  if (b.dead) return a;
  return { dead: false, locked: same(a.locked, b.locked), flags: meet(a.flags, b.flags) };
}
