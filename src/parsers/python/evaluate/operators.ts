import { formatPercent } from './format.js';
import { equal, isNone, numberOf, truthOf, unknown, type Value } from './value.js';
import { toString } from './text.js';

/** `left operator right` as Python has it, symbolic where a library would answer. */
export function binaryOperation(operator: string, left: Value, right: Value): Value {
  if (operator === 'and' || operator === 'or') return logical(operator, left, right);
  if (operator === 'in' || operator === 'not in') return membership(operator, left, right);
  if (operator === 'is' || operator === 'is not') return identity(operator, left, right);
  const asked = databaseOf(left) ?? databaseOf(right);
  if (asked !== undefined && isComparison(operator)) return { type: 'unknown', name: 'value', database: 'rows' };
  if (operator === '+') return add(left, right);
  if (operator === '%' && left.type === 'string') return { type: 'string', text: formatPercent(left.text, right) };
  if (operator === '/' && left.type === 'call') return joinPath(left, right);
  if (operator === '*') return repeat(left, right);
  if (operator === '==' || operator === '!=') {
    const same = equal(left, right);
    if (same !== null) return { type: 'constant', value: same === (operator === '==') };
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== null && b !== null) return arithmetic(operator, a, b);
  if (left.type === 'unknown' && right.type === 'unknown') return unknown();
  return { type: 'operator', operator, left, right };
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

function logical(operator: 'and' | 'or', left: Value, right: Value): Value {
  const truth = truthOf(left);
  if (truth !== null) return truth === (operator === 'and') ? right : left;
  const other = truthOf(right);
  if (other !== null && other === (operator === 'or')) return operator === 'or' ? right : right;
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
  const items = haystack.type === 'sequence' ? haystack.items : haystack.type === 'dictionary' ? haystack.entries.map((entry) => entry.key) : null;
  if (items === null || (haystack.type !== 'sequence' && haystack.type !== 'dictionary') || haystack.open === true) return unknown();
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
  if (left.type === 'string' && right.type === 'string') return { type: 'string', text: [...left.text, ...right.text] };
  if (left.type === 'string' && right.type !== 'call') return { type: 'string', text: [...left.text, ...holeText(right)] };
  if (right.type === 'string' && left.type === 'unknown') return { type: 'string', text: [...holeText(left), ...right.text] };
  if (left.type === 'sequence' && right.type === 'sequence') {
    const open = left.open === true || right.open === true;
    return { ...left, items: [...left.items, ...right.items], ...(open ? { open: true as const } : {}) };
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== null && b !== null) return { type: 'number', text: String(a + b) };
  return { type: 'operator', operator: '+', left, right };
}

function holeText(value: Value): { text: string; hole: true }[] {
  const name = value.type === 'unknown' ? value.name : 'value';
  return [{ text: `__${name.replaceAll(/\W/g, '_')}__`, hole: true }];
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
      return { type: 'number', text: String(a % b) };
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

/** `Path(__file__).parent / "sql" / "x.sql"`. */
function joinPath(left: Value, right: Value): Value {
  return { type: 'operator', operator: '/', left, right };
}

