import { run } from '@pinbench/host';

/** What a program or library wants of the loader. */
export type Dynamic = { interpreter: string | undefined; needed: string[] };

/** Reads the output of `readelf -W -l -d`. A static program needs nothing. */
export function parseReadelf(output: string): Dynamic {
  const interpreter = /Requesting program interpreter: ([^\]]+)\]/.exec(output)?.[1];
  const needed = [...output.matchAll(/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/g)];
  return { interpreter, needed: needed.map((match) => match[1] ?? '') };
}

export async function readDynamic(file: string, signal: AbortSignal): Promise<Dynamic> {
  const { stdout } = await run('readelf', ['-W', '-l', '-d', file], { signal });
  return parseReadelf(stdout);
}
