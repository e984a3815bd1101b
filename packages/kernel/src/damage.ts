/** What a diff suffered, with the lines that show it. */
type Damage = { where: string; cause: string; detail: string[] };

/**
 * Where a diff is damaged, and by what, from the line at which git can read it no further.
 * @param at the line of the diff, from 1, that git calls corrupt
 */
export function explainDamage(diff: string, at: number): Damage {
  const lines = diff.replace(/\n$/, '').split('\n');
  const above = lines.slice(0, at - 1);
  const header = above.findLast((line) => line.startsWith('@@ '));
  const [found, before] = [lines[at - 1], above.at(-1)];
  const where = header === undefined ? `at line ${at} of its diff` : `in the hunk ${header}`;
  // Signatures begin so too; git takes them for a line that is taken out if a hunk lacks one.
  if (found === undefined || found === '' || found === '-- ' || before === '-- ')
    return {
      where,
      cause: 'the hunk has fewer lines than it says: the patch was cut off, or edited by hand',
      detail: [],
    };
  if (!/^[ +\-\\@]/.test(found))
    return {
      where,
      cause:
        'a long line was wrapped on the way: save the mail as it was sent, or ask for the patch as an attachment',
      detail: ['this line is the rest of the one above it:', `  ${before ?? ''}`, `  ${found}`],
    };
  return {
    where,
    cause:
      'the hunk has other lines than it says: mail programs wrap lines, and editing leaves counts',
    detail: ['git can read it up to this line:', `  ${found}`],
  };
}
