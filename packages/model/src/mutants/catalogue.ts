import { z } from 'zod';

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

const mutant = z.object({
  id,
  title: z.string().min(1),
  mistake: z.string().regex(/\.$/, 'a sentence, with its end'),
  check: z.string().min(1),
  reason: z.string().min(1),
  beyond: z.string().min(1).optional(),
});

const control = z.object({ id, title: z.string().min(1), shipped: z.boolean() });

/**
 * The wrong versions of a patch that are kept for one base, and right ones to hold them against. The patch of each lies
 * beside this file under its id; a control that is `shipped` is the patch that pinbench ships for the base.
 */
const catalogue = z.object({
  controls: z.array(control).min(1),
  mutants: z.array(mutant).min(1),
});

/**
 * A wrong version of the patch under test: the mistake that it stands for, the check that has to catch it, and what
 * that check has to say of it. `beyond`: why no sequence of operations alone can show it, where that is so.
 */
export type Mutant = Omit<z.infer<typeof mutant>, 'reason'> & { readonly reason: RegExp };

/** A right version, which no check may catch. */
type Control = z.infer<typeof control>;

export type Catalogue = {
  readonly controls: readonly Control[];
  readonly mutants: readonly Mutant[];
};

/**
 * Reads a catalogue.
 * @throws Error for one that is not as it should be: that is a defect of pinbench, not a user's mistake.
 */
export function parseCatalogue(text: string): Catalogue {
  const { controls, mutants } = catalogue.parse(JSON.parse(text));
  const ids = [...controls, ...mutants].map((each) => each.id);
  const twice = ids.find((each, index) => ids.indexOf(each) !== index);
  if (twice !== undefined) throw new Error(`the catalogue has ${twice} twice`);
  return {
    controls,
    mutants: mutants.map((each) => ({ ...each, reason: new RegExp(each.reason) })),
  };
}
