import { digest, type Json } from '@pinbench/host';
import type { RowGround } from '@pinbench/model';
import type { RunRequest } from '../run/request.ts';

/** What a row of a matrix rests on. */
export type Ground = {
  request: RunRequest;
  /** Hashes of the diffs given by the user; those that pinbench ships belong to the bench. */
  patches: { underTest: readonly string[]; baseline: readonly string[] };
  /** Versions or content of the base's source. */
  base: Json;
  /** Version and content of the bench. */
  bench: Json;
};

/** Hashes of it, by which a later matrix tells whether the row still says what it said. Pure. */
export const hashGround = ({ request, patches, base, bench }: Ground): RowGround => ({
  bench: short(bench),
  patches: short(patches),
  options: short(optionsOf(request)),
  base: short({ spec: request.base, base }),
});

/** What is hashed apart, or says only where and how the report is to appear. */
const noOption = {
  base: null,
  patches: null,
  baseline: null,
  out: null,
  json: null,
  update: null,
};

/** Every option that bears on what a run finds; a new one is among them without being named here. */
const optionsOf = (request: RunRequest): Json => ({
  ...request,
  ...noOption,
  checks: request.checks.map(({ name }) => name),
});

const short = (value: Json): string => digest(value).slice(0, 16);
