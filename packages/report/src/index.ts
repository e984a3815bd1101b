export { renderJson, resultJsonSchema } from './json.ts';
export { renderJUnit } from './junit.ts';
export { renderKtap } from './ktap.ts';
export * from './matrix/index.ts';
export * from './mutants/index.ts';
export * from './status/index.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
export { verdictOf } from './verdict.ts';
export { reportNames, writeFiles, writeReports } from './write.ts';
