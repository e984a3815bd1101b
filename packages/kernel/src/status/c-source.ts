import { createRequire } from 'node:module';
import type { Node, Parser } from 'web-tree-sitter';
import { preprocess, type Undecided } from './preprocess.ts';

export type CFunction = {
  name: string;
  /** As the source has them, such as `struct mm_struct *mm`. */
  parameters: string[];
  body: Node;
  /** From 1. */
  line: number;
  /** Why it cannot be relied on: it does not parse, or a configuration that is not known decides on its inside. */
  unclear?: string;
};

/** One C file, read as far as the questions here need it. */
export type CSource = {
  file: string;
  /** In the order of the file; of one name there may be several. */
  functions: CFunction[];
  /** Macros and members of enumerations, by name, with their line. */
  constants: Map<string, number>;
  /** The text of a line, as it stands in the file. */
  lineText: (line: number) => string;
};

let parser: Promise<Parser> | undefined;

/**
 * The grammar is a file of its package, and so is the parser's engine: nothing is fetched or compiled. Loaded at its
 * first use, for most runs ask for no status.
 */
async function makeParser(): Promise<Parser> {
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm');
  return new Parser().setLanguage(await Language.load(grammar));
}

/** Parses a C file. Never throws for what it holds: what does not parse is said of the function it lies in. */
export async function parseC(file: string, text: string): Promise<CSource> {
  parser ??= makeParser();
  const { code, undecided, macros } = preprocess(text);
  const root = (await parser).parse(code)?.rootNode;
  const lines = text.split('\n');
  return {
    file,
    functions: (root?.descendantsOfType('function_definition') ?? []).flatMap((node) =>
      readFunction(node, undecided),
    ),
    constants: new Map([
      ...macros,
      ...(root?.descendantsOfType('enumerator') ?? []).map(
        (node) => [node.childForFieldName('name')?.text ?? '', lineOf(node)] as const,
      ),
    ]),
    lineText: (line) => (lines[line - 1] ?? '').trim(),
  };
}

function readFunction(node: Node, undecided: readonly Undecided[]): CFunction[] {
  const declarator = node.descendantsOfType('function_declarator').at(0);
  const name = declarator?.childForFieldName('declarator');
  const body = node.childForFieldName('body');
  if (!declarator || name?.type !== 'identifier' || !body) return [];
  const parameters = declarator.childForFieldName('parameters')?.namedChildren ?? [];
  const inside = undecided.find(({ from, to }) => from > lineOf(node) && to <= endLineOf(node));
  const broken = body.descendantsOfType('ERROR').find((error) => !isInArguments(error));
  const unclear = broken
    ? `line ${lineOf(broken)} does not read as C`
    : inside && `what it does depends on ${inside.condition}`;
  return [
    {
      name: name.text,
      parameters: parameters.map(({ text }) => text),
      body,
      line: lineOf(name),
      ...(unclear !== undefined && { unclear }),
    },
  ];
}

/** Macros take types and casts with annotations as arguments; that is not C, and of no matter to what stands around. */
const isInArguments = ({ parent }: Node): boolean =>
  parent !== null && (parent.type === 'argument_list' || isInArguments(parent));

/** From 1. */
export const lineOf = (node: Node): number => node.startPosition.row + 1;
const endLineOf = (node: Node): number => node.endPosition.row + 1;

export type Call = { name: string; args: Node[]; node: Node };

/** Every call at or below a node, in the order of the text. */
export const callsIn = (node: Node): Call[] =>
  node.descendantsOfType('call_expression').map((call) => ({
    name: call.childForFieldName('function')?.text ?? '',
    args: call.childForFieldName('arguments')?.namedChildren ?? [],
    node: call,
  }));

/** An expression without the parentheses and hints to the compiler around it. */
export function bare(node: Node): Node {
  const only = node.namedChildren.at(0);
  if (node.type === 'parenthesized_expression' && only) return bare(only);
  const [argument] = /^(un)?likely$/.test(node.childForFieldName('function')?.text ?? '')
    ? (node.childForFieldName('arguments')?.namedChildren ?? [])
    : [];
  return argument ? bare(argument) : node;
}
