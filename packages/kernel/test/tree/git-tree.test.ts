import { chmod, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RequestError, run, type Context } from '@pinbench/host';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { testContext } from '../context.ts';
import {
  commitAll,
  developer,
  kernelCheckout,
  kernelFiles,
  layOut,
  treeBase,
  writeFiles,
} from './kernel-tree.ts';
import { snapshotTree } from './snapshot-tree.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const filesOf = async (folder: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      Object.keys(kernelFiles).map(async (name) => [
        name,
        await readFile(path.join(folder, name), 'utf8'),
      ]),
    ),
  ) as Record<string, string>;

const read = (folder: string, name: string): Promise<string> =>
  readFile(path.join(folder, name), 'utf8');

/** Does what a run does with a tree, and makes sure that nothing is written to the folders of its user. */
async function takeUntouched(
  context: Context,
  spec: string,
  { dirty = false, watched }: { dirty?: boolean; watched: string[] },
) {
  const before = watched.map(snapshotTree);
  const base = await treeBase(context, spec, { dirty });
  const folder = await layOut(context, base);
  await layOut(context, base, ['drivers/vfio']);
  expect(watched.map(snapshotTree)).toEqual(before);
  return { base, folder };
}

describe('a clean checkout', () => {
  test('is taken as its commit has it, and called by it', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    const { base, folder } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    const commit = await developer(linux, 'rev-parse', 'HEAD');
    expect(base).toMatchObject({
      kind: 'tree',
      spec: 'tree:linux',
      release: '4.15.0-rc9',
      sourceVersion: `commit ${commit.slice(0, 12)}`,
      tree: {
        kind: 'git',
        path: linux,
        commit,
        subject: 'Make a kernel',
        dirty: false,
        uncommitted: 0,
      },
    });
    expect(await filesOf(folder)).toEqual(kernelFiles);
  });

  test('gives single folders and files, and passes over what it does not have', async () => {
    const context = await testContext();
    await kernelCheckout(context);
    const base = await treeBase(context, 'tree:linux');
    const folder = await layOut(context, base, ['drivers/vfio', 'mm/gup.c', 'mm/none.c']);
    expect(Object.keys(snapshotTree(folder))).toEqual([
      '.',
      'drivers',
      'drivers/vfio',
      'drivers/vfio/Makefile',
      'drivers/vfio/vfio_iommu_type1.c',
      'mm',
      'mm/gup.c',
    ]);
    expect(Object.keys(snapshotTree(await layOut(context, base, ['none'])))).toEqual(['.']);
  });

  test('is the same base wherever it lies, and another when its content is', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await developer(context.scratch, 'clone', '-q', 'linux', 'other');
    const key = async (spec: string) => (await treeBase(context, spec)).snapshot.key;
    const first = await key('tree:linux');
    expect(await key('tree:other')).toEqual(first);
    await writeFiles(linux, { 'mm/gup.c': 'int other;\n' });
    await commitAll(linux, 'Change it');
    expect(await key('tree:linux')).not.toEqual(first);
    expect(await key('tree:linux@HEAD~1')).toEqual(first);
  });

  test('gives the files of a checkout: links, programs, what archives leave out, line ends as asked', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await writeFiles(linux, {
      '.gitattributes': 'kept export-ignore\nstamp export-subst\ndos.txt eol=crlf\n',
      kept: 'kept\n',
      stamp: '$Format:%H$\n',
      'dos.txt': 'one\r\ntwo\r\n',
      'scripts/run.sh': '#!/bin/sh\n',
    });
    await chmod(path.join(linux, 'scripts/run.sh'), 0o755);
    await symlink('../mm/gup.c', path.join(linux, 'drivers/link.c'));
    await commitAll(linux, 'Add what is odd');
    const { folder } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    for (const name of ['kept', 'stamp', 'dos.txt', 'scripts/run.sh', 'drivers/link.c'])
      expect(await read(folder, name), name).toBe(await read(linux, name));
    const state = snapshotTree(folder);
    expect(state['scripts/run.sh']).toMatch(/^100755 /);
    expect(state['drivers/link.c']).toMatch(/^120777 .* \.\.\/mm\/gup\.c$/);
  });

  test('whose files were touched but not changed has no uncommitted ones', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await utimes(path.join(linux, 'Makefile'), 1, 1);
    const { base } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    expect(base.tree.uncommitted).toBe(0);
  });
});

describe('uncommitted changes', () => {
  /** One file of each sort: changed, staged, staged and changed back, deleted, new, ignored. */
  async function dirtyCheckout(context: Context): Promise<string> {
    const linux = await kernelCheckout(context);
    await writeFiles(linux, { 'mm/gup.c': 'int staged;\n', 'mm/added.c': 'int added;\n' });
    await developer(linux, 'add', 'mm');
    await writeFiles(linux, {
      'drivers/vfio/vfio_iommu_type1.c': 'int changed;\n',
      'mm/new.c': 'int fresh;\n',
      'mm/gup.o': 'object\n',
      'build/vmlinux': 'kernel\n',
    });
    await rm(path.join(linux, 'drivers/vfio/Makefile'));
    return linux;
  }

  test('are left out unless asked for, and counted', async () => {
    const context = await testContext();
    const linux = await dirtyCheckout(context);
    const { base, folder } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    expect(base.tree).toMatchObject({ dirty: false, uncommitted: 5 });
    expect(await filesOf(folder)).toEqual(kernelFiles);
    expect(Object.keys(snapshotTree(folder))).not.toContain('mm/new.c');
  });

  test('are taken along with --dirty: changed, staged, deleted and new files, not ignored ones', async () => {
    const context = await testContext();
    const linux = await dirtyCheckout(context);
    const { base, folder } = await takeUntouched(context, 'tree:linux', {
      dirty: true,
      watched: [linux],
    });
    expect(base.tree).toMatchObject({ dirty: true, uncommitted: 5 });
    expect(base.sourceVersion).toMatch(/^commit [0-9a-f]{12} with changes \(tree [0-9a-f]{12}\)$/);
    const names = Object.keys(snapshotTree(folder)).filter((name) => name.includes('.c'));
    expect(names).toEqual([
      'drivers/vfio/vfio_iommu_type1.c',
      'mm/added.c',
      'mm/gup.c',
      'mm/new.c',
    ]);
    for (const name of names) expect(await read(folder, name), name).toBe(await read(linux, name));
    expect(Object.keys(snapshotTree(folder))).not.toContain('drivers/vfio/Makefile');
  });

  test('that were there before leave no trace in the times of objects that git has already', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await writeFiles(linux, { 'mm/gup.c': 'int second;\n' });
    await commitAll(linux, 'Change it');
    // Loose or packed, git freshens an object that it is to write once more.
    await developer(linux, 'repack', '-q', '-d');
    await writeFiles(linux, { 'mm/gup.c': kernelFiles['mm/gup.c']!, 'mm/new.c': 'int pin;\n' });
    const { base, folder } = await takeUntouched(context, 'tree:linux', {
      dirty: true,
      watched: [linux],
    });
    expect(base.tree.uncommitted).toBe(2);
    expect(await read(folder, 'mm/gup.c')).toBe(kernelFiles['mm/gup.c']);
  });

  test('asked for where there are none change nothing', async () => {
    const context = await testContext();
    await kernelCheckout(context);
    const clean = await treeBase(context, 'tree:linux');
    const dirty = await treeBase(context, 'tree:linux', { dirty: true });
    expect(dirty.tree).toMatchObject({ dirty: true, uncommitted: 0 });
    expect([dirty.snapshot.key, dirty.sourceVersion]).toEqual([
      clean.snapshot.key,
      clean.sourceVersion,
    ]);
  });

  test('of a split or a sparse index are found as well', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await developer(linux, 'update-index', '--split-index');
    await writeFiles(linux, { 'mm/gup.c': 'int split;\n' });
    const split = await takeUntouched(context, 'tree:linux', { dirty: true, watched: [linux] });
    expect(await read(split.folder, 'mm/gup.c')).toBe('int split;\n');

    await developer(context.scratch, 'clone', '-q', 'linux', 'sparse');
    const sparse = path.join(context.scratch, 'sparse');
    await developer(sparse, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'drivers/vfio');
    await writeFiles(sparse, { 'drivers/vfio/Makefile': '# sparse\n' });
    const taken = await takeUntouched(context, 'tree:sparse', { dirty: true, watched: [sparse] });
    expect(taken.base.tree.uncommitted).toBe(1);
    expect(await read(taken.folder, 'drivers/vfio/Makefile')).toBe('# sparse\n');
    expect(await read(taken.folder, 'mm/gup.c')).toBe(kernelFiles['mm/gup.c']);
  });

  test("heed the repository's and the user's lists of ignored files", async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    vi.stubEnv('XDG_CONFIG_HOME', path.join(context.scratch, 'config'));
    await writeFiles(context.scratch, {
      'config/git/ignore': '*.swp\n',
      'linux/.git/info/exclude': '/notes\n',
      'linux/notes': 'mine\n',
      'linux/mm/.gup.c.swp': 'editor\n',
    });
    const { base } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    expect(base.tree.uncommitted).toBe(0);
  });
});

describe('other repositories', () => {
  test('a linked worktree has its own commit and changes', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    const linked = path.join(context.scratch, 'linked');
    await developer(linux, 'worktree', 'add', '-q', '-b', 'topic', linked);
    await writeFiles(linked, { 'mm/gup.c': 'int topic;\n' });
    await commitAll(linked, 'Work on it');
    await writeFiles(linked, { 'mm/new.c': 'int fresh;\n' });
    const { base, folder } = await takeUntouched(context, 'tree:linked', {
      dirty: true,
      watched: [linux, linked],
    });
    expect(base.tree).toMatchObject({ subject: 'Work on it', uncommitted: 1 });
    expect(await read(folder, 'mm/gup.c')).toBe('int topic;\n');
    expect(await read(folder, 'mm/new.c')).toBe('int fresh;\n');
  });

  test('a bare one, at a tag', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await developer(linux, 'tag', '-a', '-m', 'a release', 'v4.15-rc9');
    await developer(context.scratch, 'clone', '-q', '--bare', 'linux', 'linux.git');
    const bare = path.join(context.scratch, 'linux.git');
    const { base, folder } = await takeUntouched(context, 'tree:linux.git@v4.15-rc9', {
      watched: [bare],
    });
    expect(base.tree).toEqual({
      kind: 'git',
      path: bare,
      commit: await developer(linux, 'rev-parse', 'HEAD'),
      subject: 'Make a kernel',
      dirty: false,
    });
    expect(await filesOf(folder)).toEqual(kernelFiles);
  });

  test('one that borrows objects from another, by a path that is relative', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await developer(context.scratch, 'clone', '-q', '--shared', 'linux', 'middle');
    await writeFile(
      path.join(context.scratch, 'middle/.git/objects/info/alternates'),
      '../../../linux/.git/objects\n',
    );
    await developer(context.scratch, 'clone', '-q', '--shared', 'middle', 'shared');
    const shared = path.join(context.scratch, 'shared');
    const { folder } = await takeUntouched(context, 'tree:shared', { watched: [linux, shared] });
    expect(await filesOf(folder)).toEqual(kernelFiles);
  });

  test('one with SHA-256 hashes', async () => {
    const context = await testContext();
    const linux = path.join(context.scratch, 'linux');
    await writeFiles(linux, kernelFiles);
    await developer(linux, 'init', '-q', '--object-format=sha256');
    await commitAll(linux, 'Make a kernel');
    await writeFiles(linux, { 'mm/gup.c': 'int changed;\n' });
    const { base, folder } = await takeUntouched(context, 'tree:linux', {
      dirty: true,
      watched: [linux],
    });
    expect(base.tree.commit).toHaveLength(64);
    expect(await read(folder, 'mm/gup.c')).toBe('int changed;\n');
  });

  test('a submodule, and one that has submodules, which stay out', async () => {
    const context = await testContext();
    const inner = await kernelCheckout(context, 'inner');
    const outer = await kernelCheckout(context, 'outer');
    const allow = ['-c', 'protocol.file.allow=always'];
    await developer(outer, ...allow, 'submodule', '--quiet', 'add', inner, 'sub');
    await commitAll(outer, 'Add a submodule');
    const sub = path.join(outer, 'sub');
    await writeFiles(sub, { 'mm/gup.c': 'int sub;\n' });
    const whole = await takeUntouched(context, 'tree:outer', { dirty: true, watched: [outer] });
    expect(whole.base.tree.uncommitted).toBe(0);
    const part = await takeUntouched(context, 'tree:outer/sub', { dirty: true, watched: [outer] });
    expect(part.base.tree).toMatchObject({ path: sub, uncommitted: 1 });
    expect(await read(part.folder, 'mm/gup.c')).toBe('int sub;\n');
  });

  test('one at a path with whatever a path may hold, and an @ in it', async () => {
    const context = await testContext();
    const odd = await kernelCheckout(context, 'my "linux": a@b\\c #1');
    await writeFiles(odd, { 'mm/gup.c': 'int changed;\n' });
    const { base } = await takeUntouched(context, `tree:${path.basename(odd)}@HEAD`, {
      dirty: true,
      watched: [odd],
    });
    expect(base.tree).toMatchObject({ path: odd, uncommitted: 1 });
  });

  test.runIf(process.getuid?.() === 0)('one that another user owns', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await run('chown', ['-R', '65534', linux]);
    await expect(developer(linux, 'status')).rejects.toThrow('failed');
    const { base } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    expect(base.tree.subject).toBe('Make a kernel');
  });
});

describe('what a repository or an environment says is not run', () => {
  test('hooks, filters, monitors and programs of its settings', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    const trace = path.join(context.scratch, 'was-run');
    const trap = path.join(context.scratch, 'trap');
    await writeFile(trap, `#!/bin/sh\ntouch ${trace}\ncat\n`);
    await chmod(trap, 0o755);
    await writeFiles(linux, { '.gitattributes': '*.c filter=trap\n', 'mm/gup.c': 'int x;\n' });
    await commitAll(linux, 'Ask for a filter');
    await mkdir(path.join(linux, '.git/hooks'), { recursive: true });
    for (const hook of ['post-index-change', 'post-checkout', 'reference-transaction'])
      await writeFile(path.join(linux, '.git/hooks', hook), `#!/bin/sh\ntouch ${trace}\n`, {
        mode: 0o755,
      });
    for (const name of ['filter.trap.clean', 'filter.trap.smudge', 'core.fsmonitor'])
      await developer(linux, 'config', name, trap);
    await rm(trace, { force: true });
    await writeFiles(linux, { 'mm/gup.c': 'int y;\n', 'mm/new.c': 'int z;\n' });
    const { base } = await takeUntouched(context, 'tree:linux', { dirty: true, watched: [linux] });
    expect(base.tree.uncommitted).toBe(2);
    await expect(read(context.scratch, 'was-run')).rejects.toThrow('ENOENT');
  });

  test("git's variables of the caller", async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    vi.stubEnv('GIT_DIR', '/nonexistent');
    vi.stubEnv('GIT_WORK_TREE', '/nonexistent');
    vi.stubEnv('GIT_INDEX_FILE', path.join(context.scratch, 'index'));
    vi.stubEnv('GIT_OBJECT_DIRECTORY', path.join(context.scratch, 'objects'));
    const { base } = await takeUntouched(context, 'tree:linux', { watched: [linux] });
    expect(base.tree.uncommitted).toBe(0);
  });

  test('replacements of objects: a commit stands for its own files', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    const first = await developer(linux, 'rev-parse', 'HEAD');
    await writeFiles(linux, { 'mm/gup.c': 'int replaced;\n' });
    await commitAll(linux, 'Replace it');
    await developer(linux, 'replace', first, 'HEAD');
    const { folder } = await takeUntouched(context, `tree:linux@${first}`, { watched: [linux] });
    expect(await read(folder, 'mm/gup.c')).toBe(kernelFiles['mm/gup.c']);
  });
});

describe('an abort in the middle', () => {
  test('leaves the tree as it was, and nothing of it in the cache', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await writeFiles(linux, { 'mm/gup.c': 'int changed;\n' });
    const before = snapshotTree(linux);
    // Every moment is the middle of something else.
    for (const afterMs of [0, 10, 20, 40, 60, 80, 120]) {
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort(new Error('stopped'));
      }, afterMs);
      const own = { ...context, signal: controller.signal };
      const run = treeBase(own, 'tree:linux', { dirty: true }).then(() => 'finished');
      expect(await run.catch((error: unknown) => (error as Error).message)).toMatch(
        /^(stopped|finished)$/,
      );
      expect(snapshotTree(linux)).toEqual(before);
    }
    const { base } = await takeUntouched(context, 'tree:linux', { dirty: true, watched: [linux] });
    expect(base.release).toBe('4.15.0-rc9');
  });
});

describe('what cannot be taken is refused, with what to do', () => {
  async function refused(context: Context, spec: string, dirty = false): Promise<string> {
    const error: unknown = await treeBase(context, spec, { dirty })
      .then((base) => layOut(context, base))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestError);
    const { message, hint = '' } = error as RequestError;
    return `${message} | ${hint}`.replaceAll(context.scratch, '');
  }

  test('revisions that are not there', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    expect(await refused(context, 'tree:linux@v4.16')).toMatch(
      /^\/linux has no revision v4\.16 \| .*git fetch/,
    );
    expect(await refused(context, 'tree:linux@HEAD:mm')).toMatch('has no revision HEAD:mm');
    expect(await refused(context, 'tree:linux@--all')).toMatch('has no revision --all');
    expect(await refused(context, 'tree:linux@')).toMatch('names no revision');
    await developer(linux, 'checkout', '-q', '--orphan', 'empty');
    expect(await refused(context, 'tree:linux')).toMatch('/linux has no commit yet');
  });

  test('changes of what is not checked out', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await writeFiles(linux, { 'mm/gup.c': 'int other;\n' });
    await commitAll(linux, 'Change it');
    expect(await refused(context, 'tree:linux@HEAD~1', true)).toMatch(
      'HEAD~1 is not what is checked out in /linux',
    );
    expect(await refused(context, 'tree:linux/.git', true)).toMatch('/linux/.git has no work tree');
  });

  test('repositories that git cannot read', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await rename(path.join(linux, '.git/HEAD'), path.join(linux, '.git/LOST'));
    expect(await refused(context, 'tree:linux')).toMatch(
      'git cannot read the repository at /linux',
    );
  });

  test('partial clones that lack files, of which nothing is fetched', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await developer(linux, 'config', 'uploadpack.allowFilter', 'true');
    const url = `file://${linux}`;
    await developer(context.scratch, 'clone', '-q', '--bare', '--filter=blob:none', url, 'partial');
    const partial = path.join(context.scratch, 'partial');
    const before = snapshotTree(partial);
    expect(await refused(context, 'tree:partial')).toMatch(
      /^\/partial is a partial clone and lacks files of [0-9a-f]{12}; pinbench fetches nothing .* \| fetch them first: git -C \/partial archive/,
    );
    expect(snapshotTree(partial)).toEqual(before);
    // The advice is good.
    const commit = await developer(partial, 'rev-parse', '--short=12', 'HEAD');
    await developer(partial, 'archive', '--output=/dev/null', commit);
    expect((await treeBase(context, 'tree:partial')).release).toBe('4.15.0-rc9');
  });

  test('damaged repositories', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    const blob = await developer(linux, 'rev-parse', 'HEAD:mm/gup.c');
    await rm(path.join(linux, '.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
    expect(await refused(context, 'tree:linux')).toMatch(/^\/linux is damaged: .* \| .*fsck/);
  });

  test('what is no kernel, or one without VFIO', async () => {
    const context = await testContext();
    const linux = await kernelCheckout(context);
    await developer(linux, 'rm', '-q', '-r', 'drivers');
    await commitAll(linux, 'Take VFIO away');
    expect(await refused(context, 'tree:linux')).toMatch(
      'the kernel at /linux has no drivers/vfio/vfio_iommu_type1.c',
    );
    await developer(linux, 'rm', '-q', 'Makefile');
    await commitAll(linux, 'Take the Makefile away');
    expect(await refused(context, 'tree:linux')).toMatch('/linux is not a kernel tree');
  });
});
