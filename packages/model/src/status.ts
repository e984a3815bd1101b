import { z } from 'zod';
import type { Pinning } from './world/index.ts';

/** An upstream commit: its hash, the first release that has it and its subject line. */
const upstreamCommit = z.object({ hash: z.string(), version: z.string(), subject: z.string() });

/** A line of one source, what it means and which commit made it so. */
const citation = z.object({
  file: z.string(),
  line: z.number().int().min(1),
  code: z.string().describe('The line itself'),
  says: z.string(),
  commit: upstreamCommit.optional().describe('Upstream, that made it mean this'),
  form: upstreamCommit
    .optional()
    .describe('Upstream, a later one that gave the line the form it has here'),
  mended: upstreamCommit.optional().describe('Upstream, that mends what is wrong with it'),
});

/** How one way of reaching memory pins it. */
const pinPath = z.object({
  call: z.string().describe('What pins, e.g. get_user_pages_fast()'),
  fsdax: z.enum(['pinned', 'refused', 'unknown']),
  deviceDax: z.enum(['pinned', 'refused', 'unknown']),
  lock: z
    .enum(['held', 'missing', 'taken-inside', 'unknown'])
    .describe('The lock of the memory map, which every GUP needs and the fast one takes by itself'),
  unclear: z.string().optional().describe('What was met that is not understood'),
  citations: z.array(citation),
});

export const stands = ['exposed', 'prepared', 'refused', 'right', 'unknown'] as const;
export const faults = ['device-dax', 'lock', 'other-memory'] as const;

const prerequisite = z.object({
  name: z.string().describe('A function, a flag or a rule that the fix needs'),
  state: z.enum(['there', 'missing', 'unknown']),
  commit: upstreamCommit,
  citation: citation.optional(),
});

/** VFIO type1, where the patch belongs. */
const type1 = z.object({
  stand: z
    .enum(stands)
    .describe(
      'exposed: fs-dax pages are pinned; prepared: the same, but what the fix needs is there; refused: they are refused, with the faults named; right: with none',
    ),
  faults: z
    .array(z.enum(faults))
    .describe(
      'device-dax: refused as well; lock: a GUP without the lock it needs; other-memory: that of another process is pinned all the same',
    ),
  own: pinPath.describe('Memory of the process that asks'),
  other: pinPath.optional().describe('Memory of another process, where the kernel knows that'),
  prerequisites: z.array(prerequisite),
});

/** A container of sPAPR TCE (powerpc): v1 pins at each map, v2 at REGISTER_MEMORY. */
const spapr = z.object({
  stand: z.enum(['exposed', 'right', 'absent', 'unknown']),
  call: z.string().optional(),
  unclear: z.string().optional(),
  citations: z.array(citation),
});

/** Where one source stands on the family of fixes that keep VFIO from pinning filesystem-DAX pages. */
export const statusReportSchema = z.object({
  base: z.string().describe('What was asked for, e.g. debian:6.1'),
  version: z
    .string()
    .describe('Of the source: as its Makefile has it, or as the package is called'),
  commit: z.string().optional().describe("Of a tree's own history, what was read"),
  type1,
  spapr: z.object({ v1: spapr, v2: spapr }),
});

/** What `status` has to say of all bases that were named. */
export const statusResultSchema = z
  .object({
    schema: z.literal(1),
    bench: z.object({ version: z.string(), commit: z.string().optional() }),
    bases: z.array(statusReportSchema),
    unread: z
      .array(z.object({ base: z.string(), reason: z.string() }))
      .describe('Bases whose source could not be had'),
  })
  .meta({ title: 'pinbench status', id: 'pinbench-status' });

export type StatusResult = z.infer<typeof statusResultSchema>;
export type StatusReport = z.infer<typeof statusReportSchema>;
export type Type1Status = z.infer<typeof type1>;
export type SpaprStatus = z.infer<typeof spapr>;
export type PinPath = z.infer<typeof pinPath>;
export type Prerequisite = z.infer<typeof prerequisite>;
export type Citation = z.infer<typeof citation>;
export type UpstreamCommit = z.infer<typeof upstreamCommit>;
export type Stand = Type1Status['stand'];
export type Fault = Type1Status['faults'][number];

/** A commit as a changelog would name it: `94db151dc892 ("vfio: disable filesystem-dax page pinning", v4.16)`. */
export const sayCommit = ({ hash, version, subject }: UpstreamCommit): string =>
  `${hash} ("${subject}", ${version})`;

/** Whether all of a source that is asked about was understood; what was not is never guessed. */
export const isUnderstood = ({
  type1: { stand, own, other },
  spapr: { v1, v2 },
}: StatusReport): boolean =>
  [stand, own.fsdax, other?.fsdax, v1.stand, v2.stand].every((each) => each !== 'unknown');

/** How a source pins the memory of the process that asks; undefined where that was not understood. */
export function pinningInSource({ own }: Pick<Type1Status, 'own'>): Pinning | undefined {
  if (own.fsdax === 'unknown') return undefined;
  return own.fsdax === 'refused' ? 'longterm' : 'gup-fast';
}

const faultWords: Record<Fault, string> = {
  'device-dax': 'device-dax too',
  lock: 'GUP without the lock',
  'other-memory': "another process's memory pinned",
};

const standWords: Record<Stand, string> = {
  exposed: 'exposed',
  prepared: 'exposed, prerequisites there',
  refused: 'refused',
  right: 'right',
  unknown: 'not understood',
};

/** A stand with what is wrong with it: `refused, but device-dax too and GUP without the lock`. */
export function sayStand({
  stand,
  faults: found,
  prerequisites,
}: Pick<Type1Status, 'stand' | 'faults' | 'prerequisites'>): string {
  if (stand === 'prepared') {
    const missing = prerequisites.filter(({ state }) => state !== 'there');
    const hashes = missing.map(({ commit }) => commit.hash).join(' and ');
    return hashes === '' ? standWords.prepared : `${standWords.prepared} but for ${hashes}`;
  }
  const but = found.map((fault) => faultWords[fault]).join(' and ');
  return but === '' ? standWords[stand] : `${standWords[stand]}, but ${but}`;
}

const spaprWords: Record<SpaprStatus['stand'], string> = {
  exposed: 'exposed',
  right: 'right',
  absent: 'not there',
  unknown: 'not understood',
};

export const saySpapr = ({ stand }: Pick<SpaprStatus, 'stand'>): string => spaprWords[stand];
