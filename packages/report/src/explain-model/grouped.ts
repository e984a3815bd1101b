/** What has the same key, together, in the order in which it first came. */
export function grouped<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): [key: string, group: [T, ...T[]]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known) known.push(item);
    else groups.set(key, [item]);
  }
  return [...groups];
}
