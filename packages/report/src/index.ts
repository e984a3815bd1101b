export { renderJson, resultJsonSchema } from './json.ts';
export { renderJUnit } from './junit.ts';
export { renderKtap } from './ktap.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
export { verdictOf } from './verdict.ts';
export { writeReports } from './write.ts';
