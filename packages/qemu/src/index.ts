export * from './machine.ts';
export { bootCold, type Bootable, type BootOptions } from './cold.ts';
export { keepMachine, NotReadyError, takeUp, type Kept } from './kept.ts';
export { describeEnd, type Outcome } from './outcome.ts';
export { payloadSize } from './payload.ts';
export { qemuIdentity } from './identity.ts';
export { probeAccelerator, recallAccelerator, type Accelerator } from './accelerator.ts';
