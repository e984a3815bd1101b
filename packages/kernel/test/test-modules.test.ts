import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, run, type Context } from '@pinbench/host';
import { testModules } from '@pinbench/model';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ModuleMaker } from '../src/build.ts';
import { buildTestModules, type ForKernel } from '../src/test-modules.ts';
import { testContext } from './context.ts';

/** Makes an object of nothing for each module, and keeps what it was given of swapped modules. */
function compiler(): ModuleMaker & { made: { target: string; symbols: string }[] } {
  const made: { target: string; symbols: string }[] = [];
  const make = async (folder: string, [target = '']: readonly string[]): Promise<undefined> => {
    const kbuild = await readFile(path.join(folder, 'Kbuild'), 'utf8');
    const uses = kbuild.includes('KBUILD_EXTRA_SYMBOLS := $(src)/swapped.symvers');
    const symbols = uses ? await readFile(path.join(folder, 'swapped.symvers'), 'utf8') : '';
    made.push({ target, symbols });
    await run('gcc', ['-x', 'c', '-c', '/dev/null', '-o', path.join(folder, target)]);
  };
  return { key: 'a kernel', make, made };
}

const failing = (say: (folder: string) => string): ModuleMaker => ({
  key: 'a kernel',
  make: (folder) => Promise.resolve(say(folder)),
});

let context: Context;
let kernel: ForKernel;

beforeEach(async () => {
  context = await testContext();
  const place = (name: string): string => path.join(context.scratch, name);
  kernel = { known: true, symbols: { before: place('before'), after: place('after') } };
  await writeFile(kernel.symbols.before, '');
  await writeFile(kernel.symbols.after, '');
});

describe("pinbench's own modules", () => {
  test('are built once for a kernel', async () => {
    const maker = compiler();
    const first = await buildTestModules(context, maker, kernel);
    expect(first.states).toEqual(Object.fromEntries(testModules.map((name) => [name, 'built'])));
    expect(first.files.before).toEqual(first.files.after);
    expect(first.cached).toBe(false);
    expect((await buildTestModules(context, maker, kernel)).cached).toBe(true);
    expect(maker.made).toHaveLength(testModules.length);
  });

  test('are built for each variant where what they use may have other versions', async () => {
    const maker = compiler();
    await writeFile(kernel.symbols.after, '0x1\tvfio_pin_pages\tvfio\tEXPORT_SYMBOL\t\n');
    const { files } = await buildTestModules(context, maker, kernel);
    expect(files.after.get('remote_pin')).not.toBe(files.before.get('remote_pin'));
    const given = maker.made.filter(({ target }) => target === 'remote_pin.ko');
    expect(given.map(({ symbols }) => symbols.includes('vfio_pin_pages'))).toEqual([false, true]);
  });

  test('may say that they are not for a kernel', async () => {
    const maker = failing((folder) => `${folder}/m.c:9:2: error: #error "it is too old"\n`);
    const { states, files } = await buildTestModules(context, maker, kernel);
    expect(states.remote_pin).toEqual({ lacking: 'it is too old' });
    expect(files.before.size).toBe(0);
    expect((await buildTestModules(context, maker, kernel)).cached).toBe(true);
  });

  const undeclared = failing((folder) => `${folder}/m.c:9:2: error: 'vfio_pin' undeclared\n`);

  test('are at fault where they do not build for a kernel that is known', async () => {
    const building = buildTestModules(context, undeclared, kernel);
    await expect(building).rejects.toThrow(BenchError);
    await expect(building).rejects.toMatchObject({
      detail: [
        expect.stringMatching(/^qemu\/modules\/\w+\/m\.c:9:2: error: 'vfio_pin' undeclared$/),
      ],
    });
  });

  test('are left out where they do not build for any other', async () => {
    const { states } = await buildTestModules(context, undeclared, { ...kernel, known: false });
    expect(JSON.stringify(states.remote_pin)).toMatch(
      /remote_pin does not build for it: .*'vfio_pin' undeclared"/,
    );
  });

  test('do not say that of a machine that is in want of something', async () => {
    const full = failing(() => "fatal error: can't write: No space left on device\n");
    const building = buildTestModules(context, full, { ...kernel, known: false });
    await expect(building).rejects.toThrow(/for want of room on the disk/);
    const { states } = await buildTestModules(context, compiler(), kernel);
    expect(states.remote_pin).toBe('built');
  });
});
