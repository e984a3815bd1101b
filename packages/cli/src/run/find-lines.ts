import type { Context } from '@pinbench/host';
import { codeLines } from '@pinbench/kernel';
import {
  moduleFrames,
  momentsIn,
  spellFrame,
  type Frame,
  type Guest,
  type Splat,
  type Variant,
} from '@pinbench/model';

/** The modules under test of each variant, by name, as files that tell where in the source their code comes from. */
export type LinesOf = Readonly<Record<Variant, ReadonlyMap<string, string>>>;

/**
 * Adds to the splats of a guest where in the source they are, as far as they lie in modules under test. A kernel may
 * print the same one a thousand times: each place is looked up once.
 */
export async function findLines(context: Context, guest: Guest, files: LinesOf): Promise<Guest> {
  if (guest.splats.length === 0) return guest;
  const momentOf = momentsIn(guest);
  const splats = guest.splats.map((splat) => ({
    ...{ splat, frames: moduleFrames(splat.excerpt) },
    variant: momentOf(splat).variant,
  }));
  const framesOf = (variant: Variant): Frame[] =>
    splats.filter((each) => each.variant === variant).flatMap(({ frames }) => frames);
  const found = {
    before: await linesIn(context, files.before, framesOf('before')),
    after: await linesIn(context, files.after, framesOf('after')),
  };
  return {
    ...guest,
    splats: splats.map(({ splat, frames, variant }) => withLines(splat, frames, found[variant])),
  };
}

type Lines = ReadonlyMap<string, string>;

async function linesIn(
  context: Context,
  files: ReadonlyMap<string, string>,
  frames: readonly Frame[],
): Promise<Lines> {
  const distinct = [...new Map(frames.map((frame) => [spellFrame(frame), frame])).values()];
  const found = await Promise.all(
    [...files].map(async ([name, file]) => {
      const own = distinct.filter(({ module }) => module === name);
      return own.length === 0 ? [] : [...(await codeLines(context, file, own))];
    }),
  );
  return new Map(found.flat());
}

function withLines(splat: Splat, frames: readonly Frame[], found: Lines): Splat {
  const lines = frames.flatMap((frame): [string, string][] => {
    const line = found.get(spellFrame(frame));
    return line === undefined ? [] : [[spellFrame(frame), line]];
  });
  return lines.length === 0 ? splat : { ...splat, lines: Object.fromEntries(lines) };
}
