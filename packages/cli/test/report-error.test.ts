import { BenchError, InterruptedError, RequestError } from '@pinbench/host';
import { expect, test } from 'vitest';
import { describeError } from '../src/report-error.ts';

test('a wrong request is one line, its detail, a hint and 64', () => {
  const error = new RequestError('x.patch is empty', { hint: 'give a file', detail: ['line 1'] });
  expect(describeError(error)).toEqual({
    exitCode: 64,
    lines: ['pinbench: x.patch is empty', '  | line 1', '  hint: give a file'],
  });
});

test('trouble of the bench is 2', () => {
  expect(describeError(new BenchError('no space left')).exitCode).toBe(2);
});

test('an interruption outranks whatever it caused', () => {
  const controller = new AbortController();
  controller.abort(new InterruptedError('SIGTERM'));
  expect(describeError(new Error('stream closed'), controller.signal)).toEqual({
    exitCode: 143,
    lines: ['pinbench: stopped by SIGTERM'],
  });
});

test('an interruption of its own says what came of it', () => {
  const controller = new AbortController();
  controller.abort(new InterruptedError('SIGINT'));
  const error = new InterruptedError('SIGINT', 'before anything was found');
  expect(describeError(error, controller.signal)).toEqual({
    exitCode: 130,
    lines: ['pinbench: stopped by SIGINT before anything was found'],
  });
});

test('anything else is called what it is', () => {
  const { exitCode, lines } = describeError(new TypeError('x is undefined'));
  expect(exitCode).toBe(2);
  expect(lines[0]).toBe('pinbench: a defect in the bench itself:');
  expect(lines[1]).toContain('TypeError: x is undefined');
});
