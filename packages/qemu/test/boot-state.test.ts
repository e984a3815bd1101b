import { describe, expect, test } from 'vitest';
import { advance, bootState, type BootState, type Happening } from '../src/boot-state.ts';

const record = (seq: number, op: string): Happening => ({
  type: 'record',
  record: { seq, op, ok: true, ns: 0 },
});
const line = (text: string): Happening => ({ type: 'console', line: `[    1.000000] ${text}` });
const exited = (exitCode: number | undefined, stderr = '', signal?: string): Happening => ({
  type: 'exited',
  exit: { exitCode, signal, stderr },
});
const greeted: Happening = { type: 'greeted' };
const stopped: Happening = { type: 'stopped' };
const resumed: Happening = { type: 'resumed' };
const toReady = [
  greeted,
  line('Linux version 6.1'),
  line('Run /init as init process'),
  record(0, 'hello'),
  record(1, 'insmod'),
  record(2, 'ready'),
  stopped,
];

const live = (happenings: readonly Happening[], start = bootState()): BootState =>
  happenings.reduce(advance, start);
const endOf = (...happenings: Happening[]) => live(happenings).end;

test('the phases follow what is seen', () => {
  const happenings = [...toReady, resumed, record(3, 'map'), record(4, 'end')];
  const seen = happenings.map((_, index) => live(happenings.slice(0, index + 1)).phase);
  expect([...new Set(seen)]).toEqual(['firmware', 'kernel', 'init', 'ready', 'plan', 'power-off']);
});

test('a kernel that does not name its init goes straight to ready', () => {
  expect(live([greeted, line('Linux version 4.14'), record(0, 'hello')]).phase).toBe('ready');
});

test('the machine stands still at ready', () => {
  expect(live(toReady)).toMatchObject({ stopped: true, phase: 'ready' });
  expect(live([...toReady, resumed])).toMatchObject({ stopped: false, phase: 'plan' });
});

describe('how a boot ends', () => {
  test('completed: the closing record, then power-off', () => {
    expect(endOf(...toReady, resumed, record(3, 'end'), exited(0))).toEqual({ kind: 'completed' });
    expect(endOf(...toReady, resumed, record(3, 'end'))).toBeUndefined();
  });

  test('completed at the closing record when the host ends the machine', () => {
    const start = bootState({ last: { seq: 2, op: 'ready', ok: true, ns: 0 }, powersOff: false });
    expect(live([resumed, record(3, 'map'), record(4, 'end')], start).end).toEqual({
      kind: 'completed',
    });
  });

  test('lost: off without a closing record', () => {
    expect(endOf(...toReady, resumed, record(3, 'map'), exited(0))).toMatchObject({
      kind: 'lost',
      phase: 'plan',
    });
  });

  test('lost: a gap in the records, or something that is none', () => {
    expect(endOf(greeted, record(0, 'hello'), record(2, 'insmod'))).toMatchObject({
      kind: 'lost',
      why: 'record 2 came after record 0',
    });
    expect(endOf(greeted, { type: 'garbled', line: '{"seq":' })).toMatchObject({ kind: 'lost' });
  });

  test('lost: stopped by something else than ready', () => {
    expect(endOf(greeted, record(0, 'hello'), stopped)).toMatchObject({ kind: 'lost' });
  });

  test('panic, with its line', () => {
    const words = 'Kernel panic - not syncing: VFS: Unable to mount root fs';
    expect(endOf(greeted, line('Linux version'), line(words), exited(0))).toEqual({
      kind: 'panic',
      phase: 'kernel',
      line: `[    1.000000] ${words}`,
    });
  });

  test('an oops that the kernel turned into a panic is an oops', () => {
    const oops = line('BUG: kernel NULL pointer dereference, address: 0000000000000000');
    const end = line('---[ end trace 0000000000000000 ]---');
    const panic = line('Kernel panic - not syncing: Fatal exception');
    expect(endOf(...toReady, resumed, oops, end, panic, exited(0))).toMatchObject({
      kind: 'oops',
      phase: 'plan',
    });
  });

  test('a panic on the way to power-off is none the less a panic', () => {
    const panic = line('Kernel panic - not syncing: late');
    expect(endOf(...toReady, resumed, record(3, 'end'), panic, exited(0))).toMatchObject({
      kind: 'panic',
      phase: 'power-off',
    });
  });

  test('a warning ends nothing', () => {
    const state = live([...toReady, resumed, line('WARNING: CPU: 0'), record(3, 'end'), exited(0)]);
    expect(state.end).toEqual({ kind: 'completed' });
    expect(state.splats.list).toMatchObject([{ kind: 'warning' }]);
  });

  test('hang: the phase and its limit', () => {
    expect(endOf(greeted, { type: 'late', limitMs: 3000 })).toEqual({
      kind: 'hang',
      phase: 'firmware',
      limitMs: 3000,
    });
  });

  test('QEMU died: its exit code and the first thing it said', () => {
    expect(endOf(exited(1, 'qemu: -cpu host: no\nmore'))).toEqual({
      kind: 'qemu-died',
      phase: 'qemu-up',
      exitCode: 1,
      message: 'qemu: -cpu host: no',
    });
    expect(endOf(greeted, exited(undefined, '', 'SIGSEGV'))).toMatchObject({
      kind: 'qemu-died',
      message: 'killed by SIGSEGV',
    });
  });

  test('nothing changes after the end', () => {
    const state = live([greeted, exited(0)]);
    expect(advance(state, record(0, 'hello'))).toBe(state);
  });
});
