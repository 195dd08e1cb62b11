import { formatPercent } from './format.js';
import { iterate } from './iterate.js';
import { equal, holeFor, isNone, numberOf, stringOf, truthOf, unknown, type Value } from './value.js';
import { toString } from './text.js';

/** `left operator right` as Python has it, symbolic where a library would answer. */
export function binaryOperation(operator: string, left: Value, right: Value): Value {
  const answer = WORDS[operator]?.(operator, left, right) ?? known(operator, left, right);
  if (answer !== undefined) return answer;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== null && b !== null) return arithmetic(operator, a, b);
  if (left.type === 'unknown' && right.type === 'unknown') return unknown();
  return { type: 'operator', operator, left, right };
}

type Operator = (operator: string, left: Value, right: Value) => Value | undefined;

const WORDS: Record<string, Operator> = {
  and: logical,
  or: logical,
  in: membership,
  'not in': membership,
  is: identity,
  'is not': identity,
  '+': (_operator, left, right) => (databaseOf(left) === undefined ? add(left, right) : undefined),
  '*': (_operator, left, right) => repeat(left, right),
  '-': setOperation,
  '&': setOperation,
  '^': setOperation,
  '|': (operator, left, right) => {
    if (left.type !== 'dictionary' || right.type !== 'dictionary') return setOperation(operator, left, right);
    const kept = left.entries.filter((entry) => !right.entries.some((other) => equal(other.key, entry.key) === true));
    const open = left.open === true || right.open === true;
    return { type: 'dictionary', entries: [...kept, ...right.entries], ...(open ? { open: true as const } : {}) };
  },
};

/** Union, intersection and difference of sets; undefined of anything else. */
export function setOperation(operator: string, left: Value, right: Value): Value | undefined {
  if (left.type !== 'sequence' || left.form !== 'set' || right.type !== 'sequence') return undefined;
  const within = (item: Value, { items }: typeof left): boolean => items.some((other) => equal(other, item) === true);
  const only = (one: typeof left, other: typeof left): Value[] => one.items.filter((item) => !within(item, other));
  const items = { '|': [...left.items, ...only(right, left)], '-': only(left, right), '^': [...only(left, right), ...only(right, left)] }[operator];
  const open = left.open === true || right.open === true;
  return { type: 'sequence', form: 'set', items: items ?? left.items.filter((item) => within(item, right)), ...(open ? { open: true as const } : {}) };
}

/** Comparisons and formatting whose result does not need arithmetic. */
function known(operator: string, left: Value, right: Value): Value | undefined {
  if (operator === '%' && left.type === 'string') return { type: 'string', text: formatPercent(left.text, right) };
  if (!isComparison(operator)) return undefined;
  const asked = databaseOf(left) ?? databaseOf(right);
  if (asked !== undefined) return { type: 'unknown', name: 'value', database: 'rows' };
  const same = /^[!=]=$/.test(operator) ? equal(left, right) : null;
  if (same !== null) return { type: 'constant', value: same === (operator === '==') };
  return left.type === 'string' && right.type === 'string' ? ordered(operator, left, right) : undefined;
}

/** `"a" < "b"`. */
function ordered(operator: string, left: Value, right: Value): Value | undefined {
  const [a, b] = [stringOf(left), stringOf(right)];
  if (a === null || b === null) return undefined;
  const answers: Record<string, boolean> = { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b };
  const answer = answers[operator];
  return answer === undefined ? undefined : { type: 'constant', value: answer };
}

export function unaryOperation(operator: string, operand: Value): Value {
  if (operator !== 'not') return { type: 'operator', operator, left: null, right: operand };
  const truth = truthOf(operand);
  if (truth !== null) return { type: 'constant', value: !truth };
  if (operand.type === 'unknown' && operand.database === 'exists') return { ...operand, database: 'missing' };
  if (operand.type === 'unknown' && operand.database === 'missing') return { ...operand, database: 'exists' };
  return operand.type === 'unknown' ? operand : { type: 'operator', operator, left: null, right: operand };
}

function databaseOf(value: Value): 'rows' | 'exists' | 'missing' | undefined {
  return value.type === 'unknown' ? value.database : undefined;
}

function isComparison(operator: string): boolean {
  return /^(?:[<>]=?|[!=]=)$/.test(operator);
}

function logical(operator: string, left: Value, right: Value): Value {
  const truth = truthOf(left);
  if (truth !== null) return truth === (operator === 'and') ? right : left;
  const other = truthOf(right);
  if (other !== null && other === (operator === 'or')) return right;
  // A known side that does not decide leaves the answer to the other one.
  if (other !== null) return left;
  // `tables and "x" not in tables`: the guard is the side that says what is missing.
  if (databaseOf(left) !== undefined && databaseOf(right) !== undefined) {
    return databaseOf(left) === databaseOf(right) ? left : { type: 'unknown', name: 'value', database: 'rows' };
  }
  return unknown();
}

function membership(operator: string, needle: Value, haystack: Value): Value {
  const negative = operator === 'not in';
  if (haystack.type === 'unknown' && haystack.database !== undefined) {
    return { type: 'unknown', name: 'value', database: negative ? 'missing' : 'exists' };
  }
  if (haystack.type === 'string' && needle.type === 'string') {
    return { type: 'constant', value: toString(haystack.text).includes(toString(needle.text)) !== negative };
  }
  const items = haystack.type === 'sequence' || haystack.type === 'dictionary' ? iterate(haystack) : null;
  if (items === null) return unknown();
  const answers = items.map((item) => equal(item, needle));
  if (answers.includes(true)) return { type: 'constant', value: !negative };
  return answers.includes(null) ? unknown() : { type: 'constant', value: negative };
}

function identity(operator: string, left: Value, right: Value): Value {
  const negative = operator === 'is not';
  const same = equal(left, right);
  if (same !== null) return { type: 'constant', value: same !== negative };
  if (isNone(right) && (left.type === 'sequence' || left.type === 'dictionary' || left.type === 'string')) {
    return { type: 'constant', value: negative };
  }
  const asked = databaseOf(left);
  return asked === undefined ? unknown() : { type: 'unknown', name: 'value', database: asked };
}

function add(left: Value, right: Value): Value {
  const text = concatenated(left, right);
  if (text !== null) return text;
  if (left.type === 'sequence' && right.type === 'sequence') {
    const open = left.open === true || right.open === true;
    return { ...left, items: [...left.items, ...right.items], ...(open ? { open: true as const } : {}) };
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== null && b !== null) return { type: 'number', text: String(a + b) };
  return { type: 'operator', operator: '+', left, right };
}

/** Strings joined, a placeholder for the side that is not known; null when neither is a string. */
function concatenated(left: Value, right: Value): Value | null {
  if (left.type === 'string' && right.type === 'string') return { type: 'string', text: [...left.text, ...right.text] };
  // What core makes of a string and an expression is for the database to join.
  if (left.type === 'string') return isSymbolic(right) ? null : { type: 'string', text: [...left.text, ...holeFor(right)] };
  return right.type === 'string' && left.type === 'unknown' ? { type: 'string', text: [...holeFor(left), ...right.text] } : null;
}

function isSymbolic(value: Value): boolean {
  return value.type === 'call' || value.type === 'attribute' || value.type === 'operator';
}

function repeat(left: Value, right: Value): Value {
  const count = numberOf(right);
  if (left.type === 'string' && count !== null && count <= 100) {
    return { type: 'string', text: Array.from({ length: Math.max(count, 0) }, () => left.text).flat() };
  }
  const a = numberOf(left);
  if (a !== null && count !== null) return { type: 'number', text: String(a * count) };
  return { type: 'operator', operator: '*', left, right };
}

function arithmetic(operator: string, a: number, b: number): Value {
  switch (operator) {
    case '-':
      return { type: 'number', text: String(a - b) };
    case '/':
      return { type: 'number', text: String(a / b) };
    case '//':
      return { type: 'number', text: String(Math.floor(a / b)) };
    case '%':
      return { type: 'number', text: String(((a % b) + b) % b) };
    case '**':
      return { type: 'number', text: String(a ** b) };
    case '<':
      return { type: 'constant', value: a < b };
    case '<=':
      return { type: 'constant', value: a <= b };
    case '>':
      return { type: 'constant', value: a > b };
    case '>=':
      return { type: 'constant', value: a >= b };
    default:
      return unknown();
  }
}


