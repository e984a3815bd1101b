export { renderStatusJson, statusJsonSchema } from './json.ts';
export { renderStatus } from './terminal.ts';
