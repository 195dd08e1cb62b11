import type { Interpreter } from './interpreter.js';
import { isEnum } from './iterate.js';
import { equal, fromString, NONE, numberOf, pathOf, stringOf, unknown, type CallValue, type ClassValue, type FunctionValue, type Value } from './value.js';

/** Bases that add nothing a reader of migrations asks for. */
const PLAIN_BASES = /^(?:builtins\.object|abc\.ABC|typing\.(?:NamedTuple|Generic|Protocol)|enum\.\w+|builtins\.(?:str|int))$/;

/** True where every base is known: what the class does not say nobody says. A model's base stands in a library. */
function isPlain(type: ClassValue): boolean {
  return type.bases.every((base) => (base.type === 'class' ? isPlain(base) : PLAIN_BASES.test(pathOf(base) ?? '')));
}

function isNamedTuple(type: ClassValue): boolean {
  return type.bases.some((base) => /^typing(?:_extensions)?\.NamedTuple$/.test(pathOf(base) ?? ''));
}

/** What calling a class of the project gives; undefined leaves the call symbolic, as for a type or a model. */
export function instantiate(type: ClassValue, call: CallValue, interpreter: Interpreter): Value | undefined {
  if (isEnum(type)) return memberWithValue(type, call.positional[0]?.value);
  if (isNamedTuple(type)) return tupleOf(type.fields, call, type.members);
  const instance: CallValue = { ...call, attributes: new Map() };
  if (type.dataclass === true) {
    const tuple = tupleOf(type.fields, call, type.members);
    type.fields.forEach((name, index) => instance.attributes?.set(name, tuple.items[index] ?? unknown(name)));
    initialise(type, '__post_init__', instance, { ...call, positional: [], keywords: new Map(), open: false }, interpreter);
    return instance;
  }
  if (!isPlain(type)) return type.members.has('__tablename__') ? instance : undefined;
  initialise(type, '__init__', instance, call, interpreter);
  return instance;
}

function initialise(type: ClassValue, name: string, instance: CallValue, call: CallValue, interpreter: Interpreter): void {
  const method = type.members.get(name);
  if (method?.type === 'function') interpreter.invoke({ ...method, self: instance }, call);
}

/** The arguments of a call in the order of the fields, defaults from the class. */
export function tupleOf(
  fields: readonly string[],
  call: CallValue,
  defaults: ReadonlyMap<string, Value>,
): Extract<Value, { type: 'sequence' }> {
  const items = fields.map((name, index) => {
    const given = call.positional[index] ?? call.keywords.get(name);
    return given?.value ?? factoryDefault(defaults.get(name)) ?? unknown(name);
  });
  return { type: 'sequence', form: 'tuple', items, names: fields };
}

/** `field(default_factory=list)` and `field(default=1)` of a dataclass. */
function factoryDefault(value: Value | undefined): Value | undefined {
  if (value?.type !== 'call' || !/(?:^|\.)(?:field|Field|attrib|ib)$/.test(pathOf(value.callee) ?? '')) return value;
  const made = pathOf(value.keywords.get('default_factory')?.value);
  if (made === 'builtins.list') return { type: 'sequence', form: 'list', items: [] };
  if (made === 'builtins.dict') return { type: 'dictionary', entries: [] };
  return value.keywords.get('default')?.value;
}

/** An attribute of an instance of a class of the project; undefined when nothing is known of it. */
export function instanceAttribute(object: CallValue, name: string, interpreter: Interpreter): Value | undefined {
  const own = object.attributes?.get(name);
  if (own !== undefined) return own;
  if (object.callee.type !== 'class') return undefined;
  const member = object.callee.members.get(name);
  if (member?.type === 'function') return bound(member, object, object.callee, interpreter);
  return object.attributes !== undefined && isPlain(object.callee) ? member : undefined;
}

/** A member, every member, or what Django's choices list. */
function enumAttribute(type: ClassValue, name: string, member: Value | undefined): Value | undefined {
  if (name === '__members__') {
    return { type: 'dictionary', entries: membersOf(type).map(([key, value]) => ({ key: fromString(key), value })) };
  }
  if (member === undefined || member.type === 'function') return choices(type, name);
  return membersOf(type).find(([key]) => key === name)?.[1] ?? member;
}

/** An attribute of a class; undefined where it has none. */
export function classAttribute(type: ClassValue, name: string): Value | undefined {
  if (name === '__name__') return fromString(type.name);
  const member = type.members.get(name);
  const ofEnum = isEnum(type) ? enumAttribute(type, name, member) : undefined;
  if (ofEnum !== undefined) return ofEnum;
  if (member?.type === 'function') return member.made === 'class method' ? { ...member, self: type } : member;
  // A column of a model stays an attribute: its table is known through its class.
  return member?.type === 'call' && !isPlain(type) ? undefined : member;
}

function bound(method: FunctionValue, object: Value, type: ClassValue, interpreter: Interpreter): Value {
  if (method.made === 'static method') return method;
  if (method.made === 'class method') return { ...method, self: type };
  const own = { ...method, self: object };
  if (method.made !== 'property') return own;
  const span = { start: 0, end: 0 };
  return interpreter.invoke(own, { type: 'call', callee: own, positional: [], keywords: new Map(), open: false, span });
}

/** An attribute of a member: its value, its name, what its class makes of it. */
export function memberAttribute(object: Value, name: string, interpreter: Interpreter): Value | undefined {
  if (object.type !== 'string' && object.type !== 'number') return undefined;
  const { member, ...plain } = object;
  if (member === undefined) return undefined;
  if (name === 'value' || name === '_value_') return plain;
  if (name === 'name' || name === '_name_') return fromString(member.name);
  const method = member.of.members.get(name);
  return method?.type === 'function' ? bound(method, object, member.of, interpreter) : undefined;
}

function asMember(of: ClassValue, name: string, value: Value): Value {
  return value.type === 'string' || value.type === 'number' ? { ...value, member: { name, of } } : value;
}

/** Members by name, in order; functions and private names are none. */
export function membersOf(type: ClassValue): [string, Value][] {
  let next = 0;
  return [...type.members]
    .filter(([name, value]) => !name.startsWith('_') && value.type !== 'function')
    .map(([name, value]) => {
      // `enum.auto()` counts from one, or takes the name in small letters.
      const auto = value.type === 'call' && pathOf(value.callee) === 'enum.auto';
      const strings = type.bases.some((base) => pathOf(base) === 'enum.StrEnum');
      const counted: Value = strings ? fromString(name.toLowerCase()) : { type: 'number', text: String(++next) };
      const plain = auto ? counted : choiceValue(type, value);
      next = numberOf(plain) ?? next;
      return [name, asMember(type, name, plain)];
    });
}

/** `OAK = "oak", "Oak"` of Django's choices: the value, and what people read. */
function choiceValue(type: ClassValue, value: Value): Value {
  if (!isChoices(type) || value.type !== 'sequence') return value;
  return value.items[0] ?? value;
}

function isChoices(type: ClassValue): boolean {
  return type.bases.some((base) => (base.type === 'class' ? isChoices(base) : /(?:^|\.)(?:Text|Integer)?Choices$/.test(pathOf(base) ?? '')));
}

/** `Kind.choices` and `Kind.values`. */
function choices(type: ClassValue, name: string): Value | undefined {
  if (!isChoices(type) || (name !== 'choices' && name !== 'values')) return undefined;
  const items = membersOf(type).map(([key, value]): Value => (name === 'values' ? value : { type: 'sequence', form: 'tuple', items: [value, fromString(key)] }));
  return { type: 'sequence', form: 'list', items };
}

function memberWithValue(type: ClassValue, value: Value | undefined): Value {
  if (value === undefined) return unknown(type.name);
  return membersOf(type).find(([, member]) => equal(member, value) === true)?.[1] ?? unknown(type.name);
}

/** `isinstance(value, type)`; null when not known. */
export function instanceOf(value: Value, type: Value): boolean | null {
  if (type.type === 'sequence') {
    const answers = type.items.map((item) => instanceOf(value, item));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
  }
  return type.type === 'class' ? instanceOfClass(value, type) : instanceOfBuiltin(value, type);
}

function instanceOfClass(value: Value, type: ClassValue): boolean | null {
  if (value.type === 'call') return value.callee.type === 'class' ? derives(value.callee, type) : null;
  return value.type === 'unknown' || value.type === 'attribute' ? null : false;
}

function instanceOfBuiltin(value: Value, type: Value): boolean | null {
  const wanted = /^builtins\.(\w+)$/.exec(pathOf(type) ?? '')?.[1];
  const own = builtinType(value);
  if (wanted === undefined || own === null) return null;
  return own === wanted || (own === 'bool' && wanted === 'int') || wanted === 'object';
}

function derives(type: ClassValue, from: ClassValue): boolean {
  return type === from || type.bases.some((base) => base.type === 'class' && derives(base, from));
}

function builtinType(value: Value): string | null {
  switch (value.type) {
    case 'string':
      return 'str';
    case 'number':
      return /[.eE]/.test(value.text) && !/^0x/i.test(value.text) ? 'float' : 'int';
    case 'constant':
      return value.value === null ? 'NoneType' : 'bool';
    case 'sequence':
      return value.form;
    case 'dictionary':
      return 'dict';
    default:
      return null;
  }
}

/** `x._replace(a=1)` and `x._asdict()` of a named tuple. */
export function namedTupleMethod(object: Extract<Value, { type: 'sequence' }>, name: string, call: CallValue): Value | undefined {
  const { names } = object;
  if (names === undefined) return undefined;
  if (name === '_asdict') {
    return { type: 'dictionary', entries: names.map((key, index) => ({ key: fromString(key), value: object.items[index] ?? NONE })) };
  }
  if (name !== '_replace') return undefined;
  return { ...object, items: object.items.map((item, index) => call.keywords.get(names[index] ?? '')?.value ?? item) };
}

/** The names that `namedtuple("X", "a b")` and `["a", "b"]` give. */
export function tupleNames(value: Value | undefined): string[] {
  if (value?.type === 'sequence') return value.items.flatMap((item) => stringOf(item) ?? (item.type === 'sequence' ? (stringOf(item.items[0]) ?? []) : []));
  return (stringOf(value) ?? '').split(/[\s,]+/).filter((name) => name !== '');
}
