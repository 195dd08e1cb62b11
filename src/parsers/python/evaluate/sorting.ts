import type { Interpreter } from './interpreter.js';
import { apply } from './standard.js';
import { booleanOf, numberOf, stringOf, type CallValue, type Value } from './value.js';

/** `sorted(items, key=…, reverse=…)`; the order as it is where the keys are not known. */
export function sorted(items: readonly Value[], call: CallValue, interpreter: Interpreter): Value[] {
  const key = call.keywords.get('key')?.value;
  const keyed = items.map((item) => ({ item, key: key === undefined ? item : apply(key, [item], call, interpreter) }));
  const reverse = booleanOf(call.keywords.get('reverse')?.value) === true;
  if (keyed.some((one) => keyed.some((other) => compare(one.key, other.key) === null))) return [...items];
  keyed.sort((a, b) => (compare(a.key, b.key) ?? 0) * (reverse ? -1 : 1));
  return keyed.map(({ item }) => item);
}

/** Which of two values Python puts first; null when not known. */
function compare(a: Value, b: Value): number | null {
  if (a.type === 'sequence' && b.type === 'sequence') {
    for (const [index, item] of a.items.entries()) {
      const other = b.items[index];
      const order = other === undefined ? 1 : compare(item, other);
      if (order !== 0) return order;
    }
    return a.items.length - b.items.length;
  }
  const [left, right] = [stringOf(a), stringOf(b)];
  if (left !== null && right !== null) return left < right ? -1 : left > right ? 1 : 0;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x === null || y === null ? null : x - y;
}
