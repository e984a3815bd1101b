import { availableParallelism } from 'node:os';
import path from 'node:path';
import { BenchError, RequestError, type Context } from '@pinbench/host';
import {
  judgeControl,
  judgeMutant,
  judgeRun,
  type ControlRow,
  type Guest,
  type Mutant,
  type MutantRow,
  type Mutants,
} from '@pinbench/model';
import pLimit from 'p-limit';
import { allTogether } from '../run/together.ts';
import { writeEvidence } from '../run/write-evidence.ts';
import type { MutantsRequest } from './request.ts';
import { askSequences, type BySequences } from './by-sequences.ts';
import { patchOf } from './shipped-catalogue.ts';
import { apart, setStage, type Stage } from './stage.ts';

type Row = MutantRow | ControlRow;

/** What is tried: the patch, and what is made of what was seen. */
type Trial<R extends Row> = {
  id: string;
  patch?: string;
  judge: (judged: BySequences) => R;
  /** The row of one that could not be tried. */
  broken: (trouble: string[]) => R;
};

type Tried = Pick<Mutants, 'controls' | 'mutants' | 'base'>;

/**
 * Tries every mutant, and the right patches that they are held against: *before* lives once, each patch's *after* in
 * a guest of its own, as many at a time as there are processors.
 * @throws RequestError, BenchError where none could be tried; what the signal gives when it is aborted.
 */
export async function runMutants(context: Context, request: MutantsRequest): Promise<Tried> {
  const { run, catalogue, mutants } = request;
  const stage = await setStage(context, run);
  const controls = catalogue.controls.map((control): Trial<ControlRow> => ({
    id: control.id,
    ...(!control.shipped && { patch: patchOf(catalogue, control) }),
    judge: ({ story, ...judged }) => ({
      ...judgeControl(control, judged),
      ...(story && { story }),
    }),
    broken: (trouble) => ({ ...judgeControl(control, nothing), trouble }),
  }));
  const wrong = mutants.map((mutant): Trial<MutantRow> => ({
    id: mutant.id,
    patch: patchOf(catalogue, mutant),
    judge: ({ story, ...judged }) => ({
      ...judgeMutant(request.by === undefined ? mutant : meantFor(mutant), judged),
      ...(story && { story }),
      ...(request.by !== undefined && mutant.beyond !== undefined && { beyond: mutant.beyond }),
    }),
    broken: (trouble) => ({ ...judgeMutant(mutant, nothing), trouble }),
  }));
  const tried = await tryAll<Row>(context, request, stage, [...controls, ...wrong]);
  return {
    base: stage.base,
    controls: tried.slice(0, controls.length) as ControlRow[],
    mutants: tried.slice(controls.length) as MutantRow[],
  };
}

const nothing = { checks: [], verdict: 'error' } as const;

function tryAll<R extends Row>(
  context: Context,
  request: MutantsRequest,
  stage: Stage,
  trials: readonly Trial<R>[],
): Promise<R[]> {
  const limit = pLimit(availableParallelism());
  const { progress } = context;
  return progress.stage(`try ${trials.length} patches`, (stageOf) => {
    let done = 0;
    return allTogether(context, (own) => {
      const before =
        request.by === undefined ? limit(() => liveBefore(own, request, stage)) : undefined;
      const rows = trials.map((trial) =>
        limit(async () => {
          const row = await tryOne(own, request, stage, trial, before);
          stageOf.say(`${++done} of ${trials.length}`);
          progress.note(sayRow(row));
          return row;
        }),
      );
      // What goes wrong with before goes wrong with all: it is first to be waited for.
      return [before?.then(() => undefined) ?? Promise.resolve(undefined), ...rows];
    }).then((rows) => rows.slice(1) as R[]);
  });
}

/** *Before* is the same for every patch. */
async function liveBefore(context: Context, { run }: MutantsRequest, stage: Stage): Promise<Guest> {
  const own = await apart(context, 'before');
  const guest = await stage.live(own, 'before', await stage.build(own));
  await writeEvidence([guest], path.join(run.out, 'before'));
  return guest;
}

async function tryOne<R extends Row>(
  context: Context,
  { run }: MutantsRequest,
  stage: Stage,
  { id, patch, judge, broken }: Trial<R>,
  before: Promise<Guest> | undefined,
): Promise<R> {
  try {
    const own = await apart(context, id);
    const building = await stage.build(own, patch);
    if (before === undefined) {
      const out = path.join(run.out, id);
      return judge(await askSequences(own, stage, building, { run, patch, out }));
    }
    const after = await stage.live(own, 'after', building);
    await writeEvidence([after], path.join(run.out, id));
    const { subject, checkContext } = building;
    const { policies } = stage;
    const guests = [await before, after];
    return judge(
      judgeRun({ checks: run.checks, context: checkContext, guests, subject, policies }),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    // A mutant that does not build is pinbench's own fault, and one row of many.
    if (!(error instanceof BenchError || error instanceof RequestError)) throw error;
    return broken([error.message, ...error.detail]);
  }
}

/** By sequences alone, any difference will do. */
const meantFor = (mutant: Mutant): Mutant => ({ ...mutant, check: 'conformance', reason: /./ });

function sayRow({ id, outcome, by }: Row): string {
  const who = by === undefined ? '' : ` by ${by.check}: ${by.reason}`;
  return `${id}: ${outcome}${who}`;
}
