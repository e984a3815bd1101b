import { describe, expect, test } from 'vitest';
import { diagnose, exitCodeOf, type Item } from '../../src/doctor/diagnose.ts';
import type { Findings } from '../../src/doctor/findings.ts';
import { renderDoctor } from '../../src/doctor/render-doctor.ts';

const GiB = 2 ** 30;
const qemu = {
  name: 'qemu-system-x86_64',
  package: 'qemu-system-x86',
  purpose: 'boots the kernels',
};
const cpio = { name: 'cpio', package: 'cpio', purpose: 'packs the initramfs' };

const healthy: Findings = {
  node: { version: '20.20.2', wanted: '20.19' },
  tools: [
    { ...qemu, place: '/usr/bin/qemu-system-x86_64', printed: 'QEMU emulator version 7.2.22' },
    { ...cpio, place: '/usr/bin/cpio', printed: 'cpio (GNU cpio) 2.13' },
  ],
  kvm: { state: 'opens' },
  apt: { mirrors: ['https://mirror.example/debian'], keyrings: ['/usr/share/keyrings/a.gpg'] },
  cache: { folder: '/home/u/.cache/pinbench', writable: true, bytes: 2 * GiB, freeBytes: 9 * GiB },
  memory: { totalBytes: 16 * GiB, availableBytes: 12 * GiB },
  cores: 4,
  leftovers: { processes: [], folders: [] },
};

const item = (findings: Findings, name: string): Item | undefined =>
  diagnose(findings).find((each) => each.item === name);

describe('the diagnosis', () => {
  test('of a healthy host is that runs will work', () => {
    const items = diagnose(healthy);
    expect(items.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(exitCodeOf(items)).toBe(0);
  });

  test('names the package of a tool that is missing, and fails', () => {
    const items = diagnose({ ...healthy, tools: [cpio] });
    expect(items).toContainEqual({
      item: 'cpio',
      state: 'missing',
      found: 'not found',
      meaning: 'packs the initramfs',
      remedy: 'apt-get install --no-install-recommends cpio',
    });
    expect(exitCodeOf(items)).toBe(2);
  });

  test('holds Node against what package.json asks for', () => {
    for (const [version, state] of [
      ['18.20.0', 'missing'],
      ['20.18.9', 'missing'],
      ['20.19.0', 'ok'],
      ['22.1.0', 'ok'],
    ] as const) {
      expect(item({ ...healthy, node: { version, wanted: '20.19' } }, 'node')?.state).toBe(state);
    }
  });

  test('an old QEMU is worth a word, no more', () => {
    const tool = { ...qemu, place: '/usr/bin/qemu', printed: 'QEMU emulator version 5.2.0' };
    const items = diagnose({ ...healthy, tools: [tool] });
    expect(items.find((each) => each.item === qemu.name)?.state).toBe('degraded');
    expect(exitCodeOf(items)).toBe(0);
  });

  test('KVM is never needed, and an openable device is no promise', () => {
    expect(item(healthy, 'kvm')?.meaning).toContain('only a guest that boots');
    for (const state of ['absent', 'refused'] as const) {
      const items = diagnose({ ...healthy, kvm: { state } });
      expect(items.find((each) => each.item === 'kvm')?.state).toBe('degraded');
      expect(exitCodeOf(items)).toBe(0);
    }
  });

  test('what an earlier run learnt of KVM is repeated with its reason', () => {
    const remembered = { kind: 'tcg', why: 'the guest gave no answer in 5 s' } as const;
    expect(item({ ...healthy, kvm: { state: 'opens', remembered } }, 'kvm')).toMatchObject({
      found: 'an earlier run chose tcg',
      meaning: 'the guest gave no answer in 5 s',
    });
  });

  test('without a mirror or a keyring no kernel can be had', () => {
    const items = diagnose({ ...healthy, apt: { mirrors: [], keyrings: [] } });
    expect(items.filter(({ state }) => state === 'missing').map(({ remedy }) => remedy)).toEqual([
      expect.stringContaining('PINBENCH_MIRROR'),
      expect.stringContaining('PINBENCH_KEYRING'),
    ]);
  });

  test('what the cache holds already need not fit once more', () => {
    const cache = { ...healthy.cache, freeBytes: 1.5 * GiB };
    expect(item({ ...healthy, cache }, 'disk')?.state).toBe('ok');
    expect(item({ ...healthy, cache: { ...cache, bytes: 0 } }, 'disk')).toMatchObject({
      state: 'missing',
      meaning: 'about 2.0 GiB more are needed',
    });
  });

  test('a cache that cannot be written to is missing', () => {
    const cache = { ...healthy.cache, writable: false };
    expect(item({ ...healthy, cache }, 'cache')).toMatchObject({
      state: 'missing',
      remedy: expect.stringContaining('PINBENCH_CACHE') as string,
    });
  });

  test('leftovers are named with the command that removes them', () => {
    const leftovers = { processes: [41, 42], folders: ['/tmp/pinbench-a'] };
    expect(item({ ...healthy, leftovers }, 'leftovers')).toMatchObject({
      state: 'degraded',
      remedy: 'kill 41 42; rm -r /tmp/pinbench-a',
    });
  });

  test('reads like this', () => {
    const kvm = { state: 'refused' } as const;
    const items = diagnose({ ...healthy, tools: [healthy.tools[0]!, cpio], kvm });
    expect(renderDoctor(items, { color: false })).toMatchInlineSnapshot(`
      "ok        node                20.20.2  (runs the bench)
      ok        qemu-system-x86_64  7.2.22  (boots the kernels)
      missing   cpio                not found
                                    packs the initramfs
                                    -> apt-get install --no-install-recommends cpio
      degraded  kvm                 /dev/kvm cannot be opened
                                    TCG does all the work; counted time needs nothing else, sampled time is slower and rougher
                                    -> add yourself to the group that owns /dev/kvm (kvm on Debian)
      ok        Debian mirror       https://mirror.example/debian  (kernels and what runs in the guest come from it)
      ok        Debian keyring      /usr/share/keyrings/a.gpg  (apt checks what it fetches against it)
      ok        cache               /home/u/.cache/pinbench, 2.0 GiB  (what is fetched, built and booted once is kept here)
      ok        disk                9.0 GiB free  (a first run on one of Debian's lines takes about 2.0 GiB)
      ok        memory              12.0 GiB of 16.0 GiB available  (enough for the guest and a compiler)
      ok        processors          4  (work runs side by side)
      ok        leftovers           none  (earlier runs left nothing behind)

      Runs will not work here: cpio.
      "
    `);
  });

  test('ends with what is less than well when runs will work', () => {
    const items = diagnose({ ...healthy, cores: 1 });
    expect(renderDoctor(items, { color: false })).toMatch(
      /\nRuns will work here; less than well: processors\.\n$/,
    );
  });
});
