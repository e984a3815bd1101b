import { cpus, release } from 'node:os';

/** What a KVM guest's processor depends on: the host's, and the kernel that lends it. */
export const hostProcessor = (): string =>
  `${cpus()[0]?.model.trim() ?? 'unknown processor'}, Linux ${release()}`;
