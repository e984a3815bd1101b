export { readSourceStatus, statusFiles, type SourceReader } from './read-source.ts';
export { folderReader, overlaidReader, readStatus, variantReaders } from './read-status.ts';
export { readVariants } from './read-variants.ts';
export { readBefore } from './read-before.ts';
