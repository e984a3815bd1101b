/** A path as git takes it in a file of lines, with whatever is in it (unquote_c_style(), quote.c). */
export const quote = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
