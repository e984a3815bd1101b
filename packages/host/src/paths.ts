import path from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/** The cache's folder: PINBENCH_CACHE, else the user's cache directory (XDG_CACHE_HOME is honoured). */
export const cacheFolder = (): string =>
  path.resolve(process.env['PINBENCH_CACHE'] ?? envPaths('pinbench', { suffix: '' }).cache);

/** The root of this repository, where `qemu/` lies. */
export const repositoryRoot = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../..',
);
