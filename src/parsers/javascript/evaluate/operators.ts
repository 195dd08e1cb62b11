import { primitive, type Value } from './value.js';

const NUMBERS: Record<string, (a: number, b: number) => number | boolean> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/** The result for two known numbers, or of comparing two known texts; or null. */
export function arithmetic(operator: string, a: Value, b: Value): Value | null {
  if (a.kind === 'text' && b.kind === 'text' && /^[<>]=?$/.test(operator) && a.holes.length + b.holes.length === 0) {
    const order = a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    return arithmetic(operator, primitive(order), primitive(0));
  }
  const compute = NUMBERS[operator];
  if (compute === undefined || a.kind !== 'primitive' || b.kind !== 'primitive') return null;
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return null;
  return primitive(compute(a.value, b.value));
}
