import type { Node } from 'web-tree-sitter';
import { bare, callsIn, lineOf, type CFunction } from './c-source.ts';

/** Yes, no, or on some ways through the code only. */
export type Held = 'yes' | 'no' | 'sometimes';

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
  /** Which way `mm == current->mm` goes. */
  memory: 'own' | 'other';
  /** Whether the lock is held when the function is entered. */
  locked?: Held;
  /** Functions whose calls are to be told. */
  watch?: readonly string[];
};

type State = { locked: Held; flags: Map<string, Held>; dead: boolean };

export const isPin = (name: string): boolean => /^_*(get|pin)_user_pages?(_[a-z_]+)?$/.test(name);

const takesLock =
  /^(down_(read|write)|mmap_(read|write)_lock)(_nested)?(_killable|_interruptible)?$/;
const givesLock = /^(up_(read|write)|mmap_(read|write)_unlock)$/;
const unsureOfLock = /^(down_(read|write)_trylock|mmap_(read|write)_trylock|(scoped_)?guard)$/;
const givesPageBack = /^(put_page|put_user_pages?|unpin_user_pages?)$/;

/** Follows a function statement by statement; both ways where a condition says nothing of whose memory it is. */
export function walk(fn: CFunction, { memory, locked = 'no', watch = [] }: Walk): Walked {
  const found: Walked = { pins: [], calls: [], unclear: [] };
  if (fn.unclear !== undefined) found.unclear.push(`${fn.name}(): ${fn.unclear}`);
  const flags = new Map(
    fn.parameters.flatMap((text) =>
      text.endsWith("flags") ? [[/\w+$/.exec(text)?.[0] ?? '', 'sometimes'] as const] : [],
    ),
  );
  // How many conditions that may go either way are around the statement.
  let depth = 0;
  const depths = new Map<Pin, number>();

  const seeCall = (call: ReturnType<typeof callsIn>[number], state: State): void => {
    const { name, args, node } = call;
    const ofMap = node.text.includes('mmap_');
    if (ofMap && takesLock.test(name)) state.locked = 'yes';
    if (ofMap && givesLock.test(name)) state.locked = 'no';
    if (ofMap && unsureOfLock.test(name)) state.locked = 'sometimes';
    if (watch.includes(name)) found.calls.push({ name, locked: state.locked });
    if (!isPin(name)) return;
    if (node.hasError) found.unclear.push(`line ${lineOf(node)} does not read as C`);
    const longterm = args.map((arg) => longtermIn(arg, state.flags)).reduce(either, 'no');
    const pin: Pin = { name, line: lineOf(node), longterm, locked: state.locked };
    found.pins.push(pin);
    depths.set(pin, depth);
  };

  const seeExpression = (node: Node, state: State): void => {
    for (const call of callsIn(node)) seeCall(call, state);
    for (const each of node.descendantsOfType(['assignment_expression', 'init_declarator'])) {
      assign(each, state.flags);
    }
  };

  const seeIf = (node: Node, state: State): State => {
    const condition = node.childForFieldName('condition');
    const then = node.childForFieldName('consequence');
    const otherwise = node.childForFieldName('alternative')?.namedChildren.at(0);
    if (!condition || !then) return state;
    const whose = whoseMemory(condition);
    if (whose !== undefined) {
      const taken = whose === memory ? then : otherwise;
      return taken ? see(taken, state) : state;
    }
    seeExpression(condition, state);
    if (seeRefusal(condition, then)) return see(then, copy(state));
    depth += 1;
    const after = merge(
      see(then, copy(state)),
      otherwise ? see(otherwise, copy(state)) : copy(state),
    );
    depth -= 1;
    return after;
  };

  /** `if (ret > 0 && vma_is_fsdax(…)) { ret = -EOPNOTSUPP; put_page(…); }` */
  const seeRefusal = (condition: Node, then: Node): boolean => {
    if (!callsIn(condition).some(({ name }) => name === 'vma_is_fsdax')) return false;
    const line = lineOf(condition);
    const understood =
      isPlainly('vma_is_fsdax', condition, (rest) => /^\w+ ?(>|>=|==) ?\d+$/.test(rest)) &&
      then.text.includes('-EOPNOTSUPP') &&
      callsIn(then).some(({ name }) => givesPageBack.test(name));
    if (!understood || depth > Math.min(...depths.values())) {
      found.unclear.push(`what line ${line} does about fs-dax`);
      return false;
    }
    for (const pin of found.pins) pin.refusedAt ??= line;
    return true;
  };

  const seeAll = (nodes: readonly Node[], state: State): State =>
    nodes.reduce<State>((before, node) => see(node, before), state);

  const see = (node: Node, state: State): State => {
    if (state.dead && node.descendantsOfType('labeled_statement').length === 0) return state;
    switch (node.type) {
      case 'compound_statement':
      case 'else_clause':
        return seeAll(node.namedChildren, state);
      case 'labeled_statement':
        return seeAll(node.namedChildren.slice(1), { ...state, dead: false });
      case 'if_statement':
        return seeIf(node, state);
      case 'for_statement':
      case 'while_statement':
      case 'do_statement':
      case 'switch_statement':
        return seeLoop(node, state);
      case 'return_statement':
      case 'goto_statement':
        seeExpression(node, state);
        return { ...state, dead: true };
      default:
        seeExpression(node, state);
        return state;
    }
  };

  const seeLoop = (node: Node, state: State): State => {
    const body = node.childForFieldName('body');
    for (const child of node.namedChildren) {
      if (child.id !== body?.id) seeExpression(child, state);
    }
    if (!body) return state;
    return merge(copy(state), seeAll(casesOf(body), copy(state)));
  };

  see(fn.body, { locked, flags, dead: false });
  return found;
}

/** A loop's body, or what stands under the labels of a switch. */
const casesOf = (body: Node): Node[] =>
  body.type === 'compound_statement'
    ? body.namedChildren.flatMap((child) =>
        child.type === 'case_statement' ? child.namedChildren : [child],
      )
    : [body];

/** Whose memory a condition lets through: `mm == current->mm` that of the caller. */
function whoseMemory(condition: Node): Walk['memory'] | undefined {
  const { text } = bare(condition);
  const [, operator] =
    /^\w+\s*([=!]=)\s*current->mm$/.exec(text) ?? /^current->mm\s*([=!]=)\s*\w+$/.exec(text) ?? [];
  if (operator === undefined) return undefined;
  return operator === '==' ? 'own' : 'other';
}

/** Whether a condition is the call of `name`, alone or with others that all have to hold and that `others` knows. */
export function isPlainly(
  name: string,
  condition: Node,
  others: (text: string) => boolean,
): boolean {
  const node = bare(condition);
  const [left, right] = [node.childForFieldName('left'), node.childForFieldName('right')];
  const operator = node.childForFieldName('operator')?.text;
  if (node.type === 'binary_expression' && operator === '&&' && left && right) {
    return (
      (isPlainly(name, left, others) && others(bare(right).text)) ||
      (others(bare(left).text) && isPlainly(name, right, others))
    );
  }
  return node.type === 'call_expression' && node.childForFieldName('function')?.text === name;
}

/** What an expression or a variable holds of FOLL_LONGTERM. */
function longtermIn(node: Node, flags: Map<string, Held>): Held {
  const names = (node.type === 'identifier' ? [node] : node.descendantsOfType('identifier')).map(
    ({ text }) => text,
  );
  if (names.includes('FOLL_LONGTERM')) return /[~?]/.test(node.text) ? 'sometimes' : 'yes';
  return names.map((name) => flags.get(name) ?? 'no').reduce(either, 'no');
}

function assign(node: Node, flags: Map<string, Held>): void {
  const name = (node.childForFieldName('left') ?? node.childForFieldName('declarator'))?.text ?? '';
  const value = node.childForFieldName('right') ?? node.childForFieldName('value');
  if (!value || !/^\w+$/.test(name)) return;
  const held = longtermIn(value, flags);
  const operator = node.childForFieldName('operator')?.text ?? '=';
  if (operator === '=') flags.set(name, held);
  else if (operator === '|=') flags.set(name, either(flags.get(name) ?? 'no', held));
  else if (held !== 'no') flags.set(name, 'sometimes');
}

/** Of two things that are or-ed together. */
function either(a: Held, b: Held): Held {
  if (a === 'yes' || b === 'yes') return 'yes';
  return a === 'sometimes' || b === 'sometimes' ? 'sometimes' : 'no';
}

const copy = (state: State): State => ({ ...state, flags: new Map(state.flags) });

/** What holds after two ways have met. */
function merge(a: State, b: State): State {
  if (a.dead) return b;
  if (b.dead) return a;
  const names = new Set([...a.flags.keys(), ...b.flags.keys()]);
  return {
    dead: false,
    locked: same(a.locked, b.locked),
    flags: new Map(
      [...names].map((name) => [name, same(a.flags.get(name) ?? 'no', b.flags.get(name) ?? 'no')]),
    ),
  };
}

const same = (a: Held, b: Held): Held => (a === b ? a : 'sometimes');
