import { expect, test } from 'vitest';
import { checks, type AgentRecord, type Guest } from '../../src/index.ts';
import { logAssumptions } from '../../src/splats/log-assumptions.ts';
import { rightPatch, scriptedGuest } from '../scripted-kernel.ts';

const pinRefusal = checks.find(({ name }) => name === 'pin-refusal')!;
const guest = scriptedGuest({ checks: [pinRefusal], boot: 0 }, rightPatch);

const broken = (change: Partial<Guest>): string[] =>
  logAssumptions('a guest', { ...guest, ...change })
    .filter(({ held }) => !held)
    .map(({ name, observed }) => `${name}: ${observed}`);

const saying = (id: string, text: string): Partial<Guest> => ({
  records: guest.records.map((record): AgentRecord =>
    record.id === id ? { ...record, ok: true, text } : record,
  ),
});

const splats = [{ kind: 'bug' as const, headline: 'x', excerpt: ['x'] }];

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

test('trouble that the kernel noted and nobody read breaks one', () => {
  // Modules of ours: 4096, out of tree. A WARNING: 512.
  expect(broken(saying('log.taint', '4608'))[0]).toMatch(/a WARNING; 0 in the log$/);
  expect(broken({ ...saying('log.taint', '4608'), splats })).toEqual([]);
  expect(broken({ records: guest.records.filter(({ id }) => id !== 'log.taint') })).toHaveLength(1);
});

test('lockdep that went off without a word breaks one', () => {
  const stats = (on: number) =>
    ` lock-classes: 1200\n debug_locks:                             ${on}\n`;
  expect(broken(saying('log.lockdep', stats(1)))).toEqual([]);
  expect(broken(saying('log.lockdep', stats(0)))).toEqual([
    'lockdep watched to the end (a guest): off',
  ]);
  expect(broken({ ...saying('log.lockdep', stats(0)), splats })).toEqual([]);
});
