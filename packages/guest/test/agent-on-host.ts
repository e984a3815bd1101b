import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryRun, type Finished } from '@pinbench/host';
import { parseRecord, type AgentRecord } from '@pinbench/model';
import { compileAgent } from '../src/agent.ts';

export type Run = { records: AgentRecord[]; finished: Finished };

/** The agent as a program of this host, which it leaves as it is: no power-off, no port, no module. */
export type AgentOnHost = {
  folder: string;
  /** Has it do what the plan says; the records lie in a file, or go where `channel` says. */
  run(plan: string, channel?: string): Promise<Run>;
  remove(): Promise<void>;
};

export async function compileForHost(): Promise<AgentOnHost> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pinbench-agent-'));
  const file = path.join(folder, 'agent');
  await compileAgent(file);
  let runs = 0;
  return {
    folder,
    run: async (plan, channel) => {
      runs += 1;
      const planFile = path.join(folder, `plan-${runs}`);
      const recordFile = path.join(folder, `records-${runs}`);
      await writeFile(planFile, plan);
      const finished = await tryRun(file, [planFile, channel ?? recordFile], { timeout: 10_000 });
      return { finished, records: channel === undefined ? await readRecords(recordFile) : [] };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function readRecords(file: string): Promise<AgentRecord[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const record = parseRecord(line);
    if (record === undefined) throw new Error(`not a record: ${line}`);
    return record;
  });
}
