export { openArchive, type Archive } from './archive.ts';
export { closure, resolve, type Package, type Resolution } from './resolve.ts';
export { fetchPackages, unpackPackages } from './packages.ts';
export { parseStanzas, type Stanza } from './stanzas.ts';
