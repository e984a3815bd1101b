import { tryRun, type Context } from '@pinbench/host';
import { gitEnvironment } from './git-environment.ts';

/** A line such as `Fixes: d475c6346a38 ("vfio/type1: …")` at the end of a commit message. */
export type Trailer = { key: string; value: string };

/** The trailers of a commit message, as git reads them, and those that stand in a paragraph of their own before. */
export async function readTrailers(context: Context, message: string): Promise<Trailer[]> {
  // git wants a subject before a body to look for trailers in.
  const input = `subject\n\n${trailersLast(message)}`;
  const { stdout } = await tryRun('git', ['interpret-trailers', '--parse'], {
    cwd: context.scratch,
    signal: context.signal,
    env: gitEnvironment,
    input,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, key, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ key, value }];
  });
}

/** git takes the last paragraph alone; kernel messages often have Fixes and Link in one above. */
function trailersLast(message: string): string {
  const paragraphs = message
    .trim()
    .replaceAll('\r', '')
    .split(/\n\s*\n/);
  const isTaken = (paragraph: string, index: number): boolean =>
    isOfTrailers(paragraph) || (index === paragraphs.length - 1 && hasTrailer(paragraph));
  const trailers = paragraphs.filter(isTaken);
  if (trailers.length === 0) return message;
  const rest = paragraphs.filter((paragraph, index) => !isTaken(paragraph, index));
  return `${rest.join('\n\n')}\n\n${trailers.map((block) => block.trim()).join('\n')}\n`;
}

const hasTrailer = (paragraph: string): boolean =>
  paragraph.split('\n').some((line) => known.test(line));

/** Documentation/process/submitting-patches.rst names these; `[name: what was changed]` may stand between them. */
const known =
  /^([A-Z][\w-]*-by|Fixes|Cc|Link|Closes|Reported-and-tested-by|Message-I[dD]|Change-Id|BugLink|Bug|Depends-on): \S/i;

function isOfTrailers(paragraph: string): boolean {
  const lines = paragraph.split('\n').filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  return (
    known.test(first) && lines.every((line) => known.test(line) || /^(\s|\[|\(cherry )/.test(line))
  );
}

/**
 * The mainline commit that a message says it is a backport of, in the forms that
 * Documentation/process/stable-kernel-rules.rst gives, and that of `git cherry-pick -x`.
 */
export function upstreamIn(message: string): string | undefined {
  const forms = [
    /^commit ([0-9a-f]{12,40}) upstream\.?\s*$/im,
    /^\[ ?upstream commit ([0-9a-f]{12,40}) ?\]\s*$/im,
    /^\(cherry picked from commit ([0-9a-f]{12,40})\)\s*$/im,
  ];
  return forms.map((form) => form.exec(message)?.[1]).find((found) => found !== undefined);
}
