import { kernelIn, versionRange, type CompatInResult } from '@pinbench/model';
import { z } from 'zod';
import { entriesIn } from '../entries.ts';
import type { SourceVersion } from './inputs.ts';
import { toolIn } from './tool-range.ts';

const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  versions: versionRange.describe('Kernels that need it'),
  unless: z
    .strictObject({ file: z.string(), contains: z.string() })
    .optional()
    .describe(
      'How a source shows that the cure is in it already: stable and vendor trees take them',
    ),
  tools: z
    .partialRecord(z.enum(['gcc', 'ld']), versionRange)
    .describe('Tools that make it necessary'),
  reason: z.string(),
  source: z.string().describe('Where it is mended: a commit and its version'),
  make: z.record(z.string(), z.string()).default({}).describe("Variables for make's command line"),
  modulesLoad: z.boolean().default(true).describe('False: modules built today do not load there'),
});

/** What kernels of some versions need from today's tools. */
export type Compat = z.infer<typeof entrySchema>;

/** Of the tools: the first lines of `--version`. */
export type Tools = { gcc: string; ld: string };

/** What qemu/compat keeps. */
export const { read: readCompat, parse: parseCompat } = entriesIn('qemu/compat', entrySchema);

/**
 * The entries that a source needs with these tools.
 * @param contains whether a file of the source holds a text
 */
export const compatFor = (
  entries: readonly Compat[],
  version: SourceVersion,
  tools: Tools,
  contains: (file: string, text: string) => boolean,
): Compat[] =>
  entries.filter(
    ({ versions, unless, tools: ranges }) =>
      kernelIn(version, versions) &&
      Object.entries(ranges).some(([tool, range]) => toolIn(tools[tool as keyof Tools], range)) &&
      !(unless && contains(unless.file, unless.contains)),
  );

export const compatInResult = ({ id, reason, source }: Compat): CompatInResult => ({
  id,
  reason,
  source,
});
