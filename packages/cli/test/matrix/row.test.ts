import { BenchError, RequestError } from '@pinbench/host';
import { PatchRefused } from '@pinbench/kernel';
import { describe, expect, test } from 'vitest';
import { rowOfError, rowOfResult, rowWithout } from '../../src/matrix/row.ts';
import { recorded } from './recorded.ts';

const frame = { base: 'debian:6.1', startedAt: '2026-03-02T10:11:12.000Z', elapsedMs: 5 };

describe('the row of a run', () => {
  test('says of a pass what was refused and what it costs', () => {
    const result = recorded('passing');
    expect(rowOfResult(result, frame, 'debian-6.1')).toMatchObject({
      outcome: 'pass',
      release: result.base?.release,
      applied: 'clean',
      strategy: 'module-swap',
      startedAt: result.startedAt,
      folder: 'debian-6.1',
      takenOver: false,
      checks: [
        { name: 'pin-refusal', refused: { before: [], after: ['fsdax-ext4'], asked: 2 } },
        {
          name: 'map-unmap-time',
          cost: {
            usual: result.checks[1]?.time?.rows[0]?.difference,
            dearest: result.checks[1]?.time?.cost,
          },
        },
      ],
    });
  });

  test('says of a failure why', () => {
    const row = rowOfResult(recorded('failing'), frame, 'debian-6.1');
    expect(row.outcome).toBe('fail');
    expect(row.checks[0]).toMatchObject({ verdict: 'fail' });
    expect(row.checks[0]?.reason).toContain('EFAULT');
    expect(row.explanation[0]).toContain('EFAULT');
  });

  test('that asked nothing is no pass, whatever it claims', () => {
    const result = { ...recorded('passing'), checks: [] };
    expect(rowOfResult(result, frame, 'x').outcome).toBe('invalid');
  });

  test('names the part of a series that fits least, and not the baseline', () => {
    const result = recorded('passing');
    const [baseline, underTest] = result.patches;
    const patches = [
      { ...baseline!, applied: 'with-fuzz' as const },
      { ...underTest!, applied: 'clean' as const },
      { ...underTest!, applied: 'with-offset' as const },
    ];
    expect(rowOfResult({ ...result, patches }, frame, 'x').applied).toBe('with-offset');
  });
});

describe('the row of a run without a result', () => {
  test('is rejected when the request was wrong for that base', () => {
    const error = new RequestError('x.patch does not apply', { detail: ['line 3'], hint: 'look' });
    expect(rowOfError(error, frame)).toEqual({
      ...frame,
      outcome: 'rejected',
      checks: [],
      explanation: ['x.patch does not apply', 'line 3'],
      hint: 'look',
      takenOver: false,
    });
  });

  test('says how far from applying a patch is', () => {
    const error = new PatchRefused({ outcome: 'already-applied' }, { name: 'x', base: 'y' });
    expect(rowOfError(error, frame)).toMatchObject({
      outcome: 'rejected',
      applied: 'already-applied',
    });
  });

  test('is an error when the bench was at fault, known or not', () => {
    expect(rowOfError(new BenchError('no space left'), frame).outcome).toBe('error');
    const defect = rowOfError(new TypeError('x is undefined'), frame);
    expect(defect.outcome).toBe('error');
    expect(defect.explanation.join('\n')).toContain('TypeError: x is undefined');
  });

  test('is what it is when it was stopped, or never began', () => {
    expect(rowWithout('stopped', frame)).toMatchObject({ outcome: 'stopped', checks: [] });
  });
});
