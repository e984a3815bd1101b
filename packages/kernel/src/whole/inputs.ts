import type { Json } from '@pinbench/host';

/** What the top Makefile of a kernel says it is: VERSION, PATCHLEVEL, SUBLEVEL and EXTRAVERSION. */
export type SourceVersion = { major: number; minor: number; sublevel: number; extra: string };

/**
 * The whole, pristine source of a base. Nobody writes to it. `debug`: what is built of it checks itself as it runs
 * (qemu/config/optional/debug.config).
 */
export type KernelSource = {
  folder: string;
  key: Json;
  version: SourceVersion;
  debug?: boolean;
};

/**
 * What patches make of a source: the files they touch, in their final state. A touched path that is not in the folder
 * is deleted.
 */
export type Overlay = { folder: string; touched: readonly string[]; key: Json };
