import type { Node } from 'web-tree-sitter';
import type { Citation, UpstreamCommit } from '@pinbench/model';
import { bare, callsIn, lineOf, type CFunction, type CSource } from './c-source.ts';
import { commits } from './commits.ts';
import { isPlainly } from './conditions.ts';

/** What this source tells of fs-dax, and where long-term GUP refuses it. */
export type Gup = {
  /** Where a long-term pin through that function is refused fs-dax; undefined where no way to such a place was found. */
  refusal: (name: string) => Citation | undefined;
  fsdaxTest: FsdaxTest;
  /** The line that defines a function, a macro or an enumerator. */
  definition: (name: string) => Citation | undefined;
};

/** Whether vma_is_fsdax() tells device-dax from fs-dax; undefined where that was not understood. */
export type FsdaxTest = { tellsDeviceDax?: boolean; citation?: Citation };

/** Reads mm/gup.c and the headers that go with it. */
export function readGup(gup: CSource | undefined, headers: readonly CSource[]): Gup {
  const sources = gup ? [gup, ...headers] : headers;
  return {
    refusal: (name) => gup && findRefusal(gup, name),
    fsdaxTest: readFsdaxTest(headers),
    definition: (name) => findDefinition(sources, name),
  };
}

/** Goes from a function down to what it calls, the shortest way, until it meets the line that refuses fs-dax. */
function findRefusal(source: CSource, from: string): Citation | undefined {
  const ways = named(source, from).map((fn): readonly CFunction[] => [fn]);
  const seen = new Set([from]);
  for (const way of ways) {
    const found = refusalAtEndOf(way);
    if (found !== undefined) {
      return { ...cite(source, found, 'refuses fs-dax'), ...madeRefusal(way) };
    }
    for (const { name } of way.slice(-1).flatMap(({ body }) => callsIn(body))) {
      if (seen.has(name)) continue;
      seen.add(name);
      ways.push(...named(source, name).map((fn) => [...way, fn]));
    }
  }
  return undefined;
}

/**
 * The line of the last function of a way that tests for fs-dax and has EOPNOTSUPP returned: by itself, after leaving its
 * loop, or by answering true to the function before it.
 */
function refusalAtEndOf(way: readonly CFunction[]): number | undefined {
  const [fn, caller] = [way.at(-1), way.at(-2)];
  if (!fn || fn.unclear !== undefined) return undefined;
  for (const test of fn.body.descendantsOfType('if_statement')) {
    const condition = test.childForFieldName('condition');
    const then = test.childForFieldName('consequence')?.text ?? '';
    if (!condition || !isPlainly('vma_is_fsdax', condition, asksForLongterm)) continue;
    const sets = (body: Node): boolean => body.text.includes('= -EOPNOTSUPP');
    const refuses =
      then.includes('return -EOPNOTSUPP') ||
      (/^\{?\s*(break|goto \w+);/.test(then) && sets(fn.body)) ||
      (/^\{?\s*return (true|1);/.test(then) && caller !== undefined && refusesIf(caller, fn.name));
    if (refuses) return lineOf(condition);
  }
  return undefined;
}

const asksForLongterm = (text: string): boolean => /^\w+ & FOLL_LONGTERM$/.test(text);

const refusesIf = (caller: CFunction, name: string): boolean =>
  caller.body.descendantsOfType('if_statement').some((test) => {
    const condition = test.childForFieldName('condition');
    const then = test.childForFieldName('consequence');
    return (
      condition !== null &&
      isPlainly(name, condition, () => false) &&
      then?.text.includes('= -EOPNOTSUPP') === true
    );
  });

/** Long-term GUP refuses fs-dax from its beginning; the test for it was moved twice. */
function madeRefusal(way: readonly CFunction[]): Pick<Citation, 'commit' | 'form'> {
  const where = way.at(-1)?.name;
  const commit = commits.longtermGup;
  if (where === 'check_vma_flags') return { commit, form: commits.checkVmaFlags };
  return where === 'check_dax_vmas' ? { commit, form: commits.daxVmas } : { commit };
}

function readFsdaxTest(headers: readonly CSource[]): FsdaxTest {
  const defined = headers.flatMap((source) =>
    named(source, 'vma_is_fsdax').map((fn) => ({ source, fn })),
  );
  const [only, another] = defined;
  if (!only || another || only.fn.unclear !== undefined) return {};
  const { source, fn } = only;
  for (const test of fn.body.descendantsOfType('if_statement')) {
    const condition = test.childForFieldName('condition');
    if (!condition || !/return (false|0);/.test(test.childForFieldName('consequence')?.text ?? ''))
      continue;
    const text = bare(condition).text.replace(/\s+/g, ' ');
    const line = lineOf(condition);
    if (/^S_ISCHR\([\w>.-]+->i_mode\)$/.test(text)) {
      const citation = cite(source, line, 'tells device-dax from fs-dax', commits.deviceDax);
      return { tellsDeviceDax: true, citation };
    }
    if (/^[\w>.-]+->i_mode == S_IFCHR$/.test(text)) {
      const says = 'takes device-dax for fs-dax, as i_mode holds permissions too';
      const made = { commit: commits.longtermGup, mended: commits.deviceDax };
      return { tellsDeviceDax: false, citation: { ...cite(source, line, says), ...made } };
    }
  }
  return {};
}

function findDefinition(sources: readonly CSource[], name: string): Citation | undefined {
  for (const source of sources) {
    const line = named(source, name)[0]?.line ?? source.constants.get(name);
    if (line !== undefined) return cite(source, line, `defines ${name}`);
  }
  return undefined;
}

const named = ({ functions }: CSource, name: string): CFunction[] =>
  functions.filter((fn) => fn.name === name);

/** A line of a source, what it means and who made it so. */
export const cite = (
  source: CSource,
  line: number,
  says: string,
  commit?: UpstreamCommit,
): Citation => ({
  file: source.file,
  line,
  code: source.lineText(line),
  says,
  ...(commit && { commit }),
});
