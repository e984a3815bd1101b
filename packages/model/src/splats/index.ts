export { moduleFrames, spellFrame, type Frame } from './frames.ts';
export { judgeSplats } from './judge-splats.ts';
export { splatPolicySchema, type SplatPolicy } from './policy.ts';
