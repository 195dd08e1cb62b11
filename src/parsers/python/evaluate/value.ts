import type { Span } from '../../../operations/types.js';
import type { FunctionDefinition, Expression, Parameter } from '../syntax/nodes.js';
import type { Scope } from './scope.js';
import { toString, type Text } from './text.js';

/**
 * What is known of a Python value without running anything. Objects of
 * libraries stay symbolic: `sa.Column("id", sa.Integer)` is a `call` of the
 * symbol `sqlalchemy.Column` with its arguments.
 */
export type Value =
  | StringValue
  | { type: 'number'; text: string; member?: Member }
  | { type: 'constant'; value: boolean | null }
  | { type: 'sequence'; form: 'tuple' | 'list' | 'set'; items: Value[]; open?: true; names?: readonly string[] }
  | { type: 'dictionary'; entries: { key: Value; value: Value }[]; open?: true }
  | FunctionValue
  | ClassValue
  | { type: 'symbol'; path: string }
  | CallValue
  | PartialValue
  | { type: 'attribute'; object: Value; name: string }
  | { type: 'subscript'; object: Value; index: Value }
  | { type: 'operator'; operator: string; left: Value | null; right: Value }
  | UnknownValue;

export interface StringValue {
  type: 'string';
  text: Text;
  member?: Member;
}

/** A member of an `enum.Enum` is its value, and remembers what it is called. */
export interface Member {
  name: string;
  of: ClassValue;
}

export interface FunctionValue {
  type: 'function';
  name: string;
  parameters: Parameter[];
  body: FunctionDefinition['body'] | Expression;
  scope: Scope;
  /** Bound first argument of a method. */
  self?: Value;
  /** It yields: a call gives what it yields, as a list. */
  generator?: true;
  /** What a decorator of the language made of it. */
  made?: 'static method' | 'class method' | 'property' | 'context manager';
}

/** `functools.partial(f, …)`. */
export interface PartialValue {
  type: 'partial';
  callee: Value;
  positional: readonly Argument[];
  keywords: ReadonlyMap<string, Argument>;
}

export interface ClassValue {
  type: 'class';
  name: string;
  bases: Value[];
  /** Those of classes of the project that it derives from included. */
  members: Map<string, Value>;
  /** Names with a type, in order: the fields of a dataclass or a NamedTuple. */
  fields: readonly string[];
  /** `@dataclass`, which makes the class's `__init__`. */
  dataclass?: true;
}

/** An argument where it is written. */
export interface Argument {
  value: Value;
  /** The value; of the call that leads here when it stands in another file. */
  span: Span;
  /** Keyword included. */
  whole: Span;
}

export interface CallValue {
  type: 'call';
  callee: Value;
  positional: Argument[];
  keywords: Map<string, Argument>;
  /** `*rest` or `**rest` whose content is not known. */
  open: boolean;
  span: Span;
  /** An instance of a class of the project: what was assigned to its attributes. */
  attributes?: Map<string, Value>;
}

export interface UnknownValue {
  type: 'unknown';
  /** What the placeholder is called: the variable's own name where there is one. */
  name: string;
  /** The database was asked; `exists` when it answers whether something is there. */
  database?: 'rows' | 'exists' | 'missing';
  /** The model whose rows these are. */
  of?: Value;
}

export const NONE: Value = { type: 'constant', value: null };

export function unknown(name = 'value'): UnknownValue {
  return { type: 'unknown', name };
}

export function fromString(text: string): StringValue {
  return { type: 'string', text: [{ text }] };
}

/** The characters of a string value that holds no hole, or null. */
export function stringOf(value: Value | undefined): string | null {
  if (value?.type !== 'string' || value.text.some((part) => part.hole === true)) return null;
  return toString(value.text);
}

export function booleanOf(value: Value | undefined): boolean | null {
  return value?.type === 'constant' && value.value !== null ? value.value : null;
}

export function isNone(value: Value | undefined): boolean {
  return value?.type === 'constant' && value.value === null;
}

export function numberOf(value: Value | undefined): number | null {
  if (value?.type === 'operator' && value.operator === '-' && value.left === null) {
    const inner = numberOf(value.right);
    return inner === null ? null : -inner;
  }
  if (value?.type !== 'number') return null;
  const parsed = Number(value.text.replaceAll('_', ''));
  return Number.isNaN(parsed) ? null : parsed;
}

/** The dotted path of a symbol, `sqlalchemy.Column`; null for anything else. */
export function pathOf(value: Value | undefined): string | null {
  return value?.type === 'symbol' ? value.path : null;
}

/** Python's truth of a value; null when not known. */
export function truthOf(value: Value): boolean | null {
  switch (value.type) {
    case 'constant':
      return value.value === true;
    case 'number':
      return numberOf(value) !== 0;
    case 'string': {
      const text = toString(value.text);
      return value.text.some((part) => part.hole === true) ? null : text !== '';
    }
    case 'sequence':
      return value.open === true ? null : value.items.length > 0;
    case 'dictionary':
      return value.open === true ? null : value.entries.length > 0;
    case 'function':
    case 'class':
    case 'partial':
      return true;
    default:
      return null;
  }
}

/** Equality of two values; null when not known. */
export function equal(a: Value, b: Value): boolean | null {
  const [left, right] = [scalar(a), scalar(b)];
  if (left !== undefined && right !== undefined) return left === right;
  if (a === b) return true;
  if (a.type === 'sequence' && b.type === 'sequence') return equalItems(a, b);
  if (a.type === 'symbol' && b.type === 'symbol') return a.path === b.path ? true : isOperation(a.path) && isOperation(b.path) ? false : null;
  return null;
}

/** Functions of `op` are not one another. */
function isOperation(path: string): boolean {
  return path.startsWith('alembic.op.') || path.startsWith('builtins.');
}

type SequenceValue = Extract<Value, { type: 'sequence' }>;

function equalItems(a: SequenceValue, b: SequenceValue): boolean | null {
  if (a.open === true || b.open === true) return null;
  if (a.form !== b.form || a.items.length !== b.items.length) return false;
  const answers = a.items.map((item, index) => equal(item, b.items[index] ?? NONE));
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function scalar(value: Value): string | number | boolean | null | undefined {
  if (value.type === 'constant') return value.value;
  if (value.type === 'number') return numberOf(value) ?? undefined;
  return stringOf(value) ?? undefined;
}

/** The name a placeholder for this value bears. */
export function nameOf(value: Value): string {
  switch (value.type) {
    case 'unknown':
      return value.name;
    case 'symbol':
      return value.path.slice(value.path.lastIndexOf('.') + 1);
    case 'attribute':
      return value.name;
    case 'call':
      return nameOf(value.callee);
    case 'subscript':
      return stringOf(value.index) ?? nameOf(value.object);
    default:
      return 'value';
  }
}

/** A placeholder that reads as an identifier, alone or inside one. */
export function holeFor(value: Value, span?: Span): Text {
  const text = `__${nameOf(value).replaceAll(/\W/g, '_')}__`;
  return [span === undefined ? { text, hole: true } : { text, span, hole: true }];
}
