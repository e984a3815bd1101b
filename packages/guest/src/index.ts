export { buildAgent } from './agent.ts';
export { makeInitramfs } from './initramfs.ts';
export { writePayload } from './payload.ts';
export { unpackSysroot, unpackTools } from './packages.ts';
export { setupModules, setupPlan } from './setup-plan.ts';
