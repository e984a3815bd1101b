import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '@pinbench/host';

/** Workspaces that are kept, the one in use among them: 0.6 to 1 GiB each. */
const keep = 4;

/** Drops all but the workspaces that were used last. One that is in use, or was since it was looked at, stays. */
export async function retireWorkspaces(
  { cache }: Context,
  kind: string,
  current: string,
): Promise<void> {
  const root = path.join(cache.root, kind);
  const names = await readdir(root);
  const others = names.filter((name) => /^[0-9a-f]+$/.test(name) && name !== current);
  const aged = await Promise.all(
    others.map(async (name) => ({ name, usedAt: await lastUse(path.join(root, name)) })),
  );
  const old = aged.sort((a, b) => b.usedAt - a.usedAt).slice(keep - 1);
  for (const { name, usedAt } of old)
    await cache.ifFree(`${kind}/${name}`, async () => {
      const place = path.join(root, name);
      if ((await lastUse(place)) <= usedAt) await rm(place, { recursive: true, force: true });
    });
}

/** Milliseconds since 1970; 0 where there is nothing. */
const lastUse = (place: string): Promise<number> =>
  stat(place).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
