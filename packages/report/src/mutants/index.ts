export { mutantsJsonSchema, renderMutantsJson } from './json.ts';
export { renderMutantsMarkdown } from './markdown.ts';
export { renderMutants } from './terminal.ts';
export { writeMutantsReports } from './write.ts';
