import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchError, repositoryRoot } from '@pinbench/host';
import { splatPolicySchema, type SplatPolicy } from '@pinbench/model';

const folder = path.join(repositoryRoot, 'qemu/splats');

/** Reads qemu/splats. @throws BenchError for an entry that is not as it should be. */
export async function readSplatPolicies(): Promise<SplatPolicy[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) =>
      parsePolicy(name, JSON.parse(await readFile(path.join(folder, name), 'utf8'))),
    ),
  );
}

export function parsePolicy(name: string, value: unknown): SplatPolicy {
  const parsed = splatPolicySchema.safeParse(value);
  if (parsed.success && `${parsed.data.id}.json` === name) return parsed.data;
  throw new BenchError(`qemu/splats/${name} is not as it should be`, {
    detail: parsed.success
      ? [`its id is ${parsed.data.id}`]
      : parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`),
  });
}
