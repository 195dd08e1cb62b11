import type { DataType, Span } from '../../../operations/types.js';
import { booleanOf, isNone, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { argument, columnType, isKnown, isVirtual, kindOf, relationOf } from './field-types.js';

export interface Relation {
  form: 'one' | 'many' | 'key';
  /** The model as the author named it: a string, a class or a setting. */
  to: Value | undefined;
  toField: string | null;
  /** False with `db_constraint=False`. */
  constrained: boolean;
  /** The model between, where the author made one. */
  through: Value | null;
  /** `db_table` of the table between. */
  table: string | null;
}

/** Names that constraints and indexes of a column got when they were made. */
export interface Made {
  foreignKey?: string;
  unique?: string;
  index?: string;
  like?: string;
  check?: string;
  /** Foreign keys of the table between, by its columns. */
  between?: Readonly<Record<string, string>>;
}

/** A field of a model as its migrations left it. */
export interface Field {
  name: string;
  /** The class of Django it is or derives from. */
  kind: string;
  call: CallValue;
  span: Span;
  /** Null of a relation, and where it cannot be told. */
  type: DataType | null;
  relation: Relation | null;
  /** No column of its own. */
  virtual: boolean;
  null: boolean;
  unique: boolean;
  indexed: boolean;
  primaryKey: boolean;
  column: string;
  made: Made;
}

/** The facts of `models.CharField(…)`; null when the value is no call. */
export function fieldOf(name: string, value: Value | undefined): Field | null {
  if (value?.type !== 'call') return null;
  const { kind, length } = kindOf(value.callee);
  const form = relationOf(kind);
  const primaryKey = flag(value, 'primary_key');
  const relation = form === null ? null : relationOfCall(form, value);
  const attribute = relation !== null && form !== 'many' ? `${name}_id` : name;
  return {
    name,
    kind,
    call: value,
    span: value.span,
    type: form === null ? columnType(kind, value, length) : null,
    relation,
    virtual: form === 'many' || isVirtual(kind),
    null: flag(value, 'null') || kind === 'NullBooleanField',
    unique: primaryKey || flag(value, 'unique') || form === 'one',
    indexed: isIndexed(value, kind, form),
    primaryKey,
    column: stringOf(argument(value, 'db_column')) ?? attribute,
    made: {},
  };
}

function flag(call: CallValue, name: string): boolean {
  return booleanOf(call.keywords.get(name)?.value) === true;
}

function isIndexed(call: CallValue, kind: string, form: Relation['form'] | null): boolean {
  const given = booleanOf(call.keywords.get('db_index')?.value);
  if (given !== null) return given;
  if (kind === 'SlugField') return true;
  return form === 'key' || form === 'one';
}

function relationOfCall(form: Relation['form'], call: CallValue): Relation {
  const through = argument(call, 'through');
  return {
    form,
    to: argument(call, 'to', 0),
    toField: stringOf(argument(call, 'to_field')),
    constrained: booleanOf(argument(call, 'db_constraint')) !== false,
    through: through === undefined || isNone(through) ? null : through,
    table: form === 'many' ? stringOf(argument(call, 'db_table')) : null,
  };
}

/** True of a column whose type we know or can follow. */
export function isReadable(field: Field): boolean {
  return field.relation !== null || field.type !== null || !isKnown(field.kind);
}

const CHECKED = /^Positive(?:Big|Small)?IntegerField$/;

/** The CHECK that Django writes behind positive integers. */
export function checkOf(field: Field): string | null {
  return CHECKED.test(field.kind) ? `"${field.column}" >= 0` : null;
}

/** Numbers its rows by itself. */
export function isAuto(field: Field): boolean {
  return /^(?:Big|Small)?AutoField$/.test(field.kind);
}

export function commentOf(field: Field): string | null {
  const text = stringOf(argument(field.call, 'db_comment'));
  return text === '' ? null : text;
}

/** `db_default=…`, or null. */
export function databaseDefault(field: Field): Value | null {
  return field.call.keywords.get('db_default')?.value ?? null;
}

const NOT_OF_DATABASE = new Set([
  'blank', 'choices', 'db_column', 'editable', 'error_messages', 'help_text', 'limit_choices_to', 'on_delete',
  'related_name', 'related_query_name', 'validators', 'verbose_name',
]);

/** Keywords that say what is so anyway: Django leaves them out when it compares. */
const IDLE: Record<string, unknown> = { null: false, unique: false, primary_key: false, auto_now: false, auto_now_add: false, db_constraint: true, serialize: true, max_length: null, symmetrical: null };

function isIdle(field: Field, name: string, value: Value): boolean {
  if (name === 'db_index') return booleanOf(value) === (field.kind === 'SlugField' || field.relation !== null);
  return name in IDLE && value.type === 'constant' && value.value === IDLE[name];
}

/** What of a field's arguments the database could see, for telling whether it changed. */
export function comparedArguments(field: Field, withTarget: boolean): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const [name, { value }] of field.call.keywords) {
    if (!NOT_OF_DATABASE.has(name) && !isIdle(field, name, value) && (name !== 'to' || withTarget)) found.set(name, value);
  }
  const [first] = field.call.positional;
  if (field.relation !== null && first !== undefined && withTarget) found.set('to', first.value);
  if (field.kind === 'ArrayField' && first !== undefined) found.set('base_field', first.value);
  return found;
}

/** Structural equality of two values as they are written. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return plain(a) === plain(b);
}

/** A value without its places. Names of models are compared without case, as Django does. */
function plain(value: Value): string {
  return JSON.stringify(value, (key: string, inner: unknown) => {
    if (key === 'span' || key === 'whole' || key === 'scope' || key === 'exact' || key === 'body') return undefined;
    return inner instanceof Map ? [...(inner as Map<string, unknown>)].sort(([left], [right]) => (left < right ? -1 : 1)) : inner;
  });
}
