import { createHash } from 'node:crypto';
import type { FileChange } from './diff.ts';
import { fitOf, linesOf, type Part } from './fit.ts';
import { explainMisfit } from './misfit.ts';
import type { Misplaced, Refusal } from './refusal.ts';

/** The files of a tree that a patch touches, by their path; those that are not there are left out. */
export type Files = ReadonlyMap<string, Buffer>;

/**
 * Why git does not apply a patch: every part of it is held against the tree's files.
 * @param said what git wrote, for when nothing else can be found
 */
export function explainRefusal(
  changes: readonly FileChange[],
  files: Files,
  said: readonly string[],
): Refusal {
  const parts = fitOf(changes, (file) => files.get(file)?.toString('utf8'));
  const misfit = firstMisfit(parts, changes, files);
  if (parts.length > 0 && parts.every(({ state }) => state === 'there'))
    return { outcome: 'already-applied' };
  if (parts.some(({ state }) => state === 'there'))
    return { outcome: 'partly-applied', parts, ...(misfit && { misfit }) };
  const whole = parts.find(({ state, hunk }) => state === 'misfit' && !hunk);
  if (whole)
    return { outcome: files.has(whole.file) ? 'file-exists' : 'no-such-file', file: whole.file };
  return misfit
    ? { outcome: 'does-not-apply', parts, misfit }
    : { outcome: 'not-understood', said: [...said] };
}

function firstMisfit(
  parts: readonly Part[],
  changes: readonly FileChange[],
  files: Files,
): Misplaced | undefined {
  const part = parts.find(({ state, hunk }) => state === 'misfit' && hunk);
  const change = changes.find(({ from, to }) => (to ?? from) === part?.file);
  const bytes = files.get(change?.from ?? '') ?? files.get(change?.to ?? '');
  if (!part?.hunk || !bytes) return undefined;
  const isMadeFrom = change?.blob !== undefined && blobOf(bytes).startsWith(change.blob);
  const lines = linesOf(bytes.toString('utf8'));
  return {
    ...explainMisfit(part.hunk, lines, isMadeFrom),
    file: part.file,
    header: part.hunk.header,
  };
}

/** git's name of a file's content, which a patch's `index` line begins with. */
const blobOf = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
