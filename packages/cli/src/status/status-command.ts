import { Cache, cacheFolder, withScratch } from '@pinbench/host';
import { renderStatus, renderStatusJson } from '@pinbench/report';
import { progressView, recordStages } from '../progress/index.ts';
import { describeError } from '../report-error.ts';
import { baseOptions } from '../run/request.ts';
import { benchVersion } from '../version.ts';
import { exitCodeOf } from './exit-code.ts';
import { readBases, type Unread } from './read-bases.ts';

export type StatusOptions = { json?: true; update?: true; dirty?: true };

/**
 * Reads where each base stands and prints it. A base that cannot be read does not keep the others from being shown.
 * @returns the exit code of the worst base.
 * @throws what the signal gives when it is aborted.
 */
export async function statusCommand(
  bases: readonly string[],
  options: StatusOptions,
  signal: AbortSignal,
): Promise<number> {
  const view = progressView();
  const { progress } = recordStages(view.watch);
  const how = baseOptions({ update: options.update ?? false, dirty: options.dirty ?? false });
  try {
    const { reports, unread } = await withScratch((scratch) => {
      const cache = new Cache(cacheFolder(), progress.note, signal);
      return readBases({ cache, scratch, signal, progress }, [...new Set(bases)], how);
    });
    const result = {
      schema: 1 as const,
      bench: await benchVersion(),
      bases: reports,
      unread: unread.map(({ base, error }) => ({ base, reason: error.message })),
    };
    view.close();
    process.stdout.write(options.json === true ? renderStatusJson(result) : renderStatus(result));
    for (const each of unread) process.stderr.write(complaint(each));
    return exitCodeOf(
      reports,
      unread.map(({ error }) => error.exitCode),
    );
  } finally {
    view.close();
  }
}

const complaint = ({ error }: Unread): string => `${describeError(error).lines.join('\n')}\n`;
