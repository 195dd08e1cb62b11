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

/** The result for two known numbers, or null. */
export function arithmetic(operator: string, a: Value, b: Value): Value | null {
  const compute = NUMBERS[operator];
  if (compute === undefined || a.kind !== 'primitive' || b.kind !== 'primitive') return null;
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return null;
  return primitive(compute(a.value, b.value));
}
