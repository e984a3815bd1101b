import type { Node } from 'web-tree-sitter';

/** Yes, no, or on some ways through the code only. */
export type Held = 'yes' | 'no' | 'sometimes';

/** What each variable holds of FOLL_LONGTERM; nothing, if it is not named. */
export type Flags = Map<string, Held>;

/** What an expression holds of FOLL_LONGTERM. */
export function longtermIn(node: Node, flags: Flags): Held {
  const identifiers = node.type === 'identifier' ? [node] : node.descendantsOfType('identifier');
  const names = identifiers.map(({ text }) => text);
  if (names.includes('FOLL_LONGTERM')) return /[~?]/.test(node.text) ? 'sometimes' : 'yes';
  return names.map((name) => flags.get(name) ?? 'no').reduce(either, 'no');
}

/** Follows an assignment or an initialised declaration. */
export function assign(node: Node, flags: Flags): void {
  const name = (node.childForFieldName('left') ?? node.childForFieldName('declarator'))?.text ?? '';
  const value = node.childForFieldName('right') ?? node.childForFieldName('value');
  if (!value || !/^\w+$/.test(name)) return;
  const held = longtermIn(value, flags);
  const operator = node.childForFieldName('operator')?.text ?? '=';
  if (operator === '=') flags.set(name, held);
  else if (operator === '|=') flags.set(name, either(flags.get(name) ?? 'no', held));
  else if (held !== 'no') flags.set(name, 'sometimes');
}

/** What is known of flags that are handed in: nothing. */
export const flagsOf = (parameters: readonly string[]): Flags =>
  new Map(
    parameters.flatMap((text) => {
      const [name] = /\w*flags$/.exec(text) ?? [];
      return name === undefined ? [] : [[name, 'sometimes'] as const];
    }),
  );

/** What holds of each variable after two ways have met. */
export const meet = (a: Flags, b: Flags): Flags =>
  new Map(
    [...new Set([...a.keys(), ...b.keys()])].map((name) => [
      name,
      same(a.get(name) ?? 'no', b.get(name) ?? 'no'),
    ]),
  );

export const same = (a: Held, b: Held): Held => (a === b ? a : 'sometimes');

/** Of two things that are or-ed together. */
export function either(a: Held, b: Held): Held {
  if (a === 'yes' || b === 'yes') return 'yes';
  return a === 'sometimes' || b === 'sometimes' ? 'sometimes' : 'no';
}
