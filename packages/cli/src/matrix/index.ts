export { debianLines } from '@pinbench/kernel';
export { matrixCommand } from './matrix-command.ts';
export { isMatrix, type MatrixOptions } from './request.ts';
