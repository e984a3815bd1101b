import { expect, test } from 'vitest';
import { recordStages, type StageEvent } from '../src/progress/record-stages.ts';
import { watchPlainly } from '../src/progress/watch-plain.ts';

test('stages become events for who watches, and a record for the result', async () => {
  const events: StageEvent['type'][] = [];
  const { progress, stages } = recordStages((event) => events.push(event.type));
  await progress.stage('build', (stage) => {
    stage.say('vfio');
    stage.cached();
    return Promise.resolve();
  });
  await expect(progress.stage('boot', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  progress.note('KVM does not work here');
  expect(events).toEqual(['start', 'detail', 'done', 'start', 'failed', 'note']);
  expect(stages).toMatchObject([{ title: 'build', cached: true }]);
});

test('a stage that another one stopped is not said to have failed', async () => {
  const events: StageEvent['type'][] = [];
  const { progress } = recordStages((event) => events.push(event.type));
  const error = new Error('no such patch');
  const failing = () => progress.stage('a stage', () => Promise.reject(error));
  await expect(failing()).rejects.toThrow(error);
  await expect(failing()).rejects.toThrow(error);
  expect(events).toEqual(['start', 'failed', 'start', 'stopped']);
});

test('a log has whole lines, and none for what was cached', () => {
  let log = '';
  const view = watchPlainly((text) => {
    log += text;
  });
  const build = { title: 'build', ms: 1234, cached: false, detail: undefined };
  view.watch({ type: 'start', title: 'build' });
  view.watch({ type: 'done', ...build });
  view.watch({ type: 'done', ...build, title: 'boot', cached: true });
  view.watch({ type: 'failed', title: 'run', ms: 500 });
  view.watch({ type: 'note', line: 'accelerator: tcg' });
  view.close();
  expect(log).toBe('[ ok ] build 1.2 s\n[fail] run 0.5 s\n       accelerator: tcg\n');
});
