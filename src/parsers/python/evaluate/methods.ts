import { formatBraces, join } from './format.js';
import { namedTupleMethod } from './instances.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import { map, slice, splice, toString, type Text } from './text.js';
import { setOperation } from './operators.js';
import { equal, fromString, NONE, numberOf, stringOf, unknown, type CallValue, type Value } from './value.js';

/** A method of a string, a list or a dictionary; undefined when it is something else. */
export function method(object: Value, name: string, call: CallValue, interpreter: Interpreter): Value | undefined {
  if (object.type === 'string') return STRING[name]?.(object.text, call, interpreter);
  if (object.type === 'sequence') return namedTupleMethod(object, name, call) ?? sequenceMethod(object, name, call);
  if (object.type === 'dictionary') return dictionaryMethod(object, name, call);
  return undefined;
}

type StringMethod = (text: Text, call: CallValue, interpreter: Interpreter) => Value;

const first = (call: CallValue): Value | undefined => call.positional[0]?.value;

const STRING: Record<string, StringMethod> = {
  format: (text, call, interpreter) => ({
    type: 'string',
    text: formatBraces(text, call.positional.map((argument) => argument.value), call.keywords, interpreter),
  }),
  format_map: (text, call, interpreter) => {
    const given = first(call);
    const entries = given?.type === 'dictionary' ? given.entries : [];
    const keywords = new Map(entries.map(({ key, value }) => [stringOf(key) ?? '', { value, span: call.span, whole: call.span }]));
    return { type: 'string', text: formatBraces(text, [], keywords, interpreter) };
  },
  join: (text, call) => {
    const items = iterate(first(call) ?? unknown());
    return items === null ? { type: 'string', text: [{ text: '__joined__', hole: true }] } : { type: 'string', text: join(text, items) };
  },
  strip: (text, call) => trim(text, call, true, true),
  lstrip: (text, call) => trim(text, call, true, false),
  rstrip: (text, call) => trim(text, call, false, true),
  upper: (text) => ({ type: 'string', text: map(text, (part) => part.toUpperCase()) }),
  lower: (text) => ({ type: 'string', text: map(text, (part) => part.toLowerCase()) }),
  casefold: (text) => ({ type: 'string', text: map(text, (part) => part.toLowerCase()) }),
  swapcase: (text) => ({ type: 'string', text: map(text, (part) => part.replaceAll(/[a-zA-Z]/g, (letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))) }),
  capitalize: plainly((whole) => whole.charAt(0).toUpperCase() + whole.slice(1).toLowerCase()),
  zfill: plainly((whole, call) => whole.padStart(numberOf(first(call)) ?? 0, '0')),
  ljust: plainly((whole, call) => whole.padEnd(numberOf(first(call)) ?? 0, stringOf(call.positional[1]?.value) ?? ' ')),
  rjust: plainly((whole, call) => whole.padStart(numberOf(first(call)) ?? 0, stringOf(call.positional[1]?.value) ?? ' ')),
  removeprefix: (text, call) => without(text, call, (whole, part) => (whole.startsWith(part) ? [part.length, whole.length] : [0, whole.length])),
  removesuffix: (text, call) => without(text, call, (whole, part) => [0, whole.endsWith(part) ? whole.length - part.length : whole.length]),
  partition: (text, call) => parted(text, call, (whole, part) => whole.indexOf(part)),
  rpartition: (text, call) => parted(text, call, (whole, part) => whole.lastIndexOf(part)),
  rsplit: (text, call) => rightSplit(text, call),
  replace,
  split,
  splitlines: (text) => pieces(text.length > 0 && /\n$/.test(toString(text)) ? slice(text, 0, toString(text).replace(/\r?\n$/, '').length) : text, /\r?\n/g),
  count: (text, call) => measured(text, call, (whole, part) => whole.split(part).length - 1),
  find: (text, call) => measured(text, call, (whole, part) => whole.indexOf(part)),
  index: (text, call) => measured(text, call, (whole, part) => whole.indexOf(part)),
  isdigit: (text) => tested(text, /^\d+$/),
  isnumeric: (text) => tested(text, /^\d+$/),
  isidentifier: (text) => tested(text, /^[A-Za-z_]\w*$/),
  isupper: (text) => tested(text, /^[^a-z]*[A-Z][^a-z]*$/),
  islower: (text) => tested(text, /^[^A-Z]*[a-z][^A-Z]*$/),
  isspace: (text) => tested(text, /^\s+$/),
  encode: (text) => ({ type: 'string', text }),
  decode: (text) => ({ type: 'string', text }),
  startswith: (text, call) => affix(text, call, (whole, part) => whole.startsWith(part)),
  endswith: (text, call) => affix(text, call, (whole, part) => whole.endsWith(part)),
  title: (text) => ({ type: 'string', text: map(text, (part) => part.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())) }),
};

/** A method whose result has no characters in common places with the string. */
function plainly(change: (whole: string, call: CallValue) => string): StringMethod {
  return (text, call) => (text.some((part) => part.hole === true) ? { type: 'string', text } : fromString(change(toString(text), call)));
}

/** The string without an affix. */
function without(text: Text, call: CallValue, rest: (whole: string, part: string) => [number, number]): Value {
  const part = stringOf(first(call));
  return { type: 'string', text: part === null ? text : slice(text, ...rest(toString(text), part)) };
}

/** What stands before, the separator, what stands after. */
function parted(text: Text, call: CallValue, find: (whole: string, part: string) => number): Value {
  const part = stringOf(first(call));
  if (part === null) return unknown();
  const at = find(toString(text), part);
  const piece = (from: number, to: number): Value => ({ type: 'string', text: slice(text, from, to) });
  const whole: Value = { type: 'string', text };
  if (at >= 0) return { type: 'sequence', form: 'tuple', items: [piece(0, at), fromString(part), piece(at + part.length, Infinity)] };
  const empty = fromString('');
  const last = find('aa', 'a') === 1;
  return { type: 'sequence', form: 'tuple', items: last ? [empty, empty, whole] : [whole, empty, empty] };
}

function rightSplit(text: Text, call: CallValue): Value {
  const all = split(text, { ...call, positional: call.positional.slice(0, 1) });
  const most = numberOf(call.positional[1]?.value ?? call.keywords.get('maxsplit')?.value);
  const separator = stringOf(first(call));
  if (all.type !== 'sequence' || most === null || separator === null || all.items.length <= most + 1) return all;
  const cut = all.items.length - most;
  const head = join([{ text: separator }], all.items.slice(0, cut));
  return { ...all, items: [{ type: 'string', text: head }, ...all.items.slice(cut)] };
}

function measured(text: Text, call: CallValue, measure: (whole: string, part: string) => number): Value {
  const part = stringOf(first(call));
  if (part === null || part === '' || text.some((piece) => piece.hole === true)) return unknown();
  return { type: 'number', text: String(measure(toString(text), part)) };
}

function tested(text: Text, pattern: RegExp): Value {
  return text.some((part) => part.hole === true) ? unknown() : { type: 'constant', value: pattern.test(toString(text)) };
}

function trim(text: Text, call: CallValue, start: boolean, end: boolean): Value {
  const whole = toString(text);
  const characters = stringOf(first(call));
  const drop = (character: string | undefined): boolean =>
    character !== undefined && (characters === null ? /\s/.test(character) : characters.includes(character));
  let from = 0;
  let to = whole.length;
  while (start && from < to && drop(whole[from])) from++;
  while (end && to > from && drop(whole[to - 1])) to--;
  return { type: 'string', text: slice(text, from, to) };
}

function replace(text: Text, call: CallValue): Value {
  const from = stringOf(first(call));
  const to = call.positional[1]?.value;
  if (from === null || from === '' || to?.type !== 'string') return { type: 'string', text: [...text] };
  const whole = toString(text);
  const edits = [];
  for (let at = whole.indexOf(from); at >= 0; at = whole.indexOf(from, at + from.length)) {
    edits.push({ start: at, end: at + from.length, with: to.text });
  }
  return { type: 'string', text: splice(text, edits) };
}

function split(text: Text, call: CallValue): Value {
  const separator = stringOf(first(call));
  const most = numberOf(call.positional[1]?.value ?? call.keywords.get('maxsplit')?.value);
  if (separator === null || separator === '') return pieces(text, /\s+/g, true);
  const pattern = new RegExp(separator.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g');
  return pieces(text, pattern, false, most === null || most < 0 ? Infinity : most);
}

function pieces(text: Text, separator: RegExp, dropEmpty = false, most = Infinity): Value {
  const whole = toString(text);
  const items: Value[] = [];
  let at = 0;
  const push = (from: number, to: number): void => {
    if (!dropEmpty || to > from) items.push({ type: 'string', text: slice(text, from, to) });
  };
  for (const match of whole.matchAll(separator)) {
    if (items.length >= most) break;
    push(at, match.index);
    at = match.index + match[0].length;
  }
  push(at, whole.length);
  return { type: 'sequence', form: 'list', items };
}

function affix(text: Text, call: CallValue, test: (whole: string, part: string) => boolean): Value {
  const part = stringOf(first(call));
  if (part === null || text.some((piece) => piece.hole === true)) return unknown();
  return { type: 'constant', value: test(toString(text), part) };
}

type SequenceValue = Extract<Value, { type: 'sequence' }>;
type SequenceMethod = (object: SequenceValue, call: CallValue) => Value;

function positionOf({ items }: SequenceValue, value: Value | undefined): number {
  return value === undefined ? -1 : items.findIndex((item) => equal(item, value) === true);
}

const append: SequenceMethod = (object, call) => {
  const argument = first(call);
  if (argument !== undefined && (object.form !== 'set' || positionOf(object, argument) < 0)) object.items.push(argument);
  return NONE;
};

const extend: SequenceMethod = (object, call) => {
  for (const { value } of call.positional) {
    const items = iterate(value);
    if (items === null) object.open = true;
    else for (const item of items) if (object.form !== 'set' || positionOf(object, item) < 0) object.items.push(item);
  }
  return NONE;
};

const remove: SequenceMethod = (object, call) => {
  const at = positionOf(object, first(call));
  if (at >= 0) object.items.splice(at, 1);
  return NONE;
};

const combined =
  (operator: string): SequenceMethod =>
  (object, call) =>
    setOperation(operator, { ...object, form: 'set' }, first(call) ?? { ...object, items: [] }) ?? unknown();

const SEQUENCE: Record<string, SequenceMethod> = {
  append,
  add: append,
  extend,
  update: extend,
  remove,
  discard: remove,
  insert: (object, call) => {
    object.items.splice(numberOf(first(call)) ?? 0, 0, call.positional[1]?.value ?? unknown());
    return NONE;
  },
  copy: (object) => ({ ...object, items: [...object.items] }),
  clear: (object) => {
    object.items.length = 0;
    return NONE;
  },
  reverse: (object) => {
    object.items.reverse();
    return NONE;
  },
  index: (object, call) => {
    const at = positionOf(object, first(call));
    return at < 0 ? unknown() : { type: 'number', text: String(at) };
  },
  count: (object, call) => {
    const wanted = first(call);
    return { type: 'number', text: String(object.items.filter((item) => wanted !== undefined && equal(item, wanted) === true).length) };
  },
  pop: (object, call) => object.items.splice(numberOf(first(call)) ?? -1, 1)[0] ?? unknown(),
  popleft: (object) => object.items.shift() ?? unknown(),
  union: combined('|'),
  intersection: combined('&'),
  difference: combined('-'),
  symmetric_difference: combined('^'),
};

function sequenceMethod(object: SequenceValue, name: string, call: CallValue): Value | undefined {
  return Object.hasOwn(SEQUENCE, name) ? SEQUENCE[name]?.(object, call) : undefined;
}

type DictionaryValue = Extract<Value, { type: 'dictionary' }>;

function entryOf(object: DictionaryValue, key: Value): { key: Value; value: Value } | undefined {
  return object.entries.findLast((entry) => equal(entry.key, key) === true);
}

/** `object[key] = value`. */
export function putEntry(object: DictionaryValue, key: Value, value: Value): void {
  const found = entryOf(object, key);
  if (found === undefined) object.entries.push({ key, value });
  else found.value = value;
}

/** `del object[key]`. */
export function deleteEntry(object: DictionaryValue, key: Value): void {
  const found = entryOf(object, key);
  if (found !== undefined) object.entries.splice(object.entries.indexOf(found), 1);
}

type DictionaryMethod = (object: DictionaryValue, key: Value | undefined, call: CallValue) => Value;

function listed(object: DictionaryValue, items: Value[]): Value {
  return { type: 'sequence', form: 'list', items, ...(object.open === true ? { open: true as const } : {}) };
}

const DICTIONARY: Record<string, DictionaryMethod> = {
  items: (object) => listed(object, object.entries.map((entry) => ({ type: 'sequence', form: 'tuple', items: [entry.key, entry.value] }))),
  keys: (object) => ({ ...listed(object, object.entries.map((entry) => entry.key)), form: 'set' }) as Value,
  values: (object) => listed(object, object.entries.map((entry) => entry.value)),
  get: (object, key, call) => {
    if (key === undefined) return unknown();
    return entryOf(object, key)?.value ?? (object.open === true ? unknown() : (call.positional[1]?.value ?? NONE));
  },
  update: (object, key, call) => {
    if (key?.type === 'dictionary') for (const entry of key.entries) putEntry(object, entry.key, entry.value);
    for (const [word, argument] of call.keywords) putEntry(object, fromString(word), argument.value);
    return NONE;
  },
  setdefault: (object, key, call) => {
    const found = key === undefined ? undefined : entryOf(object, key);
    if (found !== undefined || key === undefined) return found?.value ?? unknown();
    const value = call.positional[1]?.value ?? NONE;
    object.entries.push({ key, value });
    return value;
  },
  pop: (object, key, call) => {
    const found = key === undefined ? undefined : entryOf(object, key);
    if (found === undefined) return call.positional[1]?.value ?? unknown();
    object.entries.splice(object.entries.indexOf(found), 1);
    return found.value;
  },
  copy: (object) => ({ ...object, entries: object.entries.map((entry) => ({ ...entry })) }),
};

function dictionaryMethod(object: DictionaryValue, name: string, call: CallValue): Value | undefined {
  return Object.hasOwn(DICTIONARY, name) ? DICTIONARY[name]?.(object, first(call), call) : undefined;
}
