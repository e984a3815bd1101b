export { buildAgent } from './agent.ts';
export { makeInitramfs } from './initramfs.ts';
export { writePayload } from './payload.ts';
export { guestArchive, unpackSysroot, unpackTools } from './packages.ts';
export { setupModules } from './setup-modules.ts';
export { setupPlan } from './setup-plan.ts';
