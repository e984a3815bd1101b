import { RequestError } from '@pinbench/host';
import { sayCommit, type UpstreamCommit } from '@pinbench/model';
import type { Part } from './fit.ts';
import type { Cause, Misfit } from './misfit.ts';

/** Why a patch is not applied. */
export type Refusal =
  | { outcome: 'already-applied' }
  | { outcome: 'partly-applied'; parts: readonly Part[]; misfit?: Misplaced }
  | { outcome: 'series-partly-applied'; there: readonly number[]; of: number; restApplies: boolean }
  | { outcome: 'does-not-apply'; parts: readonly Part[]; misfit: Misplaced }
  | { outcome: 'no-such-file' | 'file-exists'; file: string }
  | { outcome: 'prerequisite-missing'; missing: readonly Missing[]; said: readonly string[] }
  | { outcome: 'not-understood'; said: readonly string[] };

/** A function or constant that a patch uses and the base lacks, and the commit that brought it, where it is known. */
export type Missing = { name: string; isCalled: boolean; commit?: UpstreamCommit };

/** The first hunk that does not fit. */
export type Misplaced = Misfit & { file: string; header: string };

/** What stands around a refusal, for its words. */
export type Circumstances = {
  /** The patch, as the user knows it. */
  name: string;
  base: string;
  /** What may have spoilt the patch on its way. */
  suspect?: string | undefined;
};

/** A patch that was not applied. `refusal` tells a program what the message tells a person. */
export class PatchRefused extends RequestError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, circumstances: Circumstances) {
    const { message, ...more } = words(refusal, circumstances);
    super(message, more);
    this.refusal = refusal;
  }
}

type Words = { message: string; hint?: string; detail?: readonly string[] };

function words(refusal: Refusal, at: Circumstances): Words {
  const { name, base } = at;
  switch (refusal.outcome) {
    case 'already-applied':
      return {
        message: `${name} is already applied in ${base}`,
        hint: 'there is nothing to compare; take it off the command line',
      };
    case 'series-partly-applied':
      return ofSeries(refusal, at);
    case 'partly-applied':
      return partly(refusal, at);
    case 'does-not-apply':
      return {
        message: `${name} does not apply to ${base}: ${refusal.misfit.file}, ${refusal.misfit.header}`,
        hint: why(refusal.misfit, at),
        detail: [...difference(refusal.misfit), ...listing(refusal.parts)],
      };
    case 'no-such-file':
      return {
        message: `${name} does not apply: ${base} has no file ${refusal.file}`,
        hint: `the patch was made for another kernel than ${base}, or an earlier patch that makes the file is missing`,
      };
    case 'file-exists':
      return {
        message: `${name} does not apply: ${base} already has ${refusal.file}, with another text`,
        hint: 'the patch was made for an older kernel, or another form of it is there already',
      };
    case 'prerequisite-missing':
      return lacking(refusal, at);
    case 'not-understood':
      return {
        message: `${name} does not apply to ${base}`,
        ...(at.suspect !== undefined && { hint: at.suspect }),
        detail: refusal.said,
      };
  }
}

function lacking(
  { missing, said }: Extract<Refusal, { outcome: 'prerequisite-missing' }>,
  { name, base }: Circumstances,
): Words {
  const names = missing.map((each) => `${each.name}${each.isCalled ? '()' : ''}`);
  const known = missing.flatMap(({ commit }) => (commit ? [sayCommit(commit)] : []));
  return {
    message: `${name} needs ${names.join(', ')}, which ${base} does not have`,
    hint:
      known.length > 0
        ? `the prerequisite is ${[...new Set(known)].join(' and ')}: an older kernel needs a backport of it, given before this patch with --patch; from a newer one it is gone again, and the patch needs another form`
        : 'is it made for this kernel? give the patch that brings what is missing too, before this one, with --patch',
    detail: said,
  };
}

function ofSeries(
  { there, of, restApplies }: Extract<Refusal, { outcome: 'series-partly-applied' }>,
  { name, base }: Circumstances,
): Words {
  const are = there.length === 1 ? 'patch' : 'patches';
  return {
    message: `${name} is partly applied in ${base}: ${are} ${spans(there)} of ${of} ${there.length === 1 ? 'is' : 'are'} there already`,
    hint: restApplies
      ? 'the others apply: give those alone, in order, with --patch'
      : 'and the others do not apply as they are: the base holds another form of the series',
  };
}

function partly(
  { parts, misfit }: Extract<Refusal, { outcome: 'partly-applied' }>,
  at: Circumstances,
): Words {
  const there = parts.filter(({ state }) => state === 'there').length;
  return {
    message: `${at.name} is partly applied in ${at.base}: ${there} of its ${parts.length} changes ${there === 1 ? 'is' : 'are'} there already`,
    hint: misfit
      ? `and what is left does not apply: ${why(misfit, at)}`
      : 'give what is left as a patch of its own, or a base that has none of it',
    detail: [...(misfit ? difference(misfit) : []), ...listing(parts)],
  };
}

const difference = ({ file, first, nowhere }: Misplaced): string[] => {
  if (first)
    return [
      `the first line that differs is ${file}:${first.line}`,
      `  the patch expects: ${visible(first.expected)}`,
      `  the file has:      ${visible(first.found)}`,
    ];
  if (!nowhere) return [];
  const { within, isThere } = nowhere;
  if (within !== undefined && !isThere) return [`the function ${within}() is not in ${file}`];
  const where = within === undefined ? file : `${within}() of ${file}`;
  return [`nothing in ${where} is like what the patch expects`];
};

/** A carriage return as git and editors show it. */
const visible = (line: string): string => line.replace(/\r$/, '^M');

/** How every part of a patch stands; of one alone the message says it. */
const listing = (parts: readonly Part[]): string[] =>
  parts.length < 2
    ? []
    : parts.map(
        ({ file, hunk, state }) =>
          `${states[state]}: ${file}${hunk ? `, hunk ${hunk.number} (${hunk.header})` : ''}`,
      );

const states: Record<Part['state'], string> = {
  fits: 'fits',
  fuzzy: 'fits with fuzz',
  there: 'is there already',
  misfit: 'does not fit',
};

const why = ({ cause, names }: Misplaced, { base, suspect }: Circumstances): string =>
  [causes[cause](base, names), ...(suspect === undefined ? [] : [suspect])].join('; ');

const causes: Record<Cause, (base: string, names: readonly string[]) => string> = {
  'line-ends': () =>
    'the patch and the file end their lines differently (CRLF and LF): convert the patch, as with dos2unix',
  'white-space': () =>
    'white space was changed on the way, such as tabs into spaces: save the mail as it was sent, or use b4',
  wrapped: () =>
    'long lines were wrapped on the way: save the mail as it was sent, or ask for the patch as an attachment',
  'changed-on-its-way': () =>
    'the file is the very one that the patch was made from, so the patch was changed on its way',
  'missing-prerequisite': (base, names) =>
    `the file nowhere has ${names.map((name) => `${name}()`).join(', ')}, which the patch expects: it was made for another kernel than ${base}, or an earlier patch is missing`,
  'other-base': (base) => `the patch was made for another kernel than ${base}`,
};

/** `1-3, 5` */
function spans(numbers: readonly number[]): string {
  const starts = numbers.filter((number) => !numbers.includes(number - 1));
  return starts
    .map((start) => {
      let end = start;
      while (numbers.includes(end + 1)) end++;
      return end === start ? `${start}` : `${start}-${end}`;
    })
    .join(', ');
}
