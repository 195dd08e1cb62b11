import { callValue } from './calls.js';
import { tupleNames, tupleOf } from './instances.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import { binaryOperation } from './operators.js';
import { Scope } from './scope.js';
import { dedent, hasHole, splice, toString, type Edit, type Text } from './text.js';
import { fromString, NONE, numberOf, pathOf, stringOf, unknown, type CallValue, type Value } from './value.js';
import { display } from './format.js';

// Functions of Python's standard library that give a known value.

type Standard = (call: CallValue, interpreter: Interpreter) => Value | undefined;

const first = (call: CallValue): Value | undefined => call.positional[0]?.value;

const list = (items: Value[]): Value => ({ type: 'sequence', form: 'list', items });

const tuple = (items: Value[]): Value => ({ type: 'sequence', form: 'tuple', items });

/** What a call of the standard library gives; undefined leaves it symbolic. */
export function standardCall(call: CallValue, interpreter: Interpreter): Value | undefined {
  const path = pathOf(call.callee);
  if (path !== null) return Object.hasOwn(FUNCTIONS, path) ? FUNCTIONS[path]?.(call, interpreter) : undefined;
  if (call.callee.type === 'call') return madeType(call.callee, call);
  return call.callee.type === 'attribute' ? templateMethod(call.callee.object, call.callee.name, call) : undefined;
}

/** Calls `callee` with values alone, as `map` and `reduce` do. */
export function apply(callee: Value, values: readonly Value[], call: CallValue, interpreter: Interpreter): Value {
  const positional = values.map((value) => ({ value, span: call.span, whole: call.span }));
  const inner: CallValue = { type: 'call', callee, positional, keywords: new Map(), open: false, span: call.span };
  return callValue(inner, new Scope(interpreter.source), interpreter);
}

/** The items of each argument; null when one of them is not known. */
function columns(call: CallValue): Value[][] | null {
  const found = call.positional.map((argument) => iterate(argument.value));
  return call.open || found.includes(null) ? null : (found as Value[][]);
}

function products(lists: readonly Value[][]): Value[][] {
  return lists.reduce<Value[][]>((rows, items) => rows.flatMap((row) => items.map((item) => [...row, item])), [[]]);
}

function choices(items: readonly Value[], length: number, ordered: boolean, from = 0): Value[][] {
  if (length === 0) return [[]];
  return items.flatMap((item, index) => {
    if (!ordered && index < from) return [];
    const rest = ordered ? items.filter((_, at) => at !== index) : items;
    return choices(rest, length - 1, ordered, index + 1).map((row) => [item, ...row]);
  });
}

const chosen =
  (ordered: boolean): Standard =>
  (call) => {
    const items = iterate(first(call) ?? unknown());
    const length = numberOf(call.positional[1]?.value) ?? items?.length ?? 0;
    if (items === null || items.length > 8) return unknown();
    return list(choices(items, length, ordered).map(tuple));
  };

const same: Standard = (call) => first(call);

const text =
  (change: (value: Text, call: CallValue) => Text): Standard =>
  (call) => {
    const value = first(call);
    return value?.type === 'string' ? { type: 'string', text: change(value.text, call) } : undefined;
  };

const FUNCTIONS: Record<string, Standard> = {
  'itertools.product': (call) => {
    const repeat = numberOf(call.keywords.get('repeat')?.value) ?? 1;
    const lists = columns(call);
    return lists === null ? unknown() : list(products(Array.from({ length: repeat }, () => lists).flat()).map(tuple));
  },
  'itertools.chain': (call) => {
    const lists = columns(call);
    return lists === null ? unknown() : list(lists.flat());
  },
  'itertools.chain.from_iterable': (call) => {
    const lists = iterate(first(call) ?? unknown())?.map((item) => iterate(item));
    return lists === undefined || lists.includes(null) ? unknown() : list((lists as Value[][]).flat());
  },
  'itertools.zip_longest': (call) => {
    const lists = columns(call);
    if (lists === null) return unknown();
    const filler = call.keywords.get('fillvalue')?.value ?? NONE;
    const length = Math.max(0, ...lists.map((items) => items.length));
    return list(Array.from({ length }, (_, row) => tuple(lists.map((items) => items[row] ?? filler))));
  },
  'itertools.pairwise': (call) => {
    const items = iterate(first(call) ?? unknown());
    return items === null ? unknown() : list(items.slice(1).map((item, index) => tuple([items[index] ?? NONE, item])));
  },
  'itertools.islice': (call) => {
    const items = iterate(first(call) ?? unknown());
    const [a, b] = call.positional.slice(1).map((argument) => numberOf(argument.value) ?? undefined);
    return items === null ? unknown() : list(call.positional.length > 2 ? items.slice(a, b) : items.slice(0, a));
  },
  'itertools.repeat': (call) => {
    const times = numberOf(call.positional[1]?.value);
    return times === null || times > 100 ? undefined : list(Array.from({ length: times }, () => first(call) ?? NONE));
  },
  'itertools.permutations': chosen(true),
  'itertools.combinations': chosen(false),
  'functools.partial': (call) => {
    const [callee, ...positional] = call.positional;
    return callee === undefined ? undefined : { type: 'partial', callee: callee.value, positional, keywords: call.keywords };
  },
  'functools.reduce': (call, interpreter) => {
    const [callee, items, start] = call.positional.map((argument) => argument.value);
    const known = items === undefined ? null : iterate(items);
    if (callee === undefined || known === null) return unknown();
    const all = start === undefined ? known : [start, ...known];
    return all.length === 0 ? unknown() : all.slice(1).reduce((result, item) => apply(callee, [result, item], call, interpreter), all[0] ?? NONE);
  },
  'operator.add': (call) => binaryOperation('+', first(call) ?? NONE, call.positional[1]?.value ?? NONE),
  'copy.copy': same,
  'copy.deepcopy': same,
  'collections.OrderedDict': (call) => dictionaryFrom(first(call)),
  'collections.defaultdict': (call) => dictionaryFrom(call.positional[1]?.value),
  'collections.deque': (call) => (first(call) === undefined ? list([]) : first(call)),
  'types.SimpleNamespace': (call) => ({ ...call, attributes: new Map([...call.keywords].map(([name, argument]) => [name, argument.value])) }),
  'types.MappingProxyType': same,
  'textwrap.dedent': text(dedent),
  'textwrap.indent': text((value, call) => indented(value, stringOf(call.positional[1]?.value) ?? '')),
  'inspect.cleandoc': text(dedent),
  'json.loads': (call) => {
    const written = stringOf(first(call));
    return written === null ? undefined : parsedJson(written);
  },
  'json.dumps': (call) => {
    const written = json(first(call) ?? NONE);
    return written === null ? undefined : fromString(written);
  },
  're.sub': (call) => {
    const [pattern, replacement] = call.positional.map((argument) => stringOf(argument.value));
    const subject = stringOf(call.positional[2]?.value);
    const compiled = expression(pattern);
    if (compiled === null || typeof replacement !== 'string' || subject === null) return undefined;
    return fromString(subject.replace(compiled, replacement.replaceAll('$', '$$$$').replaceAll(/\\(\d)|\\g<(\w+)>/g, (_, digit: string | undefined, name: string | undefined) => `$${digit ?? name ?? ''}`)));
  },
  're.split': (call) => {
    const compiled = expression(stringOf(first(call)));
    const subject = stringOf(call.positional[1]?.value);
    return compiled === null || subject === null ? undefined : list(subject.split(compiled).map((part) => fromString(part ?? '')));
  },
  're.findall': (call) => {
    const compiled = expression(stringOf(first(call)));
    const subject = stringOf(call.positional[1]?.value);
    if (compiled === null || subject === null) return undefined;
    return list([...subject.matchAll(compiled)].map((match) => (match.length > 2 ? tuple(match.slice(1).map(fromString)) : fromString(match[1] ?? match[0]))));
  },
  'sys.exit': () => NONE,
};

/** A pattern that JavaScript reads as Python does; null of any other. */
function expression(pattern: string | null | undefined): RegExp | null {
  if (typeof pattern !== 'string' || /\(\?(?![:=!])|\\[AZ]/.test(pattern)) return null;
  try {
    return new RegExp(pattern, 'g');
  } catch {
    return null;
  }
}

function dictionaryFrom(value: Value | undefined): Value {
  if (value === undefined) return { type: 'dictionary', entries: [] };
  if (value.type === 'dictionary') return { ...value, entries: value.entries.map((entry) => ({ ...entry })) };
  return pairs(value) ?? { type: 'dictionary', entries: [], open: true };
}

/** `[("a", 1), ("b", 2)]` as a dictionary; null when the pairs are not known. */
export function pairs(value: Value): Extract<Value, { type: 'dictionary' }> | null {
  const entries = iterate(value)?.map((item) => (item.type === 'sequence' && item.items.length === 2 ? item.items : null));
  if (entries === undefined || entries.includes(null)) return null;
  return { type: 'dictionary', entries: (entries as Value[][]).map(([key, held]) => ({ key: key ?? NONE, value: held ?? NONE })) };
}

function indented(value: Text, prefix: string): Text {
  const lines = [...toString(value).matchAll(/^(?=[^\n]*\S)/gm)];
  return splice(value, lines.map((line): Edit => ({ start: line.index, end: line.index, with: [{ text: prefix }] })));
}

function parsedJson(written: string): Value | undefined {
  try {
    return fromJson(JSON.parse(written) as unknown);
  } catch {
    return undefined;
  }
}

function fromJson(value: unknown): Value {
  if (typeof value === 'string') return fromString(value);
  if (typeof value === 'number') return { type: 'number', text: String(value) };
  if (typeof value === 'boolean' || value === null || value === undefined) return { type: 'constant', value: value ?? null };
  if (Array.isArray(value)) return list(value.map(fromJson));
  return { type: 'dictionary', entries: Object.entries(value).map(([key, held]) => ({ key: fromString(key), value: fromJson(held) })) };
}

/** Text of a value as `json.dumps` writes it; null when part of it is not known. */
function json(value: Value): string | null {
  switch (value.type) {
    case 'string':
      return hasHole(value.text) ? null : JSON.stringify(toString(value.text));
    case 'constant':
      return String(value.value);
    case 'sequence':
      return value.open === true ? null : joinedJson(value.items.map(json), '[', ']');
    case 'dictionary':
      return value.open === true ? null : joinedJson(value.entries.map(({ key, value: held }) => entryJson(key, held)), '{', '}');
    default: {
      const number = numberOf(value);
      return number === null ? null : String(number);
    }
  }
}

function entryJson(key: Value, value: Value): string | null {
  const [name, held] = [stringOf(key), json(value)];
  return name === null || held === null ? null : `${JSON.stringify(name)}: ${held}`;
}

function joinedJson(parts: readonly (string | null)[], open: string, close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(', ')}${close}`;
}

/** `namedtuple("X", "a b")(1, 2)`. */
function madeType(made: CallValue, call: CallValue): Value | undefined {
  if (pathOf(made.callee) !== 'collections.namedtuple' && pathOf(made.callee) !== 'typing.NamedTuple') return undefined;
  const names = tupleNames(made.positional[1]?.value ?? made.keywords.get('field_names')?.value);
  const given = made.keywords.get('defaults')?.value;
  const defaults = given?.type === 'sequence' ? given.items : [];
  const start = names.length - defaults.length;
  return tupleOf(names, call, new Map(defaults.map((value, index) => [names[start + index] ?? '', value])));
}

/** `string.Template("… $name").substitute(name="x")`. */
function templateMethod(object: Value, name: string, call: CallValue): Value | undefined {
  if (object.type !== 'call' || pathOf(object.callee) !== 'string.Template' || !/^(?:safe_)?substitute$/.test(name)) return undefined;
  const template = first(object);
  return template?.type === 'string' ? { type: 'string', text: substituted(template.text, namedValues(call)) } : undefined;
}

/** The values of a dictionary and of keywords, by their names. */
function namedValues(call: CallValue): Map<string, Value> {
  const given = first(call);
  const values = new Map<string, Value>((given?.type === 'dictionary' ? given.entries : []).map((entry) => [stringOf(entry.key) ?? '', entry.value]));
  for (const [key, argument] of call.keywords) values.set(key, argument.value);
  return values;
}

function substituted(template: Text, values: ReadonlyMap<string, Value>): Text {
  const edits: Edit[] = [];
  for (const match of toString(template).matchAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g)) {
    const word = match[2] ?? match[3] ?? '';
    const shown = match[1] === '$' ? [{ text: '$' }] : display(values.get(word) ?? unknown(word));
    edits.push({ start: match.index, end: match.index + match[0].length, with: shown });
  }
  return splice(template, edits);
}
