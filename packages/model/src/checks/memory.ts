import type { Backing } from '../backing.ts';
import type { AgentRecord } from '../record.ts';
import type { Assumption } from '../result.ts';
import { z } from 'zod';

const KiB = 1024;
export const MiB = 1024 * KiB;
export const PAGE = 4 * KiB;

/** Where memory is mapped for the device, in bytes: under edu's default DMA mask of 28 bits. */
export const IOVA = 16 * MiB;
/** Bytes that edu moves in one go: its buffer is 4 KiB, and QEMU 7.2 aborts on a transfer that fills it. */
export const EDU_PIECE = 2048;

/** The `parts=` of a buffer of that backing and length. */
export function bufferParts(backing: Backing, bytes: number): string {
  if (backing !== 'half-fsdax') return `${backing}:${bytes}`;
  return `anon:${bytes / 2},fsdax-ext4:${bytes / 2}`;
}

const partSchema = z.looseObject({
  backing: z.string(),
  len: z.number(),
  dax: z.boolean().nullable(),
  fstype: z.string().nullable(),
  /** Its first page lies in what /proc/iomem calls Persistent Memory. */
  persistent: z.boolean().nullable(),
  kernelPageSize: z.number(),
  anonHugePages: z.number(),
});
type Part = z.infer<typeof partSchema>;

// include/uapi/linux/magic.h
const EXT4_SUPER_MAGIC = 0xef53;
const XFS_SUPER_MAGIC = 0x58465342;

const rules: Record<
  string,
  { needed: string; holds: (part: Part) => boolean; seen: (part: Part) => string }
> = {
  thp: {
    needed: 'the whole range is transparent huge pages (smaps AnonHugePages)',
    holds: (part) => part.anonHugePages >= part.len,
    seen: (part) => `AnonHugePages ${part.anonHugePages / KiB} KiB of ${part.len / KiB} KiB`,
  },
  hugetlb: {
    needed: '2 MiB pages (smaps KernelPageSize)',
    holds: (part) => part.kernelPageSize === 2 * MiB,
    seen: (part) => `KernelPageSize ${part.kernelPageSize / KiB} KiB`,
  },
  'page-cache': fileRule(EXT4_SUPER_MAGIC, false, 'a file on ext4 without DAX, in RAM'),
  'fsdax-ext4': fileRule(EXT4_SUPER_MAGIC, true, 'a file on ext4, mapped from persistent memory'),
  'fsdax-xfs': fileRule(XFS_SUPER_MAGIC, true, 'a file on xfs, mapped from persistent memory'),
  'device-dax': {
    needed: 'persistent memory (/proc/iomem)',
    holds: (part) => part.persistent === true,
    seen: seenPlace,
  },
};

/**
 * That a mapping is DAX is proved by where its first page lies: without DAX it is a copy in RAM. Where statx tells as
 * well (STATX_ATTR_DAX, from 5.8 on), it has to agree.
 */
function fileRule(magic: number, dax: boolean, needed: string): (typeof rules)[string] {
  return {
    needed,
    holds: (part) => part.persistent === dax && part.dax !== !dax && Number(part.fstype) === magic,
    seen: (part) =>
      `file system ${part.fstype ?? 'none'}, ${seenPlace(part)}, DAX ${part.dax === null ? 'not told by statx' : part.dax ? 'on' : 'off'}`,
  };
}

function seenPlace({ persistent }: Part): string {
  if (persistent === null) return 'nobody knows where';
  return persistent ? 'in persistent memory' : 'in RAM';
}

/** Holds the record of a `buffer` operation against what its backing is to be: really DAX, really huge, and so on. */
export function bufferAssumptions(
  backing: string,
  where: string,
  record: AgentRecord | undefined,
): Assumption[] {
  const name = `${backing} is what it says (${where})`;
  if (record?.ok !== true) {
    return [
      { name, held: false, needed: 'the buffer can be made', observed: describeFailure(record) },
    ];
  }
  const parts = z.array(partSchema).safeParse(record['parts']);
  if (!parts.success)
    return [{ name, held: false, needed: 'an account of its parts', observed: 'none' }];
  return parts.data.flatMap((part) => {
    const rule = rules[part.backing];
    return rule
      ? [{ name, held: rule.holds(part), needed: rule.needed, observed: rule.seen(part) }]
      : [];
  });
}

/** A short-lived GUP works only on memory that has struct pages; without them a refusal would prove nothing. */
export function structPagesAssumption(
  backing: Backing,
  where: string,
  record: AgentRecord | undefined,
): Assumption {
  return {
    name: `${backing} has struct pages (${where})`,
    held: record?.ok === true,
    needed: 'a short-lived GUP (vmsplice) succeeds',
    observed: record?.ok === true ? 'it does' : describeFailure(record),
  };
}

/** What came back of an operation, in words. */
export function describeFailure(record: AgentRecord | undefined): string {
  if (!record) return 'no record';
  if (record.ok) return 'ok';
  return `${record.error ?? `errno ${record.errno ?? '?'}`}${record.at === undefined ? '' : ` from ${record.at}`}`;
}
