import { mkdir, mkdtemp, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run } from '@pinbench/host';

export type Payload = {
  /** The plan to go on with, as text. */
  plan: string;
  /** Files for /payload/modules in the guest. */
  files: readonly { name: string; path: string }[];
  /** Bytes of the device that it is for. */
  size: number;
};

/**
 * Writes what a machine is handed when it is ready: a tar archive, filled up with zeroes to the size of the device.
 * The file appears whole or not at all, and is the same to the byte for the same payload.
 * @throws BenchError when it does not fit.
 */
export async function writePayload(
  file: string,
  { plan, files, size }: Payload,
  signal?: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(`${file}.`);
  try {
    await mkdir(path.join(folder, 'root/modules'), { recursive: true });
    await writeFile(path.join(folder, 'root/plan'), plan);
    await Promise.all(
      files.map((each) =>
        symlink(path.resolve(each.path), path.join(folder, 'root/modules', each.name)),
      ),
    );
    const archive = path.join(folder, 'payload');
    await archiveFolder(path.join(folder, 'root'), archive, signal);
    await fill(archive, size);
    await rename(archive, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const archiveFolder = (folder: string, archive: string, signal: AbortSignal | undefined) =>
  run(
    'tar',
    [
      '--create',
      `--file=${archive}`,
      `--directory=${folder}`,
      '--dereference',
      // Two names for one file are two files: the guest's reader knows no links.
      '--hard-dereference',
      '--format=ustar',
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=u=rwX,go=rX',
      'modules',
      'plan',
    ],
    signal && { signal },
  );

async function fill(archive: string, size: number): Promise<void> {
  const { size: needed } = await stat(archive);
  if (needed > size) {
    throw new BenchError(
      `the payload needs ${needed} bytes, and the guest's payload device has ${size}`,
      { hint: 'were the modules built with debug information and not stripped of it?' },
    );
  }
  await truncate(archive, size);
}
