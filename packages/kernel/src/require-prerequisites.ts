import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Patch } from './patch.ts';
import { missingPrerequisites } from './prerequisites.ts';
import { PatchRefused } from './refusal.ts';

/**
 * Refuses patches that use what the source lacks before it is built, which takes minutes.
 * @param folders the patched files, then the source they are laid over
 * @throws PatchRefused that names what is missing and the commit that brought it.
 */
export async function requirePrerequisites(
  patches: readonly Patch[],
  folders: readonly string[],
  base: string,
): Promise<void> {
  for (const patch of patches) {
    const missing = await missingPrerequisites(patch, (file) => readFirst(folders, file));
    if (missing.length === 0) continue;
    const named = missing.map(({ name, commit }) => ({
      name,
      isCalled: patch.text.includes(`${name}(`),
      commit,
    }));
    throw new PatchRefused(
      { outcome: 'prerequisite-missing', missing: named, said: [] },
      { name: patch.file, base },
    );
  }
}

async function readFirst(folders: readonly string[], file: string): Promise<string | undefined> {
  for (const folder of folders) {
    const text = await readFile(path.join(folder, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
