import { attributeOf } from './expressions.js';
import { display, representation } from './format.js';
import { laidOut } from './format-spec.js';
import { instanceOf } from './instances.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import type { Scope } from './scope.js';
import { sorted } from './sorting.js';
import { apply, pairs } from './standard.js';
import { toString } from './text.js';
import { equal, fromString, isNone, NONE, numberOf, stringOf, truthOf, unknown, type CallValue, type Value } from './value.js';

export const BUILTINS: ReadonlySet<string> = new Set([
  'range', 'enumerate', 'zip', 'len', 'str', 'repr', 'int', 'sorted', 'list', 'tuple', 'set', 'frozenset', 'dict',
  'reversed', 'any', 'all', 'bool', 'getattr', 'map', 'filter', 'isinstance', 'print', 'open', 'hasattr', 'max', 'min',
  'sum', 'next', 'iter', 'type', 'super', 'globals', 'locals', 'callable', 'Exception', 'ValueError', 'RuntimeError',
  'NotImplementedError', 'float', 'abs', 'id', 'hash', 'format', 'object', 'bytes', 'chr', 'ord', 'round', 'staticmethod',
  'classmethod', 'property', 'divmod', 'pow', 'vars', 'setattr', 'KeyError', 'TypeError', 'AttributeError', 'ImportError',
  'hex', 'input', 'NotImplemented', 'slice', 'AssertionError', 'StopIteration', 'OSError', 'UnicodeDecodeError',
]);

type Builtin = (arguments_: Value[], call: CallValue, scope: Scope, interpreter: Interpreter) => Value | undefined;

/** A call of one of Python's own functions; undefined leaves it symbolic. */
export function builtin(name: string, call: CallValue, scope: Scope, interpreter: Interpreter): Value | undefined {
  const [first] = call.positional;
  // A query is sent when a list is made of it.
  const rows = COPIES.has(name) && first !== undefined ? interpreter.library.item?.(first.value, interpreter, call.span) : undefined;
  return rows ?? FUNCTIONS[name]?.(call.positional.map((argument) => argument.value), call, scope, interpreter);
}

const COPIES: ReadonlySet<string> = new Set(['list', 'tuple', 'set', 'frozenset', 'sorted', 'iter', 'len', 'bool']);

const list = (items: Value[] | null, form: 'list' | 'tuple' | 'set' = 'list'): Value =>
  items === null ? { type: 'sequence', form, items: [], open: true } : { type: 'sequence', form, items };

const itemsOf = (value: Value | undefined): Value[] | null => (value === undefined ? [] : iterate(value));

/** What is made of an answer of the database stays one. */
function copied(value: Value | undefined, form: 'list' | 'tuple' | 'set'): Value {
  return value?.type === 'unknown' ? value : list(itemsOf(value), form);
}

const FUNCTIONS: Record<string, Builtin> = {
  range: ([a, b, c]) => {
    const [from, to, step] = b === undefined ? [0, numberOf(a), 1] : [numberOf(a), numberOf(b), c === undefined ? 1 : numberOf(c)];
    if (from === null || to === null || step === null || step === 0 || Math.abs((to - from) / step) > 1000) return unknown();
    const items: Value[] = [];
    for (let at = from; step > 0 ? at < to : at > to; at += step) items.push({ type: 'number', text: String(at) });
    return list(items);
  },
  enumerate: ([value, start], call) => {
    const from = numberOf(start ?? call.keywords.get('start')?.value) ?? 0;
    const items = itemsOf(value);
    return list(
      items?.map((item, index) => list([{ type: 'number', text: String(from + index) }, item], 'tuple')) ?? null,
    );
  },
  zip: (values) => {
    const columns = values.map((value) => iterate(value));
    if (columns.includes(null)) return list(null);
    const length = Math.min(...columns.map((column) => column?.length ?? 0));
    return list(Array.from({ length }, (_, row) => list(columns.map((column) => column?.[row] ?? unknown()), 'tuple')));
  },
  len: ([value]) => {
    if (value?.type === 'unknown') return value;
    if (value?.type === 'string') return { type: 'number', text: String(toString(value.text).length) };
    const items = itemsOf(value);
    return items === null ? unknown() : { type: 'number', text: String(items.length) };
  },
  globals: (_arguments, _call, scope) => {
    let module = scope;
    while (module.parent !== null) module = module.parent;
    return { type: 'dictionary', entries: [...module.names()].map(([name, value]) => ({ key: fromString(name), value })) };
  },
  locals: (_arguments, _call, scope) => ({ type: 'dictionary', entries: [...scope.names()].map(([name, value]) => ({ key: fromString(name), value })) }),
  iter: ([value]) => value,
  next: ([value, fallback]) => {
    // Values are read eagerly: what is taken is gone.
    if (value?.type === 'sequence' && value.open !== true) return value.items.shift() ?? fallback;
    return value?.type === 'unknown' ? value : unknown();
  },
  filter: ([callee, value], call, _scope, interpreter) => {
    const items = itemsOf(value);
    if (callee === undefined || items === null) return value?.type === 'unknown' ? value : list(null);
    const kept = items.map((item) => truthOf(isNone(callee) ? item : apply(callee, [item], call, interpreter)));
    return kept.includes(null) ? list(null) : list(items.filter((_, index) => kept[index] === true));
  },
  max: (values, call) => extreme(values, call, 'max'),
  min: (values, call) => extreme(values, call, 'min'),
  sum: ([value, start]) => {
    const items = itemsOf(value);
    if (items !== null && start?.type === 'sequence') return list([...start.items, ...items.flatMap((item) => iterate(item) ?? [])], 'list');
    const numbers = items?.map((item) => numberOf(item));
    if (numbers === undefined || numbers.includes(null)) return unknown();
    return number((numbers as number[]).reduce((a, b) => a + b, numberOf(start) ?? 0));
  },
  abs: ([value]) => calculated(value, Math.abs),
  round: ([value, digits]) => calculated(value, (given) => Number(given.toFixed(numberOf(digits) ?? 0))),
  float: ([value]) => calculated(value, (given) => given),
  chr: ([value]) => {
    const code = numberOf(value);
    return code === null ? unknown() : fromString(String.fromCodePoint(code));
  },
  ord: ([value]) => number(stringOf(value)?.codePointAt(0) ?? 0),
  isinstance: ([value, type]) => answered(value === undefined || type === undefined ? null : instanceOf(value, type)),
  callable: ([value]) => answered(value === undefined ? null : value.type === 'function' || value.type === 'class' || value.type === 'symbol' || value.type === 'partial'),
  format: ([value, spec]) => (value === undefined ? unknown() : { type: 'string', text: laidOut(value, display(value), stringOf(spec) ?? '') }),
  setattr: ([object, name, value]) => {
    const word = stringOf(name);
    if (object?.type === 'call' && word !== null && value !== undefined) object.attributes?.set(word, value);
    return NONE;
  },
  str: ([value]) => ({ type: 'string', text: value === undefined ? [{ text: '' }] : display(value) }),
  repr: ([value]) => ({ type: 'string', text: value === undefined ? [{ text: '' }] : representation(value) }),
  int: ([value]) => {
    const number = numberOf(value) ?? Number(stringOf(value) ?? Number.NaN);
    return Number.isNaN(number) ? unknown() : { type: 'number', text: String(Math.trunc(number)) };
  },
  sorted: ([value], call, _scope, interpreter) => {
    if (value?.type === 'unknown') return value;
    const items = itemsOf(value);
    return list(items === null ? null : sorted(items, call, interpreter));
  },
  list: ([value]) => copied(value, 'list'),
  tuple: ([value]) => copied(value, 'tuple'),
  set: ([value]) => unrepeated(copied(value, 'set')),
  frozenset: ([value]) => unrepeated(copied(value, 'set')),
  reversed: ([value]) => list(itemsOf(value)?.reverse() ?? null),
  dict: ([value], call) => {
    const given = value === undefined || value.type === 'dictionary' ? value : pairs(value);
    const entries = given?.type === 'dictionary' ? given.entries.map((entry) => ({ ...entry })) : [];
    for (const [name, argument] of call.keywords) entries.push({ key: { type: 'string', text: [{ text: name }] }, value: argument.value });
    const known = value === undefined || given?.type === 'dictionary';
    return { type: 'dictionary', entries, ...(known && !call.open ? {} : { open: true as const }) };
  },
  any: ([value]) => quantified(value, true),
  all: ([value]) => quantified(value, false),
  bool: ([value]) => {
    const truth = value === undefined ? false : truthOf(value);
    return truth === null ? value : { type: 'constant', value: truth };
  },
  getattr: ([object, name], _call, _scope, interpreter) => {
    const word = stringOf(name);
    if (object === undefined) return unknown();
    return word === null ? { type: 'attribute', object, name: '' } : attributeOf(object, word, interpreter);
  },
  map: ([callee, value, ...more], call, _scope, interpreter) => {
    const items = itemsOf(value);
    const others = more.map((other) => itemsOf(other));
    if (callee !== undefined && items !== null && others.length > 0 && !others.includes(null)) {
      const length = Math.min(items.length, ...others.map((other) => other?.length ?? 0));
      return list(items.slice(0, length).map((item, row) => apply(callee, [item, ...others.map((other) => other?.[row] ?? unknown())], call, interpreter)));
    }
    if (callee === undefined || items === null) return list(null);
    if (callee.type === 'symbol' && callee.path === 'builtins.str') return list(items.map((item) => ({ type: 'string', text: display(item) })));
    return list(items.map((item) => apply(callee, [item], call, interpreter)));
  },
};

function number(value: number): Value {
  return { type: 'number', text: String(value) };
}

function calculated(value: Value | undefined, calculate: (given: number) => number): Value {
  const given = numberOf(value) ?? Number(stringOf(value) ?? Number.NaN);
  return Number.isNaN(given) ? unknown() : number(calculate(given));
}

function answered(answer: boolean | null): Value {
  return answer === null ? unknown() : { type: 'constant', value: answer };
}

function extreme(values: readonly Value[], call: CallValue, which: 'max' | 'min'): Value {
  const items = values.length === 1 ? itemsOf(values[0]) : [...values];
  const numbers = items?.map((item) => numberOf(item));
  if (items === null || numbers === undefined || numbers.includes(null) || call.keywords.has('key')) {
    return items?.length === 0 ? (call.keywords.get('default')?.value ?? unknown()) : unknown();
  }
  return number(Math[which](...(numbers as number[])));
}

/** A set holds each item once. */
function unrepeated(value: Value): Value {
  if (value.type !== 'sequence') return value;
  return { ...value, items: value.items.filter((item, index) => !value.items.slice(0, index).some((other) => equal(other, item) === true)) };
}

function quantified(value: Value | undefined, some: boolean): Value {
  if (value?.type === 'unknown') return value;
  if (value?.type !== 'sequence') return unknown();
  const truths = value.items.map((item) => truthOf(item));
  if (truths.includes(some)) return { type: 'constant', value: some };
  const asked = value.items.find((item) => item.type === 'unknown' && item.database !== undefined);
  if (asked !== undefined) return asked;
  return truths.includes(null) || value.open === true ? unknown() : { type: 'constant', value: !some };
}
