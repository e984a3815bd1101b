/** Odd, and 2^32 over the golden ratio: spreads keys that lie side by side (Knuth, multiplicative hashing). */
const SPREAD = 0x9e3779b1;
const FIRST = 1 << 16;

/**
 * The worlds that were seen, in the order in which they were, each with the one that it came from. A world is a whole
 * number below 2^53. In typed arrays, as a million of them in a Set would be too slow and take too much room.
 */
export class StateTable {
  /** Of the next world to come. */
  size = 0;
  #keys = new Float64Array(FIRST);
  #parents = new Int32Array(FIRST);
  /** Open addressing, at most half full: the index of a world and one more, or 0. */
  #slots = new Int32Array(2 * FIRST);

  /** Adds a world unless it is there. @returns whether it is new */
  add(key: number, parent: number): boolean {
    const slot = this.#find(key);
    if (this.#slots[slot] !== 0) return false;
    if (this.size === this.#keys.length) {
      this.#grow();
      return this.add(key, parent);
    }
    this.#keys[this.size] = key;
    this.#parents[this.size] = parent;
    this.#slots[slot] = ++this.size;
    return true;
  }

  keyAt(index: number): number {
    return this.#keys[index] ?? NaN;
  }

  /** The worlds on the way to one, from the first on, itself the last. */
  pathTo(index: number): number[] {
    const path: number[] = [];
    for (let at = index; at !== -1; at = this.#parents[at] ?? -1) path.push(this.keyAt(at));
    return path.reverse();
  }

  /** The slot where a key is, or would be. */
  #find(key: number): number {
    const mask = this.#slots.length - 1;
    const high = Math.floor(key / 2 ** 32);
    let slot = (Math.imul(key | 0, SPREAD) ^ Math.imul(high ^ (key >>> 15), 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0 || this.#keys[taken - 1] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const parents = new Int32Array(keys.length);
    keys.set(this.#keys);
    parents.set(this.#parents);
    this.#keys = keys;
    this.#parents = parents;
    this.#slots = new Int32Array(2 * keys.length);
    for (let index = 0; index < this.size; index++) {
      this.#slots[this.#find(this.keyAt(index))] = index + 1;
    }
  }
}
