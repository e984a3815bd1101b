/** A bzImage's header and what it packs: Documentation/arch/x86/boot.rst. */
const header = {
  magic: 0x202,
  setupSectors: 0x1f1,
  version: 0x206,
  payloadOffset: 0x248,
  payloadLength: 0x24c,
};

/** The first boot protocol that says where the packed kernel is. */
const protocolWithPayload = 0x0208;

export type Packing = 'gzip' | 'xz' | 'zstd';

const magics: readonly (readonly [Packing, string])[] = [
  ['gzip', '1f8b'],
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
];

export type Packed = { packing: Packing; data: Buffer };

/** The kernel that a bzImage packs, still packed; undefined for any other file and any other packing. */
export function packedKernel(image: Buffer): Packed | undefined {
  if (image.length < 0x260 || image.toString('latin1', header.magic, header.magic + 4) !== 'HdrS') {
    return undefined;
  }
  if (image.readUInt16LE(header.version) < protocolWithPayload) return undefined;
  const setup = ((image[header.setupSectors] ?? 0) + 1) * 512;
  const start = setup + image.readUInt32LE(header.payloadOffset);
  const data = image.subarray(start, start + image.readUInt32LE(header.payloadLength));
  const packing = magics.find(([, magic]) => data.toString('hex', 0, 6).startsWith(magic))?.[0];
  // The kernel's makefile appends the unpacked size to every packing but gzip's, which ends with it anyhow.
  return packing && { packing, data: packing === 'gzip' ? data : data.subarray(0, -4) };
}

const noteSegment = 4;

/** The note by which an ELF kernel says where PVH enters it: XEN_ELFNOTE_PHYS32_ENTRY, xen/interface/elfnote.h. */
const pvhEntry = { owner: 'Xen\0', type: 18 };

/** True for a 64-bit ELF kernel that QEMU can enter without a boot loader. */
export function hasPvhEntry(elf: Buffer): boolean {
  if (elf.toString('latin1', 0, 4) !== '\x7fELF' || elf[4] !== 2) return false;
  const table = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const segments = Array.from({ length: elf.readUInt16LE(56) }, (_, index) => table + index * size);
  return segments
    .filter((at) => elf.readUInt32LE(at) === noteSegment)
    .some((at) => {
      const start = Number(elf.readBigUInt64LE(at + 8));
      return hasNote(elf.subarray(start, start + Number(elf.readBigUInt64LE(at + 32))));
    });
}

function hasNote(notes: Buffer): boolean {
  const aligned = (length: number): number => (length + 3) & ~3;
  for (let at = 0; at + 12 <= notes.length;) {
    const ownerLength = notes.readUInt32LE(at);
    const owner = notes.toString('latin1', at + 12, at + 12 + ownerLength);
    if (owner === pvhEntry.owner && notes.readUInt32LE(at + 8) === pvhEntry.type) return true;
    at += 12 + aligned(ownerLength) + aligned(notes.readUInt32LE(at + 4));
  }
  return false;
}
