import { Cache, cacheFolder, withScratch } from '@pinbench/host';
import { mutantsExitCode, outcomeOfMutants, type Mutants } from '@pinbench/model';
import { renderMutants, renderMutantsJson, writeMutantsReports } from '@pinbench/report';
import { progressView, recordStages } from '../progress/index.ts';
import { claimFolder } from '../run/claim-folder.ts';
import { shortPath } from '../run/request.ts';
import { writing } from '../run/run-to-reports.ts';
import { benchVersion } from '../version.ts';
import {
  commandFor,
  readMutantsRequest,
  type MutantsOptions,
  type MutantsRequest,
} from './request.ts';
import { runMutants } from './run-mutants.ts';

/**
 * Holds the checks against wrong versions of the patch, and against right ones.
 * @returns 0 if every mutant is caught by the check named for it, for the reason named, and no right version is.
 * @throws RequestError before anything is run; BenchError, or what the signal gives, where nothing came of it.
 */
export async function mutantsCommand(
  options: MutantsOptions,
  signal: AbortSignal,
): Promise<number> {
  const request = await readMutantsRequest(options);
  const { out, json } = request.run;
  await claimFolder(out);
  const view = progressView();
  try {
    const frame = await frameMutants(request);
    const { progress } = recordStages(view.watch);
    const tried = await withScratch((scratch) =>
      runMutants(
        { cache: new Cache(cacheFolder(), progress.note, signal), scratch, signal, progress },
        request,
      ),
    );
    const mutants = frame(tried);
    await writing(out, () => writeMutantsReports(mutants, out));
    view.close();
    process.stdout.write(
      json ? renderMutantsJson(mutants) : renderMutants(mutants, { folder: shortPath(out) }),
    );
    return mutantsExitCode(mutants.outcome);
  } finally {
    view.close();
  }
}

type Tried = Pick<Mutants, 'controls' | 'mutants' | 'base'>;

async function frameMutants(request: MutantsRequest): Promise<(tried: Tried) => Mutants> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const bench = await benchVersion();
  return ({ base, ...tried }) => ({
    ...{ schema: 1 as const, bench, startedAt },
    command: commandFor(request),
    elapsedMs: Math.round(performance.now() - started),
    base: { spec: base.spec, release: base.release, sourceVersion: base.sourceVersion },
    checks: namesOf(tried),
    ...tried,
    outcome: outcomeOfMutants(tried),
  });
}

/** Of the checks that were asked, and of what is judged beside them. */
const namesOf = ({ controls, mutants }: Pick<Mutants, 'controls' | 'mutants'>): string[] => [
  ...new Set([...controls, ...mutants].flatMap(({ checks }) => checks.map(({ name }) => name))),
];
