import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot, RequestError } from '@pinbench/host';
import { parseCatalogue, type Catalogue } from '@pinbench/model';

/** A catalogue and the folder in which its patches lie. */
export type ShippedCatalogue = Catalogue & { readonly folder: string };

const root = path.join(repositoryRoot, 'qemu/mutants');

export const patchOf = ({ folder }: ShippedCatalogue, { id }: { id: string }): string =>
  path.join(folder, `${id}.patch`);

/**
 * The wrong versions of the patch that pinbench keeps for a base.
 * @param known bases that there are
 * @throws RequestError for a base that has none.
 */
export async function readCatalogue(
  base: string,
  known: readonly string[],
): Promise<ShippedCatalogue> {
  const kept = await readdir(root);
  const bases = known.filter((each) => kept.includes(slug(each)));
  if (!bases.includes(base)) {
    throw new RequestError(`there are no mutants for ${base}`, {
      hint: `they are kept for ${bases.join(', ')}`,
    });
  }
  const folder = path.join(root, slug(base));
  const text = await readFile(path.join(folder, 'catalogue.json'), 'utf8');
  return { folder, ...parseCatalogue(text) };
}

const slug = (base: string): string => base.replace(':', '-');
