import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';

/** Workspaces that are kept, the one in use among them: 0.6 to 1 GiB each. */
const keep = 4;

/** Drops all but the workspaces that were used last. One that is in use, or locked, stays. */
export async function retireWorkspaces(
  { cache, signal }: Context,
  kind: string,
  current: string,
): Promise<void> {
  const root = path.join(cache.root, kind);
  const names = await readdir(root);
  const idle = names.filter((name) => /^[0-9a-f]+$/.test(name) && !names.includes(`${name}.lock`));
  const aged = await Promise.all(
    idle
      .filter((name) => name !== current)
      .map(async (name) => ({
        name,
        usedAt: await stat(path.join(root, name)).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      })),
  );
  const old = aged.sort((a, b) => b.usedAt - a.usedAt).slice(keep - 1);
  for (const { name } of old)
    await cache.exclusively(
      `${kind}/${name}`,
      () => rm(path.join(root, name), { recursive: true, force: true }),
      { signal },
    );
}
