export type Stanza = Readonly<Record<string, string>>;

/**
 * Reads deb822 text (deb822(5)): stanzas of `Field: value` lines parted by blank lines, `#` comments left out.
 * Field names come back in lower case; a value that runs over several lines keeps its line breaks.
 */
export function parseStanzas(text: string): Stanza[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n(?:[ \t]*\n)+/)
    .map(parseStanza)
    .filter((stanza) => Object.keys(stanza).length > 0);
}

function parseStanza(text: string): Stanza {
  const fields = text.matchAll(/^([^\s:]+):[ \t]*(.*(?:\n[ \t].*)*)/gm);
  return Object.fromEntries(
    [...fields].map(([, name = '', value = '']) => [name.toLowerCase(), value.trimEnd()]),
  );
}
