export { openArchive, type Archive } from './archive.ts';
export { closure, resolve, type Package } from './resolve.ts';
export { fetchPackages, unpackPackages } from './packages.ts';
