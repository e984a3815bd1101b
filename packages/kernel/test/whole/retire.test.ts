import { mkdir, readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { retireWorkspaces } from '../../src/whole/retire.ts';
import { testContext } from '../context.ts';

test('the workspaces used last are kept, the one in use and one that is locked besides', async () => {
  const context = await testContext();
  const root = path.join(context.cache.root, 'workspaces');
  for (const [name, usedAt] of Object.entries({ a0: 1, a1: 2, a2: 3, a3: 4, a4: 5, a5: 6 })) {
    await mkdir(path.join(root, name, 'tree'), { recursive: true });
    await utimes(path.join(root, name), usedAt, usedAt);
  }
  await mkdir(path.join(root, 'a0.lock'));
  await retireWorkspaces(context, 'workspaces', 'a1');
  expect((await readdir(root)).sort()).toEqual(['a0', 'a0.lock', 'a1', 'a3', 'a4', 'a5']);
});

test('a workspace that was used after it was looked at stays, and one that is in use is not waited for', async () => {
  const context = await testContext();
  const root = path.join(context.cache.root, 'workspaces');
  for (const [name, usedAt] of Object.entries({ a0: 1, a1: 2, a2: 3, a3: 4, a4: 5, a5: 6 })) {
    await mkdir(path.join(root, name, 'tree'), { recursive: true });
    await utimes(path.join(root, name), usedAt, usedAt);
  }
  const free = context.cache.ifFree.bind(context.cache);
  vi.spyOn(context.cache, 'ifFree').mockImplementation(async (name, work) => {
    if (name.endsWith('a1')) await utimes(path.join(root, 'a1'), 7, 7);
    await free(name, work);
  });
  await context.cache.exclusively('workspaces/a2', () =>
    retireWorkspaces(context, 'workspaces', 'a5'),
  );
  expect((await readdir(root)).sort()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
});
