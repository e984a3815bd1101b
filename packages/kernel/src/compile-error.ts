import { BenchError, RequestError } from '@pinbench/host';
import { missingNameIn, type MissingName } from './missing-name.ts';
import { knownPrerequisite } from './prerequisites.ts';
import { PatchRefused, type Missing } from './refusal.ts';

/**
 * What gcc 12, its assembler and make say when it is the machine that fails them. Of a full disk gcc may speak as of an
 * error at some line of the source, and of a compiler that had no memory as of one that broke.
 */
const outOf = {
  'room on the disk': /No space left on device|Disk quota exceeded/,
  memory:
    /virtual memory exhausted|[Cc]annot allocate memory|out of memory|failed to map segment|Killed signal/,
  'a compiler that works': /internal compiler error/,
} as const;

/** What the compiler, the assembler and the linker say of a mistake in what they are given. */
const ofTheSource = [
  /^\S+:\d+(:\d+)?: (fatal )?error: /,
  /^\S+:\d+: Error: /,
  /: (undefined reference to|multiple definition of) /,
];

type Whole = { folder: string; shown: string; what?: string };

type Failed = Whole & {
  variant: 'before' | 'after';
  what?: 'kernel' | 'kernel modules';
  patch?: string;
};

/**
 * What to say of a build that failed: the compiler's first error with the lines it shows under it, and not the screens
 * that follow from it.
 * @param folder the folder that was built, cut off the front of paths, `shown` put in its place
 * @param what was built
 * @param patch what the patches that are tried are called
 */
export function compileError(
  output: string,
  { variant, folder, shown, what = 'kernel modules', patch = 'the patch' }: Failed,
): RequestError | BenchError {
  const lines = linesOf(output, folder, shown);
  const lack = lackOf(lines, what);
  if (lack !== undefined) return lack;
  const { at, first } = firstOf(lines);
  if (variant === 'before' || first === undefined)
    return new BenchError(
      variant === 'before'
        ? `the ${what} without the patch ${what === 'kernel' ? 'does' : 'do'} not build`
        : 'the build failed',
      { detail: first === undefined ? lines.filter((line) => line !== '').slice(-10) : [first] },
    );
  const detail = at === -1 ? [] : excerpt(lines.slice(at + 1));
  const missing = missingNameIn(first);
  const known = missing && knownPrerequisite(missing.name);
  if (known) return lacking(patch, { ...missing, commit: known.commit }, [first, ...detail]);
  return new RequestError(`${patch} does not compile: ${first.replace(/^ERROR: modpost: /, '')}`, {
    hint:
      at === -1
        ? 'a module may use only what the kernel exports (EXPORT_SYMBOL)'
        : hintFor(missing),
    detail,
  });
}

/**
 * Why a module of ours does not build for a kernel: the compiler's first error.
 * @throws BenchError when it is the machine that fails the compiler.
 */
export function whyNotBuilt(output: string, { folder, shown, what }: Required<Whole>): string {
  const lines = linesOf(output, folder, shown);
  const lack = lackOf(lines, what);
  if (lack !== undefined) throw lack;
  return firstOf(lines).first ?? lines.findLast((line) => line !== '') ?? 'make says nothing';
}

const linesOf = (output: string, folder: string, shown: string): string[] =>
  output.replaceAll(folder, shown).split('\n');

/** What the machine lacked to build anything. */
function lackOf(lines: readonly string[], what: string): BenchError | undefined {
  for (const [lack, pattern] of Object.entries(outOf)) {
    const said = lines.find((line) => pattern.test(line) && !isExcerpt(line));
    if (said !== undefined)
      return new BenchError(`the ${what} could not be built for want of ${lack}`, {
        hint: 'the patch is not judged by this: give the machine what it lacks and run again',
        detail: [said],
      });
  }
  return undefined;
}

/** The first error, and its line where the compiler made it. */
function firstOf(lines: readonly string[]): { at: number; first: string | undefined } {
  const at = lines.findIndex((line) => ofTheSource.some((pattern) => pattern.test(line)));
  const modpost = lines.find((line) => line.startsWith('ERROR: modpost: '));
  return { at, first: lines[at] ?? modpost };
}

const hintFor = (missing: MissingName | undefined): string =>
  missing
    ? `nothing in the base declares ${missing.name}: a slip of the pen, or an earlier patch brings it; give both, in order, with --patch`
    : 'is it made for this kernel? a backport may need an earlier patch; give both, in order, with --patch';

/** What the patch uses of an earlier one, which the base has not got. */
const lacking = (patch: string, missing: Missing, said: readonly string[]): PatchRefused =>
  new PatchRefused(
    { outcome: 'prerequisite-missing', missing: [missing], said },
    { name: patch, base: 'the base' },
  );

/** gcc shows the source line, with its number, and marks under it. */
function excerpt(following: readonly string[]): string[] {
  const end = following.findIndex((line) => !isExcerpt(line));
  return following.slice(0, end === -1 ? undefined : end);
}

const isExcerpt = (line: string): boolean => /^ +(\d+ )?\|/.test(line);
