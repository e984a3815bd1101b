export { parseCatalogue, type Catalogue, type Mutant } from './catalogue.ts';
export { accusations, judgeControl, judgeMutant } from './judge.ts';
export * from './result.ts';
