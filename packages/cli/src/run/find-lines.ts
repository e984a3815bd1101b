import type { Context } from '@pinbench/host';
import { codeLines } from '@pinbench/kernel';
import { moduleFrames, momentOfSplat, type Guest, type Splat, type Variant } from '@pinbench/model';

/** The modules under test of each variant, by name, as files that tell where in the source their code comes from. */
export type LinesOf = Readonly<Record<Variant, ReadonlyMap<string, string>>>;

/** Adds to the splats of a guest where in the source they are, as far as they lie in modules under test. */
export async function findLines(context: Context, guest: Guest, files: LinesOf): Promise<Guest> {
  if (guest.splats.length === 0) return guest;
  const splats = await Promise.all(
    guest.splats.map((splat) =>
      inSplat(context, splat, files[momentOfSplat(guest, splat).variant]),
    ),
  );
  return { ...guest, splats };
}

async function inSplat(
  context: Context,
  splat: Splat,
  files: ReadonlyMap<string, string>,
): Promise<Splat> {
  const frames = moduleFrames(splat.excerpt);
  const found = await Promise.all(
    [...files].map(([name, file]) =>
      codeLines(
        context,
        file,
        frames.filter(({ module }) => module === name),
      ),
    ),
  );
  const lines = Object.fromEntries(found.flatMap((each) => [...each]));
  return Object.keys(lines).length === 0 ? splat : { ...splat, lines };
}
