export * from './machine.ts';
export { bootCold, type Bootable, type BootOptions } from './cold.ts';
export { keepMachine, takeUp, type Kept } from './kept.ts';
export type { BootEvent, PhaseTime } from './life.ts';
export type { End } from './boot-state.ts';
export { describeEnd, lastLines, type Outcome } from './outcome.ts';
export { phases, type Limits, type Phase } from './phases.ts';
export { qemuIdentity, type QemuIdentity } from './identity.ts';
export { probeAccelerator, recallAccelerator, type Accelerator } from './accelerator.ts';
