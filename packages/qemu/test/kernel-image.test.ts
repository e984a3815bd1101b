import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hasPvhEntry, packedKernel } from '../src/kernel-image.ts';

/** A bzImage of one setup sector, with `payload` a little way into what follows. */
function bzImage(payload: Buffer, version = 0x020f): Buffer {
  const offset = 64;
  const image = Buffer.alloc(1024 + offset + payload.length);
  image[0x1f1] = 1;
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(version, 0x206);
  image.writeUInt32LE(offset, 0x248);
  image.writeUInt32LE(payload.length, 0x24c);
  payload.copy(image, 1024 + offset);
  return image;
}

/** An ELF file with one segment of notes, of the given owners and types. */
function elfWithNotes(...notes: [owner: string, type: number][]): Buffer {
  const encoded = notes.map(([owner, type]) => {
    const note = Buffer.alloc(12 + 8 + 4);
    note.writeUInt32LE(owner.length + 1, 0);
    note.writeUInt32LE(4, 4);
    note.writeUInt32LE(type, 8);
    note.write(owner, 12, 'latin1');
    return owner.length + 1 <= 4 ? Buffer.concat([note.subarray(0, 16), note.subarray(20)]) : note;
  });
  const segment = Buffer.concat(encoded);
  const header = Buffer.alloc(64 + 56);
  header.write('\x7fELF\x02', 0, 'latin1');
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(4, 64);
  header.writeBigUInt64LE(BigInt(header.length), 64 + 8);
  header.writeBigUInt64LE(BigInt(segment.length), 64 + 32);
  return Buffer.concat([header, segment]);
}

describe('the kernel packed in an image', () => {
  test('gzip, to its last byte', () => {
    const packed = gzipSync('a kernel');
    expect(packedKernel(bzImage(packed))).toEqual({ packing: 'gzip', data: packed });
  });

  test('xz, without the size that stands behind it', () => {
    const stream = Buffer.from('fd377a585a000102', 'hex');
    const payload = Buffer.concat([stream, Buffer.from('00001000', 'hex')]);
    expect(packedKernel(bzImage(payload))).toEqual({ packing: 'xz', data: stream });
  });

  test('none in another packing, an old protocol, another file', () => {
    expect(packedKernel(bzImage(Buffer.from('02214c1800', 'hex')))).toBeUndefined();
    expect(packedKernel(bzImage(gzipSync('a kernel'), 0x0207))).toBeUndefined();
    expect(packedKernel(Buffer.from('#!/bin/sh\n'))).toBeUndefined();
  });
});

describe('an ELF kernel that QEMU can enter', () => {
  test('names its PVH entry, wherever among its notes', () => {
    expect(hasPvhEntry(elfWithNotes(['Xen', 18]))).toBe(true);
    expect(hasPvhEntry(elfWithNotes(['Linux', 1], ['Xen', 6], ['Xen', 18]))).toBe(true);
  });

  test('is no other', () => {
    expect(hasPvhEntry(elfWithNotes(['Xen', 6]))).toBe(false);
    expect(hasPvhEntry(elfWithNotes(['GNU', 18]))).toBe(false);
    expect(hasPvhEntry(elfWithNotes())).toBe(false);
    expect(hasPvhEntry(Buffer.from('not an ELF file'))).toBe(false);
  });
});
