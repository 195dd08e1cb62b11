import { attributeOf } from './expressions.js';
import { display, representation } from './format.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import type { Scope } from './scope.js';
import { toString } from './text.js';
import { numberOf, stringOf, truthOf, unknown, type CallValue, type Value } from './value.js';

export const BUILTINS: ReadonlySet<string> = new Set([
  'range', 'enumerate', 'zip', 'len', 'str', 'repr', 'int', 'sorted', 'list', 'tuple', 'set', 'frozenset', 'dict',
  'reversed', 'any', 'all', 'bool', 'getattr', 'map', 'filter', 'isinstance', 'print', 'open', 'hasattr', 'max', 'min',
  'sum', 'next', 'iter', 'type', 'super', 'globals', 'locals', 'callable', 'Exception', 'ValueError', 'RuntimeError',
  'NotImplementedError', 'float', 'abs', 'id', 'hash', 'format', 'object', 'bytes', 'chr', 'ord', 'round',
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
  enumerate: ([value, start]) => {
    const from = numberOf(start) ?? 0;
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
  str: ([value]) => ({ type: 'string', text: value === undefined ? [{ text: '' }] : display(value) }),
  repr: ([value]) => ({ type: 'string', text: value === undefined ? [{ text: '' }] : representation(value) }),
  int: ([value]) => {
    const number = numberOf(value) ?? Number(stringOf(value) ?? Number.NaN);
    return Number.isNaN(number) ? unknown() : { type: 'number', text: String(Math.trunc(number)) };
  },
  sorted: ([value]) => {
    if (value?.type === 'unknown') return value;
    const items = itemsOf(value);
    const texts = items?.map((item) => stringOf(item));
    if (items === null || texts === undefined || texts.includes(null)) return list(items);
    return list([...items].sort((a, b) => ((stringOf(a) ?? '') < (stringOf(b) ?? '') ? -1 : 1)));
  },
  list: ([value]) => copied(value, 'list'),
  tuple: ([value]) => copied(value, 'tuple'),
  set: ([value]) => copied(value, 'set'),
  frozenset: ([value]) => copied(value, 'set'),
  reversed: ([value]) => list(itemsOf(value)?.reverse() ?? null),
  dict: ([value], call) => {
    const entries = value?.type === 'dictionary' ? [...value.entries] : [];
    for (const [name, argument] of call.keywords) entries.push({ key: { type: 'string', text: [{ text: name }] }, value: argument.value });
    const known = value === undefined || value.type === 'dictionary';
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
  map: ([callee, value], call, _scope, interpreter) => {
    const items = itemsOf(value);
    if (callee === undefined || items === null) return list(null);
    if (callee.type === 'symbol' && callee.path === 'builtins.str') return list(items.map((item) => ({ type: 'string', text: display(item) })));
    if (callee.type !== 'function') return list(null);
    return list(
      items.map((item) =>
        interpreter.invoke(callee, { ...call, callee, positional: [{ value: item, span: call.span, whole: call.span }], keywords: new Map() }),
      ),
    );
  },
};

function quantified(value: Value | undefined, some: boolean): Value {
  if (value?.type === 'unknown') return value;
  if (value?.type !== 'sequence') return unknown();
  const truths = value.items.map((item) => truthOf(item));
  if (truths.includes(some)) return { type: 'constant', value: some };
  const asked = value.items.find((item) => item.type === 'unknown' && item.database !== undefined);
  if (asked !== undefined) return asked;
  return truths.includes(null) || value.open === true ? unknown() : { type: 'constant', value: !some };
}
