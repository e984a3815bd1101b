import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/splats/fingerprint.ts';
import { describeSubject, subjectOf } from '../../src/splats/subject.ts';

/** A report as the console has it, headline first unless it is named. */
const splat = (lines: readonly string[], headline = lines[0]!) => {
  const stamped = (line: string): string => `[    5.424204] ${line}`;
  return { kind: 'warning' as const, headline: stamped(headline), excerpt: lines.map(stamped) };
};
const described = (...lines: string[]): string => describeSubject(subjectOf(splat(lines)));

const stack = (...frames: string[]): string[] => [
  'Call Trace:',
  ' <TASK>',
  ...frames.map((frame) => ` ${frame}`),
  ' </TASK>',
];

describe('what a report is about', () => {
  test.each([
    [
      'WARNING: CPU: 0 PID: 1 at fs/dax.c:398 dax_disassociate_entry+0x87/0xb0',
      'WARNING in dax_disassociate_entry (fs/dax.c:398)',
    ],
    [
      'WARNING: kernel/sched/core.c:8511 at sched_init+0x20/0x410, CPU#0: swapper/0/0',
      'WARNING in sched_init (kernel/sched/core.c:8511)',
    ],
    [
      'WARNING: CPU: 0 PID: 1 at /var/cache/x/drivers/vfio/vfio_iommu_type1.c:577 vaddr_get_pfns.isra.0+0x1/0x2 [vfio_iommu_type1]',
      'WARNING in vaddr_get_pfns (drivers/vfio/vfio_iommu_type1.c:577)',
    ],
    [
      'BUG: KASAN: slab-out-of-bounds in vfio_unmap_unpin+0x12/0x34 [vfio_iommu_type1]',
      'KASAN: slab-out-of-bounds in vfio_unmap_unpin',
    ],
    ['BUG: KFENCE: use-after-free read in f+0x1/0x2', 'KFENCE: use-after-free read in f'],
    ['UBSAN: shift-out-of-bounds in mm/gup.c:12:3', 'UBSAN: shift-out-of-bounds (mm/gup.c:12)'],
    ['UBSAN: Undefined behaviour in mm/gup.c:12:3', 'UBSAN: Undefined behaviour (mm/gup.c:12)'],
    [
      'WARNING: possible circular locking dependency detected',
      'possible circular locking dependency',
    ],
    ['WARNING: possible recursive locking detected', 'possible recursive locking'],
    ['WARNING: inconsistent lock state', 'inconsistent lock state'],
    ['WARNING: suspicious RCU usage', 'suspicious RCU usage'],
    ['WARNING: bad unlock balance detected!', 'bad unlock balance'],
    ['WARNING: held lock freed!', 'held lock freed'],
    ['WARNING: lock held when returning to user space!', 'lock held when returning to user space'],
    ['[ BUG: Invalid wait context ]', 'Invalid wait context'],
    ['BUG: Bad page state in process agent  pfn:12345', 'Bad page state'],
    [
      'BUG: sleeping function called from invalid context at mm/gup.c:12',
      'sleeping function called from invalid context (mm/gup.c:12)',
    ],
    ['BUG: scheduling while atomic: agent/1/0x00000002', 'scheduling while atomic'],
    ['watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [agent:77]', 'soft lockup'],
    ['rcu: INFO: rcu_preempt self-detected stall on CPU', 'rcu_preempt self-detected stall'],
    ['INFO: task agent:1 blocked for more than 120 seconds.', 'hung task'],
    ['kernel BUG at mm/gup.c:11!', 'BUG() (mm/gup.c:11)'],
    [
      'BUG: kernel NULL pointer dereference, address: 0000000000000000',
      'kernel NULL pointer dereference',
    ],
    [
      'BUG: unable to handle kernel paging request at ffffea0000000034',
      'unable to handle kernel paging request',
    ],
    [
      'general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT',
      'general protection fault',
    ],
    ['general protection fault: 0000 [#1] SMP', 'general protection fault'],
    ['BUG kmalloc-64 (Not tainted): Right Redzone overwritten', 'slab: Right Redzone overwritten'],
    ['Kernel panic - not syncing: Fatal exception', 'Kernel panic - not syncing: Fatal exception'],
  ])('%s', (headline, subject) => {
    expect(described(headline)).toBe(subject);
  });

  test('is where the processor trapped, if the headline does not say', () => {
    expect(described('kernel BUG at mm/gup.c:11!', 'RIP: 0010:try_grab_page+0x1/0x2')).toBe(
      'BUG() in try_grab_page (mm/gup.c:11)',
    );
  });

  test('is who took the lock', () => {
    expect(
      described(
        'WARNING: possible recursive locking detected',
        'agent/1 is trying to acquire lock:',
        'ffff888004a1c0a0 (&mm->mmap_lock){++++}-{3:3}, at: vaddr_get_pfns+0x12/0x34 [vfio_iommu_type1]',
      ),
    ).toBe('possible recursive locking in vaddr_get_pfns');
  });

  test('is not who holds a lock, where it is not about locks', () => {
    expect(
      described(
        'BUG: sleeping function called from invalid context at mm/gup.c:12',
        '1 lock held by agent/1:',
        ' #0: ffff88800c64e888 (&iommu->lock#2){+.+.}-{3:3}, at: vfio_iommu_type1_ioctl+0x37e/0x46a0 [vfio_iommu_type1]',
        ...stack('vaddr_get_pfns+0x3c4/0xae0 [vfio_iommu_type1]'),
      ),
    ).toBe('sleeping function called from invalid context in vaddr_get_pfns (mm/gup.c:12)');
  });

  test('is the first in the stack that does more than to report or to wait', () => {
    const sleeping = 'BUG: sleeping function called from invalid context at mm/gup.c:12';
    const frames = ['dump_stack_lvl+0x1/0x2', '? nobody+0x1/0x2', '__might_resched.cold+0x1/0x2'];
    expect(described(sleeping, ...stack(...frames, 'pin_user_pages+0x1/0x2'))).toBe(
      'sleeping function called from invalid context in pin_user_pages (mm/gup.c:12)',
    );
    const hung = 'INFO: task agent:1 blocked for more than 120 seconds.';
    const waiting = ['__schedule+0x1/0x2', 'schedule+0x1/0x2', 'dax_break_mapping+0x1/0x2'];
    expect(described(hung, ...stack(...waiting))).toBe('hung task in dax_break_mapping');
    expect(
      described(
        'WARNING: CPU: 0 PID: 1 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2',
        ...stack('vfio_group_put+0x1/0x2 [vfio]'),
      ),
    ).toBe('WARNING in vfio_group_put (lib/refcount.c:28)');
  });
});

describe('a fingerprint', () => {
  const print = (...lines: string[]): string => fingerprintOf(subjectOf(splat(lines)));

  test('is the same on another line, processor and process, and for a split function', () => {
    expect(print('WARNING: CPU: 0 PID: 1 at fs/dax.c:398 f+0x87/0xb0')).toBe(
      print('WARNING: CPU: 3 PID: 77 at fs/dax.c:412 f.isra.0+0x12/0xc0 [dax]'),
    );
    expect(print('WARNING: CPU: 0 PID: 1 at fs/dax.c:398 f+0x87/0xb0')).toBe(
      print('WARNING: fs/dax.c:400 at f+0x87/0xb0, CPU#0: agent/1'),
    );
    expect(print('INFO: task agent:1 blocked for more than 120 seconds.')).toBe(
      print('INFO: task sleeper:109 blocked for more than 241 seconds.'),
    );
  });

  test('is another for another function, file or kind', () => {
    const prints = [
      print('WARNING: CPU: 0 PID: 1 at fs/dax.c:398 f+0x87/0xb0'),
      print('WARNING: CPU: 0 PID: 1 at fs/dax.c:398 g+0x87/0xb0'),
      print('WARNING: CPU: 0 PID: 1 at fs/inode.c:398 f+0x87/0xb0'),
      print('BUG: KASAN: use-after-free in f+0x87/0xb0'),
      print('BUG: KASAN: slab-out-of-bounds in f+0x87/0xb0'),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });
});
