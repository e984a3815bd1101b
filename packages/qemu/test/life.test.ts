import { appendFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bootState } from '../src/boot-state.ts';
import { followFile } from '../src/follow.ts';
import { live, type BootEvent } from '../src/life.ts';
import { defaultLimits } from '../src/phases.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pinbench-test-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true });
});

const nothing = ['-machine', 'none', '-nodefaults', '-display', 'none'];
const lifeOf = (args: readonly string[], limits = {}) => ({
  args,
  folder,
  state: bootState(),
  limits: { ...defaultLimits.tcg, ...limits },
});

test('a machine that says nothing is ended at the limit of its phase', async () => {
  const events: BootEvent[] = [];
  const { state, phases } = await live(
    { ...lifeOf(nothing, { firmware: 100 }), onEvent: (event) => events.push(event) },
    new AbortController().signal,
  );
  const end = { kind: 'hang', phase: 'firmware', limitMs: 100 };
  expect(state.end).toEqual(end);
  expect(events).toEqual([
    { type: 'phase', phase: 'firmware' },
    { type: 'end', end },
  ]);
  expect(phases.map(({ phase }) => phase)).toEqual(['qemu-up', 'firmware']);
});

test('so is a QEMU that never answers', async () => {
  const mute = path.join(folder, 'qemu-system-x86_64');
  await writeFile(mute, '#!/bin/sh\nexec sleep 60\n');
  await chmod(mute, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
  const { state } = await live(lifeOf([], { 'qemu-up': 200 }), new AbortController().signal);
  expect(state.end).toEqual({ kind: 'hang', phase: 'qemu-up', limitMs: 200 });
});

test('a QEMU that refuses its arguments is noticed at once', async () => {
  const { state } = await live(lifeOf(['-no-such-option']), new AbortController().signal);
  expect(state.end).toMatchObject({
    kind: 'qemu-died',
    phase: 'qemu-up',
    exitCode: 1,
    message: 'qemu-system-x86_64: -no-such-option: invalid option',
  });
});

test('what QEMU refuses over QMP is an error', async () => {
  const life = {
    ...lifeOf(nothing),
    onUp: async (qmp: Parameters<NonNullable<Parameters<typeof live>[0]['onUp']>>[0]) => {
      await qmp.execute('migrate-incoming', { uri: 'fd:4' });
      return { type: 'resumed' } as const;
    },
  };
  await expect(live(life, new AbortController().signal)).rejects.toThrow(
    'QEMU refused migrate-incoming',
  );
});

test('an abort ends the machine and is what comes out', async () => {
  const stop = new AbortController();
  const lived = live(
    {
      ...lifeOf(nothing),
      onEvent: () => {
        stop.abort(new Error('stopped by the user'));
      },
    },
    stop.signal,
  );
  await expect(lived).rejects.toThrow('stopped by the user');
});

test('a file is followed line by line, in whatever pieces it grows', () => {
  const file = path.join(folder, 'console');
  const lines: string[] = [];
  const follower = followFile(file, (line) => lines.push(line));
  appendFileSync(file, 'one\r\ntw');
  follower.pull();
  expect(lines).toEqual(['one']);
  const bytes = Buffer.from('o\n€\n');
  appendFileSync(file, bytes.subarray(0, 3));
  follower.pull();
  expect(lines).toEqual(['one', 'two']);
  appendFileSync(file, bytes.subarray(3));
  follower.pull();
  expect(lines).toEqual(['one', 'two', '€']);
  follower.close();
});
