export { mutantsCommand } from './mutants-command.ts';
export type { MutantsOptions } from './request.ts';
