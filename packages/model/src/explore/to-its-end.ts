/** What work that pauses comes to, where nobody waits for it. */
export function toItsEnd<Value>(work: Generator<unknown, Value>): Value {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
