import type { CompatInResult, DebugInResult } from '@pinbench/model';
import type { KernelImage } from '../image.ts';

/** A kernel made from source, with its modules, laid out as Debian's packages lay theirs. */
export type BuiltKernel = {
  image: KernelImage;
  /** uname -r */
  release: string;
  /** Of vmlinux, as the guest's /sys/kernel/notes shows it. */
  buildId: string;
  /** Equal for two kernels whose code and data, modules included, do the same. */
  code: string;
  compiler: string;
  compat: CompatInResult[];
  configSha256: string;
  /** Of a kernel that was to check itself. */
  debug?: DebugInResult;
  /** vfio is made of modules, which this kernel can load; else it is part of the kernel. */
  vfioAsModules: boolean;
  build: BuildTime;
};

/**
 * `ms`: what make took when the kernel was made, however long ago. `incremental`: in a folder that was built before.
 * `wholeMs`: what the first build in that folder took, where that is known.
 */
export type BuildTime = { ms: number; incremental: boolean; wholeMs?: number; cached: boolean };
