import type { Context } from '@pinbench/host';
import {
  changed,
  copyFiles,
  fingerprintOf,
  hashFiles,
  listFolder,
  type FolderFile,
} from './folder-files.ts';
import { rememberedHash } from './remembered-hash.ts';
import type { Taken } from './snapshot.ts';

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/**
 * What a plain folder holds, without what a build left in it.
 * @throws RequestError when it cannot be read or changes meanwhile.
 */
export async function takeFolderTree(context: Context, folder: string): Promise<Taken> {
  const { files, leftOut } = await listFolder(context, folder);
  const fingerprint = fingerprintOf(files);
  const assertSame = async (own: Context): Promise<void> => {
    const now = await listFolder(own, folder);
    if (fingerprintOf(now.files) !== fingerprint) throw changed(folder);
  };
  const sha256 = await rememberedHash(context, { recipe, folder, fingerprint }, async () => {
    const hash = await hashFiles(context, folder, files);
    await assertSame(context);
    return hash;
  });
  const lay = async (own: Context, place: string, paths?: readonly string[]): Promise<void> => {
    await copyFiles(own, folder, place, atOrBelow(files, paths));
    await assertSame(own);
  };
  return {
    tree: { kind: 'folder', path: folder, dirty: false, leftOut },
    identity: `files ${sha256.slice(0, 12)}`,
    snapshot: { key: { files: sha256 }, lay },
  };
}

const atOrBelow = (files: readonly FolderFile[], paths?: readonly string[]): FolderFile[] =>
  files.filter(
    ({ name }) => paths?.some((wanted) => name === wanted || name.startsWith(`${wanted}/`)) ?? true,
  );
