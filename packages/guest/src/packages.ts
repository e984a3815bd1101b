import {
  closure,
  openArchive,
  resolve,
  unpackPackages,
  type Archive,
  type Package,
} from '@pinbench/debian';
import type { Context } from '@pinbench/host';

/** Packages unpacked into one folder. */
export type Unpacked = { folder: string; packages: Package[] };

/**
 * Where what runs in the guest comes from, whatever its kernel: programs that know old and new ones alike, and one
 * thing less that differs from base to base.
 */
export const guestArchive = (context: Context, { update = false } = {}): Archive =>
  openArchive(context, 'bookworm', { update });

const tools = ['busybox-static', 'e2fsprogs', 'xfsprogs', 'ndctl'];
const sysroot = ['libc6-dev', 'linux-libc-dev', 'libcrypt-dev'];

/** The programs that run in the guest, with every library they need. */
export async function unpackTools(context: Context, archive: Archive): Promise<Unpacked> {
  const { packages } = await closure(context, archive, tools);
  return { packages, folder: await unpackPackages(context, archive, packages) };
}

/** The C library and kernel headers that the agent is built against. */
export async function unpackSysroot(context: Context, archive: Archive): Promise<Unpacked> {
  const { packages } = await resolve(context, archive, sysroot);
  return { packages, folder: await unpackPackages(context, archive, packages) };
}
