export * from './backing.ts';
export * from './record.ts';
export * from './result.ts';
export * from './verdict.ts';
