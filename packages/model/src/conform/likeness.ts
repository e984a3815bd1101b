import type { Compared, Difference } from './compare.ts';

/** How a sequence goes wrong: by what differs, or by the guest's end. */
export type Finding =
  | { readonly difference: Difference }
  /** The guest ended in it, in this way. */
  | { readonly end: string };

/** Two sequences go wrong in the same way when the same thing differs, whatever the numbers of pages and addresses. */
export const likenessOf = (finding: Finding): string =>
  'end' in finding
    ? `ends: ${finding.end}`
    : [finding.difference.kind, finding.difference.expected, finding.difference.seen]
        .map((text) => text.replace(/-?\d+/g, 'n'))
        .join('|');

/** Whatever was expected of each, the kernel did the same. */
export const isSameAnswer = (a: Difference, b: Difference): boolean =>
  a.index === b.index && a.kind === b.kind && a.seen === b.seen;

/**
 * What each of the sequences of a guest came to, in their order: that it went wrong, that it did not, or nothing where
 * the guest did not come to it.
 * @param end how the guest ended, where it did not come to its end
 */
export function findingsOf(
  compared: readonly Compared[],
  end?: string,
): (Finding | 'right' | undefined)[] {
  const cut = compared.findIndex(({ cutOff }) => cutOff === true);
  const before = cut > 0 ? compared[cut - 1] : undefined;
  return compared.map(({ difference, cutOff }, index) => {
    if (difference !== undefined) return { difference };
    if (cutOff !== true) return 'right';
    // Where the sequence before it went wrong, that is what ended the guest.
    const isIts = index === cut && end !== undefined && before?.difference === undefined;
    return isIts ? { end } : undefined;
  });
}
