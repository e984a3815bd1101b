export * from './backing.ts';
export type * from './checks/check.ts';
export {
  asksSequences,
  compareLeg,
  conformance,
  conformanceOf,
  rulesIn,
  type ComparedSequence,
  type ConformanceOptions,
  type SequenceCheck,
} from './checks/conformance/index.ts';
export {
  findingsIn,
  allFound,
  storyIn,
  type Found,
  type LegFindings,
} from './checks/conformance/findings.ts';
export {
  brokenOffIn,
  describeRounds,
  passOf,
  type RoundOutcome,
} from './checks/conformance/together.ts';
export { usualBurst } from './checks/conformance/usual.ts';
export { checks } from './checks/index.ts';
export * from './conform/index.ts';
export * from './disagreement.ts';
export * from './expect/index.ts';
export * from './guest.ts';
export * from './judge-run.ts';
export * from './job.ts';
export * from './kernel-version.ts';
export * from './matrix.ts';
export * from './mutants/index.ts';
export * from './plan.ts';
export * from './record.ts';
export * from './result.ts';
export * from './status.ts';
export type * from './subject.ts';
export * from './test-module.ts';
export * from './verdict.ts';
export * from './version-range.ts';
export type { Pinning, Protection } from './world/index.ts';
export * from './splats/index.ts';
export { legsDiffer } from './statistics.ts';
export * from './explain-model/index.ts';
export * from './explore/index.ts';
export {
  designOf as designNamed,
  designs,
  formatSequence,
  parseSequence,
  ruleIn,
  rulesOf,
  type DesignName,
} from './world/index.ts';
