export { conformCommand } from './conform-command.ts';
export type { ConformOptions } from './request.ts';
