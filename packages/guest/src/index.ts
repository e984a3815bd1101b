export { buildAgent, type Agent } from './agent.ts';
export { makeInitramfs, type Initramfs, type InitramfsContents } from './initramfs.ts';
export { writePayload, type Payload } from './payload.ts';
export { unpackSysroot, unpackTools, type Unpacked } from './packages.ts';
export { setupModules, setupPlan } from './setup-plan.ts';
