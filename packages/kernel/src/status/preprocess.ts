/** A part of a source that a configuration decides about which nothing is known here. Lines count from 1. */
export type Undecided = { from: number; to: number; condition: string };

/** C without comments, directives and what is never compiled, line for line where it was. */
export type Preprocessed = {
  code: string;
  undecided: Undecided[];
  /** Macros defined in what may be compiled, with the line. */
  macros: Map<string, number>;
};

/** The question only arises in kernels that have filesystem-DAX and a memory map. */
const isSet = new Set(['1', 'CONFIG_FS_DAX', 'CONFIG_MMU', 'CONFIG_ZONE_DEVICE']);
const isUnset = new Set(['0']);

/** Whether a branch of a conditional is compiled; undefined where that depends on more than is known. */
type Truth = boolean | undefined;
type Branch = { outer: Truth; taken: Truth; now: Truth; from: number; condition: string };

/** Leaves of a C source what may be compiled. */
export function preprocess(text: string): Preprocessed {
  const lines = joinDirectives(withoutComments(text).split('\n'));
  const open: Branch[] = [];
  const undecided: Undecided[] = [];
  const macros = new Map<string, number>();
  const close = (branch: Branch, to: number): void => {
    const { now, outer, from, condition } = branch;
    if (now === undefined && outer !== false) undecided.push({ from, to, condition });
  };
  const code = lines.map((line, index) => {
    const { name, rest } = readDirective(line);
    const top = open.at(-1);
    if (name?.startsWith('if')) {
      const outer = open.every(({ now }) => now !== false);
      const now = truthOf(name, rest);
      open.push({ outer, taken: now, now, from: index + 1, condition: rest });
    } else if ((name === 'elif' || name === 'else') && top) {
      close(top, index + 1);
      const own = name === 'else' ? true : truthOf('if', rest);
      top.now = and(not(top.taken), own);
      top.taken = or(top.taken, own);
      top.from = index + 1;
      if (name === 'elif') top.condition = rest;
    } else if (name === 'endif' && top) {
      close(top, index + 1);
      open.pop();
    }
    const compiled = open.every(({ now }) => now !== false);
    if (name === undefined) return compiled ? line : '';
    if (name === 'define' && compiled) macros.set(/^\w+/.exec(rest)?.[0] ?? '', index + 1);
    return '';
  });
  return { code: code.join('\n'), undecided, macros };
}

/** Comments become blanks, line ends stay. Strings are left as they are. */
const withoutComments = (text: string): string =>
  text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g,
    (part) => (part.startsWith('/') ? part.replace(/[^\n]/g, ' ') : part),
  );

/** A directive that goes on over several lines is put on its first. */
function joinDirectives(lines: readonly string[]): string[] {
  const joined = [...lines];
  for (let index = 0; index < joined.length; index += 1) {
    if (!/^\s*#/.test(joined[index] ?? '')) continue;
    for (let next = index + 1; joined[index]?.endsWith('\\') && next < joined.length; next += 1) {
      joined[index] = `${joined[index]?.slice(0, -1) ?? ''} ${joined[next] ?? ''}`;
      joined[next] = '';
    }
  }
  return joined;
}

function readDirective(line: string): { name?: string; rest: string } {
  const [, name, rest = ''] = /^\s*#\s*(\w*)\s*(.*)$/.exec(line) ?? [];
  return { ...(name !== undefined && { name }), rest: rest.trim() };
}

/** Knows single names and their combination by one kind of operator, which is what kernel sources have. */
function truthOf(name: string, condition: string): Truth {
  if (name === 'ifdef') return valueOf(condition);
  if (name === 'ifndef') return not(valueOf(condition));
  const plain = condition.replace(/\s+/g, ' ');
  if (plain.includes('||') && !plain.includes('&&')) {
    return plain.split('||').map(truthOfTerm).reduce(or);
  }
  if (plain.includes('&&') && !plain.includes('||')) {
    return plain.split('&&').map(truthOfTerm).reduce(and);
  }
  return truthOfTerm(plain);
}

function truthOfTerm(term: string): Truth {
  const [, negated, name = ''] =
    /^(!?) ?(?:defined|IS_ENABLED)? ?\(? ?(\w+) ?\)?$/.exec(term.trim()) ?? [];
  return negated === '!' ? not(valueOf(name)) : valueOf(name);
}

function valueOf(name: string): Truth {
  if (isSet.has(name)) return true;
  return isUnset.has(name) ? false : undefined;
}

const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

function or(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}
