export type * from './case.ts';
export { caseCheck } from './case-check.ts';
