import { stat } from 'node:fs/promises';
import { hashFile, RequestError, type Context } from '@pinbench/host';
import { rememberedHash } from './remembered-hash.ts';
import type { Taken } from './snapshot.ts';
import { topOf, unpack } from './unpack.ts';

/** To be raised when what is made of the same input changes. */
const recipe = 1;

/**
 * What a tarball holds, packed by whatever tar knows.
 * @throws RequestError when it is no tarball, or changes meanwhile.
 */
export async function takeTarball(context: Context, file: string): Promise<Taken> {
  const fingerprint = await stampOf(file);
  const sha256 = await rememberedHash(context, { recipe, file, fingerprint }, () => hashFile(file));
  let top: Promise<string> | undefined;
  return {
    tree: { kind: 'tarball', path: file, dirty: false },
    identity: `sha256 ${sha256.slice(0, 12)}`,
    snapshot: {
      key: { tarball: sha256 },
      lay: async (own, folder, paths) => {
        await unpack(own, { file, top: await (top ??= topOf(own, file)) }, folder, paths);
        if ((await stampOf(file)) === fingerprint) return;
        throw new RequestError(`${file} changed while it was read`, {
          hint: 'run pinbench again when nothing writes to it',
        });
      },
    },
  };
}

async function stampOf(file: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
  return [size, mtimeNs, ctimeNs, ino].join(' ');
}
