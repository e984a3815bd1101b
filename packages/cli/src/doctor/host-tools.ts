import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot, tryRun } from '@pinbench/host';

/** An entry of scripts/host-tools.json, which scripts/setup.mjs installs from. */
export type HostTool = {
  name: string;
  package: string;
  purpose: string;
  version?: string[];
  files?: string[];
};

/** A tool and where it was found, with what it says of its version. */
export type FoundTool = HostTool & { place?: string; printed?: string };

/** Looks for every tool that the bench uses. */
export async function findHostTools(signal?: AbortSignal): Promise<FoundTool[]> {
  const table = await readFile(path.join(repositoryRoot, 'scripts/host-tools.json'), 'utf8');
  return Promise.all((JSON.parse(table) as HostTool[]).map((tool) => findTool(tool, signal)));
}

async function findTool(tool: HostTool, signal?: AbortSignal): Promise<FoundTool> {
  const place = tool.files
    ? await firstWith(constants.F_OK, tool.files)
    : await firstWith(constants.X_OK, onPath(tool.name));
  if (place === undefined) return tool;
  if (tool.version === undefined) return { ...tool, place };
  const options = { timeout: 10_000, ...(signal && { signal }) };
  const answer = await tryRun(place, tool.version, options).catch(() => undefined);
  return { ...tool, place, printed: answer?.stdout.split('\n')[0]?.trim() ?? '' };
}

const onPath = (name: string): string[] =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name));

async function firstWith(mode: number, candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    try {
      await access(candidate, mode);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}
