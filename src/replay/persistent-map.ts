/**
 * A map that is never changed: `with` and `without` answer a new one that
 * shares everything but the path to the entry. Replaying thousands of
 * migrations keeps one version per operation, which copying would not survive.
 * Iteration order is stable but not the order of insertion.
 */

type Entry<V> = readonly [string, V];
/** Sparse: an index is absent, a branch of the next five bits, or a bucket of entries. */
interface Branch<V> {
  readonly slots: readonly (Branch<V> | readonly Entry<V>[] | undefined)[];
}

const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;
/** Buckets split once they hold more, until the hash is used up. */
const BUCKET = 4;
const DEEPEST = 25;

let lastKey = '';
let lastHash = 0x811c9dc5;

/** FNV-1a; a key is asked for, then replaced, so the last one is remembered. */
function hash(key: string): number {
  if (key === lastKey) return lastHash;
  let value = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    value = Math.imul(value ^ key.charCodeAt(index), 0x01000193);
  }
  lastKey = key;
  lastHash = value >>> 0;
  return lastHash;
}

type Slot<V> = Branch<V> | readonly Entry<V>[] | undefined;

function isBucket<V>(slot: Slot<V>): slot is readonly Entry<V>[] {
  return Array.isArray(slot);
}

function withEntry<V>(slot: Slot<V>, code: number, shift: number, entry: Entry<V>): Slot<V> {
  if (slot === undefined) return [entry];
  if (isBucket(slot)) {
    const position = slot.findIndex(([key]) => key === entry[0]);
    if (position >= 0) return slot.with(position, entry);
    if (slot.length < BUCKET || shift > DEEPEST) return [...slot, entry];
    let branch: Slot<V> = { slots: new Array<Slot<V>>(WIDTH).fill(undefined) };
    for (const old of [...slot, entry]) branch = withEntry(branch, hash(old[0]), shift, old);
    return branch;
  }
  const index = (code >>> shift) & MASK;
  return { slots: slot.slots.with(index, withEntry(slot.slots[index], code, shift + BITS, entry)) };
}

function withoutEntry<V>(slot: Slot<V>, code: number, shift: number, key: string): Slot<V> {
  if (slot === undefined) return undefined;
  if (isBucket(slot)) {
    const rest = slot.filter(([other]) => other !== key);
    return rest.length === 0 ? undefined : rest;
  }
  const index = (code >>> shift) & MASK;
  return { slots: slot.slots.with(index, withoutEntry(slot.slots[index], code, shift + BITS, key)) };
}

function* walk<V>(slot: Slot<V>): Generator<Entry<V>> {
  if (slot === undefined) return;
  if (isBucket(slot)) yield* slot;
  else for (const child of slot.slots) yield* walk(child);
}

export class PersistentMap<V> implements ReadonlyMap<string, V> {
  private constructor(
    private readonly root: Slot<V>,
    readonly size: number,
  ) {}

  /** The map itself when it already is one. */
  static from<V>(map: ReadonlyMap<string, V>): PersistentMap<V> {
    if (map instanceof PersistentMap) return map as PersistentMap<V>;
    let result = new PersistentMap<V>(undefined, 0);
    for (const [key, value] of map) result = result.with(key, value);
    return result;
  }

  with(key: string, value: V): PersistentMap<V> {
    const size = this.has(key) ? this.size : this.size + 1;
    return new PersistentMap(withEntry(this.root, hash(key), 0, [key, value]), size);
  }

  without(key: string): PersistentMap<V> {
    if (!this.has(key)) return this;
    return new PersistentMap(withoutEntry(this.root, hash(key), 0, key), this.size - 1);
  }

  private find(key: string): Entry<V> | undefined {
    const code = hash(key);
    let slot = this.root;
    for (let shift = 0; slot !== undefined && !isBucket(slot); shift += BITS) {
      slot = slot.slots[(code >>> shift) & MASK];
    }
    return slot?.find(([other]) => other === key);
  }

  get(key: string): V | undefined {
    return this.find(key)?.[1];
  }

  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  *entries(): MapIterator<[string, V]> {
    for (const [key, value] of walk(this.root)) yield [key, value];
  }

  *keys(): MapIterator<string> {
    for (const [key] of walk(this.root)) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of walk(this.root)) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }
}
