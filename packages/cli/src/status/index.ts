export { statusCommand, type StatusOptions } from './status-command.ts';
