import { describe, expect, test } from 'vitest';
import { checks, type AgentRecord, type Guest, type Splat } from '../../src/index.ts';
import { logAssumptions } from '../../src/splats/log-assumptions.ts';
import { unarmedNote } from '../../src/splats/warnings-again.ts';
import { rightPatch, scriptedGuest } from '../scripted-kernel.ts';

const pinRefusal = checks.find(({ name }) => name === 'pin-refusal')!;
const guest = scriptedGuest({ checks: [pinRefusal], boot: 0 }, rightPatch);

const broken = (change: Partial<Guest>, kernel: Parameters<typeof logAssumptions>[2] = {}) =>
  logAssumptions('a guest', { ...guest, ...change }, kernel)
    .filter(({ held }) => !held)
    .map(({ name, observed }) => `${name}: ${observed}`);

const saying = (id: string, text: string): Partial<Guest> => ({
  records: guest.records.map((record): AgentRecord =>
    record.id === id ? { ...record, ok: true, text } : record,
  ),
});

const without = (...ids: string[]): Partial<Guest> => ({
  records: guest.records.map((record): AgentRecord =>
    ids.includes(record.id ?? '')
      ? { ...record, ok: false, errno: 2, error: 'ENOENT', text: undefined }
      : record,
  ),
});

const splat = (kind: Splat['kind'], words: string): Splat => {
  const headline = `[    2.0] ${words}`;
  return { kind, headline, excerpt: [headline] };
};
const warning = splat('warning', 'WARNING: CPU: 0 PID: 1 at fs/dax.c:398 f+0x1/0x2');
const suspicious = splat('warning', 'WARNING: suspicious RCU usage');

test('a log that works breaks none', () => {
  expect(broken({})).toEqual([]);
});

test('a line that the agent gave the log and that did not come out breaks one', () => {
  const console = guest.console.filter((line) => !line.endsWith('pinbench: plan done'));
  expect(broken({ console })).toEqual([
    'the kernel\'s log comes through (a guest): no line "pinbench: plan done"',
  ]);
  // What a program prints is no line of the log.
  expect(broken({ console: [...console, 'pinbench: plan done'] })).toHaveLength(1);
});

test('messages that were dropped break one', () => {
  const dropped = '** 12 printk messages dropped **';
  expect(broken({ console: [...guest.console, dropped] })).toEqual([
    `nothing of the kernel's log was lost (a guest): ${dropped}`,
  ]);
});

describe('trouble that the kernel noted', () => {
  const tainted = (flags: number, ...splats: Splat[]) =>
    broken({ ...saying('log.taint', `${flags}`), splats });

  test('and nobody read breaks one', () => {
    // Modules of ours: 4096, out of tree.
    expect(tainted(4096 | 512)[0]).toMatch(/a WARNING; no such report among 0 in the log$/);
    expect(tainted(4096 | 512, warning)).toEqual([]);
    expect(broken(without('log.taint'))).toEqual([
      "the kernel's log tells of all trouble that the kernel noted (a guest): no taint flags",
    ]);
  });

  test.each([
    [5, splat('bug', 'BUG: KASAN: use-after-free in f+0x1/0x2')],
    [5, splat('bug', 'BUG: Bad page state in process agent  pfn:12345')],
    [5, splat('bug', 'BUG kmalloc-64 (Not tainted): Right Redzone overwritten')],
    [7, splat('oops', 'kernel BUG at mm/gup.c:11!')],
    [9, splat('bug', 'BUG: sleeping function called from invalid context at mm/gup.c:12')],
    [14, splat('bug', 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [agent:77]')],
  ])('as taint flag %i is told by a report of its kind alone (%j)', (bit, told) => {
    expect(tainted(1 << bit, told)).toEqual([]);
    expect(tainted(1 << bit, suspicious)).toHaveLength(1);
    if (bit !== 9) expect(tainted(1 << bit, warning)).toHaveLength(1);
  });
});

describe('WARNINGs that the kernel counted', () => {
  const counted = (count: number, ...splats: Splat[]) =>
    broken({ ...saying('log.warn-count', `${count}`), splats });

  test('are all in the log', () => {
    expect(counted(2, warning, warning)).toEqual([]);
    expect(counted(2, warning, suspicious)).toEqual([
      "the kernel's log has every WARNING that the kernel counted (a guest): 2 counted, 1 in the log",
    ]);
    expect(counted(1, splat('bug', 'UBSAN: shift-out-of-bounds in mm/gup.c:12:3'))).toEqual([]);
  });

  test('are not asked for where a kernel does not count', () => {
    expect(broken(without('log.warn-count'))).toEqual([]);
    const records = guest.records.filter(({ id }) => id !== 'log.warn-count');
    expect(broken({ records })).toHaveLength(1);
  });
});

describe('lockdep', () => {
  const stats = (on: number) =>
    saying('log.lockdep', ` lock-classes: 1200\n debug_locks:                             ${on}\n`);
  const off = 'lockdep watched to the end (a guest): off';

  test('that went off without a report of its own breaks one', () => {
    expect(broken(stats(1))).toEqual([]);
    expect(broken(stats(0))).toEqual([off]);
    expect(broken({ ...stats(0), splats: [warning, suspicious] })).toEqual([off]);
  });

  test.each([
    'WARNING: possible circular locking dependency detected',
    'WARNING: inconsistent lock state',
    '[ BUG: Invalid wait context ]',
    'BUG: MAX_LOCKDEP_CHAINS too low!',
    'BUG: KASAN: use-after-free in f+0x1/0x2',
    'WARNING: CPU: 0 PID: 1 at kernel/locking/lockdep.c:232 __lock_acquire+0x1/0x2',
  ])('goes off with "%s"', (words) => {
    expect(broken({ ...stats(0), splats: [splat('bug', words)] })).toEqual([]);
  });

  test('that a kernel was built with has to say how it fares', () => {
    const built = { debug: { on: ['DEBUG_VM', 'PROVE_LOCKING'] } };
    expect(broken(stats(1), built)).toEqual([]);
    expect(broken({}, built)).toEqual([
      'lockdep watched to the end (a guest): no /proc/lockdep_stats',
    ]);
    expect(broken({}, { debug: { on: ['DEBUG_VM'] } })).toEqual([]);
  });
});

describe('what warns only once', () => {
  const arms = guest.plan.flatMap(({ id }) => (id?.endsWith('.arm-warnings') ? [id] : []));

  test('can warn in each leg, or breaks one', () => {
    expect(arms.length).toBeGreaterThan(1);
    const refused = guest.records.map((record): AgentRecord =>
      record.id === arms[1] ? { ...record, ok: false, errno: 1, error: 'EPERM' } : record,
    );
    const name = 'what warns only once can warn in every leg (a guest)';
    expect(broken({ records: refused })).toEqual([`${name}: EPERM`]);
    expect(broken(without(arms[1]!))).toEqual([`${name}: ENOENT`]);
    const plan = guest.plan.filter(({ id }) => id === undefined || !arms.includes(id));
    expect(broken({ plan })).toEqual([`${name}: it was not written to`]);
  });

  test('is told where the kernel has no way to, and had warned', () => {
    const old = { ...guest, ...without(...arms) };
    expect(broken(old)).toEqual([]);
    expect(unarmedNote(old)).toEqual([]);
    expect(unarmedNote({ ...old, splats: [warning] })).toHaveLength(1);
    expect(unarmedNote({ ...guest, splats: [warning] })).toEqual([]);
  });

  test('needs nothing where each variant has a boot of its own', () => {
    const own = scriptedGuest({ checks: [pinRefusal], boot: 0, kernel: 'after' }, rightPatch);
    const records = own.records.filter(({ id }) => id?.endsWith('.arm-warnings') !== true);
    expect(broken({ ...own, records })).toEqual([]);
  });
});
