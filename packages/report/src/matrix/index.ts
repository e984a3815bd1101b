export {
  matrixJsonSchema,
  renderMatrixJson,
  renderMatrixJUnit,
  renderMatrixKtap,
} from './render.ts';
export { renderMatrix } from './terminal.ts';
export { writeMatrixReports } from './write.ts';
