import { formatBraces, join } from './format.js';
import { iterate } from './iterate.js';
import { map, slice, splice, toString, type Text } from './text.js';
import { equal, fromString, NONE, numberOf, stringOf, unknown, type CallValue, type Value } from './value.js';

/** A method of a string, a list or a dictionary; undefined when it is something else. */
export function method(object: Value, name: string, call: CallValue): Value | undefined {
  if (object.type === 'string') return STRING[name]?.(object.text, call);
  if (object.type === 'sequence') return sequenceMethod(object, name, call);
  if (object.type === 'dictionary') return dictionaryMethod(object, name, call);
  return undefined;
}

type StringMethod = (text: Text, call: CallValue) => Value;

const first = (call: CallValue): Value | undefined => call.positional[0]?.value;

const STRING: Record<string, StringMethod> = {
  format: (text, call) => ({
    type: 'string',
    text: formatBraces(text, call.positional.map((argument) => argument.value), call.keywords),
  }),
  join: (text, call) => {
    const items = iterate(first(call) ?? unknown());
    return items === null ? { type: 'string', text: [{ text: '__joined__', hole: true }] } : { type: 'string', text: join(text, items) };
  },
  strip: (text, call) => trim(text, call, true, true),
  lstrip: (text, call) => trim(text, call, true, false),
  rstrip: (text, call) => trim(text, call, false, true),
  upper: (text) => ({ type: 'string', text: map(text, (part) => part.toUpperCase()) }),
  lower: (text) => ({ type: 'string', text: map(text, (part) => part.toLowerCase()) }),
  replace,
  split,
  splitlines: (text) => pieces(text, /\r?\n/g),
  encode: (text) => ({ type: 'string', text }),
  decode: (text) => ({ type: 'string', text }),
  startswith: (text, call) => affix(text, call, (whole, part) => whole.startsWith(part)),
  endswith: (text, call) => affix(text, call, (whole, part) => whole.endsWith(part)),
  format_map: (text) => ({ type: 'string', text }),
  title: (text) => ({ type: 'string', text: map(text, (part) => part.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())) }),
};

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
  if (separator === null) return pieces(text, /\s+/g, true);
  return pieces(text, new RegExp(separator.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g'));
}

function pieces(text: Text, separator: RegExp, dropEmpty = false): Value {
  const whole = toString(text);
  const items: Value[] = [];
  let at = 0;
  const push = (from: number, to: number): void => {
    if (!dropEmpty || to > from) items.push({ type: 'string', text: slice(text, from, to) });
  };
  for (const match of whole.matchAll(separator)) {
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

function sequenceMethod(object: Extract<Value, { type: 'sequence' }>, name: string, call: CallValue): Value | undefined {
  const argument = first(call);
  switch (name) {
    case 'append':
    case 'add':
      if (argument !== undefined) object.items.push(argument);
      return NONE;
    case 'extend':
    case 'update': {
      const items = argument === undefined ? [] : iterate(argument);
      if (items === null) object.open = true;
      else object.items.push(...items);
      return NONE;
    }
    case 'insert':
      object.items.splice(numberOf(argument) ?? 0, 0, call.positional[1]?.value ?? unknown());
      return NONE;
    case 'copy':
      return { ...object, items: [...object.items] };
    case 'index': {
      const at = object.items.findIndex((item) => argument !== undefined && equal(item, argument) === true);
      return at < 0 ? unknown() : { type: 'number', text: String(at) };
    }
    case 'pop':
      return object.items.pop() ?? unknown();
    default:
      return undefined;
  }
}

function dictionaryMethod(object: Extract<Value, { type: 'dictionary' }>, name: string, call: CallValue): Value | undefined {
  const open = object.open === true ? { open: true as const } : {};
  const key = first(call);
  switch (name) {
    case 'items':
      return {
        type: 'sequence',
        form: 'list',
        items: object.entries.map((entry) => ({ type: 'sequence', form: 'tuple', items: [entry.key, entry.value] })),
        ...open,
      };
    case 'keys':
      return { type: 'sequence', form: 'list', items: object.entries.map((entry) => entry.key), ...open };
    case 'values':
      return { type: 'sequence', form: 'list', items: object.entries.map((entry) => entry.value), ...open };
    case 'get': {
      if (key === undefined) return unknown();
      const found = object.entries.findLast((entry) => equal(entry.key, key) === true);
      return found?.value ?? (object.open === true ? unknown() : (call.positional[1]?.value ?? NONE));
    }
    case 'update':
      if (key?.type === 'dictionary') object.entries.push(...key.entries);
      for (const [word, argument] of call.keywords) object.entries.push({ key: fromString(word), value: argument.value });
      return NONE;
    case 'copy':
      return { ...object, entries: [...object.entries] };
    default:
      return undefined;
  }
}
