import { z } from 'zod';
import { backings } from './backing.ts';
import { reportFrame } from './report-frame.ts';
import { verdicts } from './verdict.ts';

const verdict = z.enum(verdicts);

const packageVersion = z.object({ name: z.string(), version: z.string() });

const tree = z
  .object({
    kind: z.enum(['git', 'folder', 'tarball']),
    path: z.string(),
    commit: z.string().optional(),
    subject: z.string().optional().describe("First line of the commit's message"),
    dirty: z.boolean().describe('Uncommitted changes were taken along'),
    uncommitted: z
      .number()
      .optional()
      .describe(
        'Files with uncommitted changes: taken along if dirty, else left out. Only for what is checked out',
      ),
    leftOut: z
      .number()
      .optional()
      .describe('Files of a plain folder that a build had left there, and that were left out'),
  })
  .describe("A tree of the user's, as it was found");

const base = z
  .object({
    spec: z.string().describe('What was asked for, e.g. debian:6.1'),
    release: z.string().describe('uname -r of the kernel that was booted'),
    sourceVersion: z.string(),
    packages: z.array(packageVersion).describe('Every package whose files were built or booted'),
    resolvedAt: z.iso.datetime().describe('When these versions were chosen; kept until --update'),
    tree: tree.optional(),
  })
  .describe('The kernel that the patch is held against');

const hunk = z.object({
  file: z.string(),
  number: z.number().describe('Of the hunk in its file, from 1'),
  header: z.string().describe('As the patch has it: @@ -7,7 +7,7 @@ function'),
  offset: z.number().describe('Lines further down than the patch says; up, where negative'),
  fuzz: z
    .number()
    .describe('Lines of context, at the top or the bottom, that do not fit and were passed over'),
});

const patch = z.object({
  file: z.string(),
  role: z.enum(['baseline', 'under-test']),
  subject: z.string(),
  author: z.string().optional(),
  series: z
    .object({ version: z.number(), at: z.number(), of: z.number() })
    .optional()
    .describe("From the mail's tag: [PATCH v3 2/5]"),
  upstream: z.string().optional().describe('The mainline commit that a backport says it is of'),
  trailers: z
    .array(z.object({ key: z.string(), value: z.string() }))
    .optional()
    .describe('Fixes, Cc, Reported-by and the like, as the message ends with them'),
  sha256: z.string().describe('Of the diff'),
  touches: z.array(z.string()),
  applied: z.enum(['clean', 'with-offset', 'with-fuzz']),
  hunks: z.array(hunk).optional().describe('Those that do not fit exactly where the patch says'),
});

const builtModule = z.object({ name: z.string(), buildId: z.string(), sha256: z.string() });

const compat = z
  .object({ id: z.string(), reason: z.string(), source: z.string() })
  .describe("What an old source needed from today's compiler and linker");

const debug = z
  .object({
    on: z.array(z.string()).describe('Options of its configuration that make it check itself'),
    lacking: z
      .array(z.object({ option: z.string(), why: z.string() }))
      .describe('Options of that kind that it was built without'),
  })
  .describe('How far the kernels check themselves as they run (--debug-kernel)');

const builtKernel = z
  .object({
    variant: z
      .enum(['both', 'before', 'after'])
      .describe('Whose kernel it is; `both` with module swap'),
    release: z.string(),
    buildId: z.string().describe('Of vmlinux, as /sys/kernel/notes has it'),
    ms: z.number().describe('What building it took, when it was built'),
    incremental: z
      .boolean()
      .describe('Built where another variant of the same source had been built'),
    wholeMs: z
      .number()
      .optional()
      .describe('What the first build of this source took, to hold an incremental one against'),
    cached: z.boolean().describe('It was there already'),
  })
  .describe('A kernel that pinbench built');

const build = z.object({
  strategy: z.enum(['module-swap', 'two-kernels']),
  why: z.string(),
  compiler: z.string(),
  configSha256: z.string(),
  config: z
    .enum(['debian', 'minimal'])
    .optional()
    .describe("Whose configuration the kernel has: Debian's, or pinbench's own (qemu/config)"),
  kernels: z.array(builtKernel).optional().describe('Kernels that pinbench built'),
  compat: z
    .array(compat)
    .optional()
    .describe('Own builds only: what was done to make this source build and boot'),
  debug: debug.optional(),
  modules: z.object({ before: z.array(builtModule), after: z.array(builtModule) }),
  differ: z
    .array(z.string())
    .describe('What has other code after than before: modules by name, or the kernel'),
});

const machine = z.object({
  qemu: z.string(),
  accelerator: z.object({ kind: z.enum(['kvm', 'tcg']), why: z.string() }),
  cpu: z.string(),
  memoryMiB: z.number(),
  iommu: z.string(),
  boot: z.enum(['warm', 'cold']),
  commandLine: z
    .array(z.string())
    .describe('The QEMU command of the first guest, as it was run; its scratch files are gone'),
});

/** What one variant did with one backing. */
const cell = z.object({
  outcome: z.enum(['maps', 'refused', 'unknown']),
  errno: z.string().optional(),
  expected: z.string(),
  verdict,
  detail: z.string().optional().describe('Why it is not a pass'),
});

const refusalRow = z.object({ backing: z.enum(backings), before: cell, after: cell, verdict });

/** What one variant did in one case of a check. */
const caseCell = z.object({
  saw: z.string(),
  expected: z.string(),
  why: z.string().describe('The rule behind what is expected, with its commit'),
  verdict,
  detail: z.string().optional().describe('Why it is not a pass'),
  evidence: z.array(z.string()).optional().describe('Lines to be read: bytes, a function'),
});

const caseRow = z.object({ name: z.string(), before: caseCell, after: caseCell, verdict });

const timeRow = z.object({
  backing: z.enum(backings),
  shape: z.string().describe('e.g. "map 4 KiB x 512", "unmap all 512", "map 2 MiB"'),
  bytes: z.number(),
  calls: z.number(),
  base: z
    .number()
    .describe(
      'Nanoseconds before the patch, the mean of the legs (counted) or the median (sampled)',
    ),
  test: z.number().describe('Nanoseconds after the patch'),
  difference: z.number().describe('Percent: (test - base) / base'),
  spread: z
    .number()
    .describe("Percent: the larger of the two variants' (max - min) / median over their legs"),
  overlap: z
    .boolean()
    .describe(
      'No difference seen. Counted: the ranges overlap, or the difference is within the spread, or the spread is over 20%. Sampled: the interval holds 0',
    ),
  interval: z
    .tuple([z.number(), z.number()])
    .optional()
    .describe('Sampled only: 95% confidence interval of the difference, percent'),
  system: z.object({ base: z.number(), test: z.number() }).optional(),
  user: z.object({ base: z.number(), test: z.number() }).optional(),
});

/** A sequence of operations as the model and a kernel have it, one after the other. */
export const storySchema = z.object({
  title: z.string().describe('Whose it is and where it comes from'),
  variant: z.enum(['before', 'after']),
  steps: z.array(
    z.object({
      operation: z.string().describe('As it stands in a file of a sequence'),
      expected: z
        .string()
        .describe('What the model says comes of it; nothing where it was not asked'),
      seen: z.string().optional().describe('What came of it; missing where it was not come to'),
      why: z.string().optional().describe('The rule behind what is expected'),
      differs: z.boolean(),
      harm: z.string().optional().describe('What harm is done by it'),
      notAsked: z.string().optional().describe('Why it was left out of what was asked'),
    }),
  ),
  shrunk: z
    .object({
      from: z.number().describe('Operations of the sequence that was found to differ'),
      tried: z.number().describe('Simpler sequences that were run'),
      rounds: z.number().describe('How often guests were taken up for that'),
      least: z.boolean().describe('Nothing simpler differs; false where time ran out'),
      confirmed: z.boolean().describe('It differs alone in a guest as well'),
    })
    .optional(),
  file: z.string().optional().describe('Where it lies, as a file of a sequence'),
  command: z.string().optional().describe('What runs it again'),
});

const check = z.object({
  name: z.string(),
  title: z.string(),
  verdict,
  reason: z.string().optional().describe('One sentence: why it is not a pass'),
  rows: z.array(refusalRow).optional(),
  cases: z.array(caseRow).optional().describe('The questions of a check that asks several'),
  says: z.array(z.string()).optional().describe('What a pass shows, in sentences to be quoted'),
  accounted: z
    .array(z.string())
    .optional()
    .describe('What this kernel can say it left none of behind, e.g. locked memory, pin'),
  time: z
    .object({
      clock: z.enum(['counted', 'sampled']),
      unit: z.string(),
      legs: z
        .string()
        .describe(
          'The order in which the variants ran: ABBA in one boot; AA BB where each has its own kernel',
        ),
      boots: z.number(),
      rows: z.array(timeRow),
      reported: z.string().describe('What the review of the patch reported, for comparison'),
      maxCost: z.number().optional(),
      cost: z.number().optional().describe('The figure held against maxCost, percent'),
    })
    .optional(),
  stories: z
    .array(storySchema)
    .optional()
    .describe('Sequences that are told operation by operation'),
  notes: z.array(z.string()),
});

const assumption = z.object({
  name: z.string(),
  held: z.boolean(),
  needed: z.string(),
  observed: z.string(),
  patched: z
    .boolean()
    .optional()
    .describe('It held before the patched modules ran: that it no longer does is their doing'),
});

const splat = z.object({
  kind: z.enum(['panic', 'oops', 'bug', 'warning']),
  headline: z.string().describe('The line of the console that names what went wrong'),
  excerpt: z.array(z.string()),
  lines: z
    .record(z.string(), z.string())
    .optional()
    .describe('File and line of places in the modules under test, by function+0xoffset [module]'),
});

/** Everything one run has to say. Renderers read this and nothing else. */
export const resultSchema = z
  .object({
    ...reportFrame,
    verdict,
    explanation: z
      .array(z.string())
      .describe('The shortest true account of the verdict, a sentence or two each'),
    base: base.optional(),
    patches: z.array(patch),
    build: build.optional(),
    machine: machine.optional(),
    assumptions: z.array(assumption),
    checks: z.array(check),
    splats: z.array(splat),
    console: z.array(z.string()).describe('The last console lines, only where the boot went wrong'),
    elapsedMs: z
      .number()
      .optional()
      .describe('From the start to the verdict; stages may run side by side'),
    stages: z.array(z.object({ title: z.string(), ms: z.number(), cached: z.boolean() })),
  })
  .meta({ title: 'pinbench result', id: 'pinbench-result' });

export type Result = z.infer<typeof resultSchema>;
export type CheckResult = Result['checks'][number];
export type RefusalRow = z.infer<typeof refusalRow>;
export type RefusalCell = z.infer<typeof cell>;
export type CaseRow = z.infer<typeof caseRow>;
export type CaseCell = z.infer<typeof caseCell>;
export type Story = z.infer<typeof storySchema>;
export type TimeRow = z.infer<typeof timeRow>;
export type Assumption = z.infer<typeof assumption>;
export type Splat = z.infer<typeof splat>;
export type PatchInResult = z.infer<typeof patch>;
export type HunkInResult = z.infer<typeof hunk>;
export type BuiltModuleInResult = z.infer<typeof builtModule>;
export type BaseInResult = z.infer<typeof base>;
export type TreeInResult = z.infer<typeof tree>;
export type CompatInResult = z.infer<typeof compat>;
export type DebugInResult = z.infer<typeof debug>;
export type BuildInResult = z.infer<typeof build>;
export type BuiltKernelInResult = z.infer<typeof builtKernel>;
export type Strategy = BuildInResult['strategy'];
export type MachineInResult = z.infer<typeof machine>;
/** The two kernels that are held against each other. */
export type Variant = 'before' | 'after';
