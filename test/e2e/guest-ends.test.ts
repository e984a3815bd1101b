import { execa } from 'execa';
import { expect, test } from 'vitest';
import { contextForTest, doPlan } from './support/guest.ts';

test('a plan that is done is completed', async () => {
  const { end, records } = await doPlan('counters id=now\npower-off\n');
  expect(end.kind).toBe('completed');
  expect(records.find((record) => record.id === 'now')).toMatchObject({ op: 'counters', ok: true });
});

test('a panic is told with its own line', async () => {
  const { end, console } = await doPlan('write file=/proc/sysrq-trigger text=c\npower-off\n');
  expect(end).toMatchObject({ kind: 'panic', phase: 'plan' });
  expect(console.join('\n')).toContain('sysrq triggered crash');
});

test('a guest that goes on for ever is a hang, with its phase and limit', async () => {
  const { end } = await doPlan('exec argv=busybox dd if=/dev/zero of=/dev/null\npower-off\n', {
    limits: { plan: 4000 },
  });
  expect(end).toMatchObject({ kind: 'hang', phase: 'plan', limitMs: 4000 });
});

test('a guest that goes off without its closing record is lost, not done', async () => {
  const { end } = await doPlan('exec argv=busybox poweroff -f\npower-off\n');
  expect(end.kind).toBe('lost');
});

test('a dead QEMU is noticed at once', async () => {
  const context = contextForTest();
  let killedAt = 0;
  const { end } = await doPlan(
    'exec argv=busybox dd if=/dev/zero of=/dev/null\npower-off\n',
    {
      onEvent: (event) => {
        if (event.type !== 'phase' || event.phase !== 'plan') return;
        setTimeout(() => {
          killedAt = performance.now();
          void execa('pkill', ['-KILL', '-f', `qemu-system.*${context.scratch}`], {
            reject: false,
          });
        }, 500);
      },
    },
    context,
  );
  expect(end.kind).toBe('qemu-died');
  expect(performance.now() - killedAt).toBeLessThan(2000);
});

test('a plan the agent does not understand is refused as a whole', async () => {
  const { records } = await doPlan('counters id=first\nfly to=moon\npower-off\n');
  expect(records.find((record) => record.op === 'plan-error')).toMatchObject({ line: 2 });
  expect(records.find((record) => record.id === 'first')).toBeUndefined();
});
