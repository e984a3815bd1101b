import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RequestError } from '@pinbench/host';
import { PatchRefused } from '@pinbench/kernel';
import type { Matrix, MatrixRow } from '@pinbench/model';
import { renderJson, writeMatrixReports } from '@pinbench/report';
import { readMatrixRequest } from '../../src/matrix/request.ts';
import { rowOfError, rowOfResult } from '../../src/matrix/row.ts';
import { readEarlier, takeOver } from '../../src/matrix/take-over.ts';
import { recorded } from './recorded.ts';

const asked = { bench: 'a', patches: 'b', options: 'c', base: 'd' };

describe('what a later matrix takes over', () => {
  let out: string;
  beforeEach(async () => {
    out = await mkdtemp(path.join(tmpdir(), 'pinbench-matrix-'));
  });
  afterEach(async () => {
    await rm(out, { recursive: true });
  });

  const result = recorded('passing');
  const row: MatrixRow = rowOfResult(result, { base: 'debian:6.1', asked }, '.');
  const matrixOf = (rows: MatrixRow[]): Matrix => ({
    schema: 1,
    bench: result.bench,
    command: 'npm run qemu:test -- matrix',
    startedAt: result.startedAt,
    elapsedMs: 1,
    outcome: 'waiting',
    exitCode: 2,
    rows,
  });
  const identified = () => {
    const [run] = readMatrixRequest({
      base: ['debian:6.1'],
      accel: 'auto',
      time: 'counted',
      out,
    }).runs;
    return { request: { ...run, out }, asked, groundOf: () => asked };
  };
  const layReport = (text = renderJson(result)) => writeFile(path.join(out, 'result.json'), text);

  test('is a row that came to an end on the same ground, with its reports beside it', async () => {
    await layReport();
    await writeMatrixReports(matrixOf([row]), out);
    const earlier = await readEarlier(out);
    expect(await takeOver(identified(), earlier)).toEqual({ row: { ...row, takenOver: true } });
  });

  test('is nothing that was stopped or that the bench spoilt', async () => {
    await layReport();
    for (const outcome of ['error', 'stopped', 'waiting'] as const) {
      expect(await takeOver(identified(), matrixOf([{ ...row, outcome }]))).toBeUndefined();
    }
  });

  test('is nothing on another ground, and says what changed', async () => {
    await layReport();
    const base = { ...identified(), asked: { ...asked, patches: 'x' } };
    expect(await takeOver(base, matrixOf([row]))).toEqual({ again: 'the patch is another' });
    const unknown = rowOfResult(result, { base: 'debian:6.1' }, '.');
    expect(await takeOver(identified(), matrixOf([unknown]))).toHaveProperty('again');
  });

  test('is nothing when its ground could not be found out now', async () => {
    await layReport();
    const { request, groundOf } = identified();
    expect(await takeOver({ request, groundOf }, matrixOf([row]))).toBeUndefined();
  });

  test('is nothing whose reports are gone or are those of another run', async () => {
    const again = { again: 'its reports are no longer there' };
    expect(await takeOver(identified(), matrixOf([row]))).toEqual(again);
    await layReport(renderJson({ ...result, startedAt: '2026-01-01T00:00:00.000Z' }));
    expect(await takeOver(identified(), matrixOf([row]))).toEqual(again);
  });

  test('is a row too whose patch was refused, which has no reports', async () => {
    const error = new PatchRefused({ outcome: 'already-applied' }, { name: 'x', base: 'y' });
    const refused = rowOfError(error, { base: 'debian:6.1', asked });
    expect(await takeOver(identified(), matrixOf([refused]))).toHaveProperty('row');
  });

  test('is nothing that was rejected for what may have passed', async () => {
    const error = new RequestError('the tree changed while it was read');
    const rejected = rowOfError(error, { base: 'debian:6.1', asked });
    expect(await takeOver(identified(), matrixOf([rejected]))).toBeUndefined();
  });

  test('is nothing of what is no matrix', async () => {
    expect(await readEarlier(out)).toBeUndefined();
    await writeFile(path.join(out, 'matrix.json'), '{"schema": 1, "rows": [');
    expect(await readEarlier(out)).toBeUndefined();
    await writeFile(path.join(out, 'matrix.json'), '{"schema": 2}');
    expect(await readEarlier(out)).toBeUndefined();
  });
});
