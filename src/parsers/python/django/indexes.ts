import type { CheckConstraint, ExclusionConstraint, IndexKey, OperationDraft, UniqueConstraint } from '../../../operations/types.js';
import { booleanOf, isNone, nameOf, numberOf, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { ExpressionPrinter } from './expression.js';
import { argument } from './field-types.js';
import { indexName } from './names.js';
import { fieldNamed, qualified, tableName, type Model, type ProjectState } from './state.js';

type Marked<T> = T & { partial?: true };

export type IndexDraft = Extract<OperationDraft, { kind: 'createIndex' }>;

/** Access methods of `django.contrib.postgres.indexes`, and the letters their own names end in. */
const METHODS: Record<string, [method: string, suffix: string]> = {
  GinIndex: ['gin', 'gin'],
  GistIndex: ['gist', 'gist'],
  SpGistIndex: ['spgist', 'spgist'],
  BrinIndex: ['brin', 'brin'],
  HashIndex: ['hash', 'hash'],
  BTreeIndex: ['btree', 'btree'],
  BloomIndex: ['bloom', 'bloom'],
  HnswIndex: ['hnsw', 'hnsw'],
  IvfflatIndex: ['ivfflat', 'ivfflat'],
};

const OPTIONS = [
  'autosummarize', 'buffering', 'columns', 'deduplicate_items', 'fastupdate', 'fillfactor', 'gin_pending_list_limit', 'length',
  'pages_per_range', 'm', 'ef_construction', 'lists',
];

/** The name an index has, or the one that Django gives to one without. */
export function nameOfIndex(model: Model, call: CallValue): string {
  const given = stringOf(argument(call, 'name'));
  if (given !== null) return given;
  const fields = fieldsOf(call).map((field) => columnNamed(model, field));
  const suffix = METHODS[nameOf(call.callee)]?.[1] ?? 'idx';
  return indexName(
    tableName(model),
    fields.map(({ column }) => column),
    fields.map(({ column, order }) => (order === undefined ? column : `-${column}`)),
    suffix,
  );
}

/** `CREATE INDEX` of `models.Index(…)`. */
export function indexDraft(state: ProjectState, model: Model, call: CallValue): IndexDraft {
  const printer = new ExpressionPrinter(state, model);
  const method = METHODS[nameOf(call.callee)]?.[0];
  const options = optionsOf(call);
  const condition = argument(call, 'condition');
  const classes = namesIn(argument(call, 'opclasses'));
  const include = namesIn(argument(call, 'include')).map((name) => columnNamed(model, name).column);
  const tablespace = stringOf(argument(call, 'db_tablespace'));
  const fields = fieldsOf(call).map((name, at): IndexKey => {
    const operatorClass = classes[at];
    return { ...columnNamed(model, name), ...(operatorClass === undefined ? {} : { operatorClass }) };
  });
  const expressions = fields.length > 0 ? [] : call.positional.map(({ value }) => expressionKey(value, printer));
  return {
    kind: 'createIndex',
    index: nameOfIndex(model, call),
    table: qualified(tableName(model)),
    keys: [...fields, ...expressions],
    ...(include.length > 0 ? { include } : {}),
    ...(method === undefined ? {} : { method }),
    ...(options === '' ? {} : { options }),
    ...(tablespace === null ? {} : { tablespace }),
    ...(condition === undefined || isNone(condition) ? {} : { where: printer.condition(condition) }),
    ...(printer.partial || call.open ? { partial: true as const } : {}),
  };
}

function fieldsOf(call: CallValue): string[] {
  return namesIn(argument(call, 'fields'));
}

function namesIn(value: Value | undefined): string[] {
  return value?.type === 'sequence' ? value.items.flatMap((item) => stringOf(item) ?? []) : [];
}

function columnNamed(model: Model, name: string): { column: string; order?: 'desc' } {
  const descending = name.startsWith('-');
  const bare = descending ? name.slice(1) : name;
  const column = fieldNamed(model, bare)?.column ?? bare;
  return descending ? { column, order: 'desc' } : { column };
}

/** `Lower("name").desc()`, `OpClass(Lower("name"), name="varchar_pattern_ops")`, `F("name")`. */
function expressionKey(value: Value, printer: ExpressionPrinter): IndexKey {
  if (value.type !== 'call') return columnKey(stringOf(value), value, printer);
  const { callee } = value;
  if (callee.type === 'attribute' && /^(?:asc|desc)$/.test(callee.name)) {
    return { ...expressionKey(callee.object, printer), order: callee.name as 'asc' | 'desc', ...nullsOf(value) };
  }
  const path = pathOf(callee) ?? '';
  if (path.endsWith('.OpClass')) {
    const operatorClass = stringOf(argument(value, 'name', 1));
    const key = expressionKey(argument(value, 'expression', 0) ?? value, printer);
    return operatorClass === null ? key : { ...key, operatorClass };
  }
  return columnKey(path.endsWith('.F') ? stringOf(argument(value, 'name', 0)) : null, value, printer);
}

function columnKey(name: string | null, value: Value, printer: ExpressionPrinter): IndexKey {
  return name === null ? { expression: printer.expression(value) } : columnNamed(printer.model, name);
}

function nullsOf(call: CallValue): { nulls?: 'first' | 'last' } {
  if (booleanOf(argument(call, 'nulls_first')) === true) return { nulls: 'first' };
  return booleanOf(argument(call, 'nulls_last')) === true ? { nulls: 'last' } : {};
}

function optionsOf(call: CallValue): string {
  return OPTIONS.flatMap((name) => {
    const value = argument(call, name);
    if (value === undefined || isNone(value)) return [];
    const truth = booleanOf(value);
    const text = truth === null ? String(numberOf(value) ?? stringOf(value) ?? '') : truth ? 'on' : 'off';
    return [`${name} = ${text}`];
  }).join(', ');
}

/** How Django makes one of `Meta.constraints`. */
export type MadeConstraint =
  | { form: 'constraint'; constraint: Marked<CheckConstraint | UniqueConstraint | ExclusionConstraint>; partial: boolean }
  | { form: 'index'; draft: IndexDraft; partial: boolean };

/** A CHECK, a UNIQUE or an EXCLUDE; a conditional one of the second sort is an index. Null of a class we do not know. */
export function constraintOf(state: ProjectState, model: Model, call: CallValue): MadeConstraint | null {
  const printer = new ExpressionPrinter(state, model);
  const name = stringOf(argument(call, 'name')) ?? '__name__';
  switch (nameOf(call.callee)) {
    case 'CheckConstraint': {
      const expression = printer.condition(argument(call, 'condition') ?? argument(call, 'check'));
      return { form: 'constraint', constraint: { type: 'check', name, expression }, partial: printer.partial };
    }
    case 'UniqueConstraint':
      return unique(name, model, call, printer);
    case 'ExclusionConstraint':
      return exclusion(name, call, printer);
    default:
      return null;
  }
}

function unique(name: string, model: Model, call: CallValue, printer: ExpressionPrinter): MadeConstraint {
  const condition = argument(call, 'condition');
  const classes = namesIn(argument(call, 'opclasses'));
  const include = namesIn(argument(call, 'include')).map((field) => columnNamed(model, field).column);
  const columns = namesIn(argument(call, 'fields')).map((field) => columnNamed(model, field).column);
  const where = condition === undefined || isNone(condition) ? {} : { where: printer.condition(condition) };
  const nullsNotDistinct = booleanOf(argument(call, 'nulls_distinct')) === false ? { nullsNotDistinct: true as const } : {};
  const plain = !('where' in where) && include.length === 0 && classes.length === 0 && columns.length > 0;
  if (plain) {
    return { form: 'constraint', constraint: { type: 'unique', name, columns, ...nullsNotDistinct, ...timingOf(call) }, partial: false };
  }
  const keys: IndexKey[] =
    columns.length > 0
      ? columns.map((column, at) => ({ column, ...(classes[at] === undefined ? {} : { operatorClass: classes[at] }) }))
      : call.positional.map(({ value }) => expressionKey(value, printer));
  const draft: IndexDraft = {
    kind: 'createIndex',
    index: name,
    table: qualified(tableName(model)),
    keys,
    unique: true,
    ...(include.length > 0 ? { include } : {}),
    ...nullsNotDistinct,
    ...where,
  };
  return { form: 'index', draft: printer.partial ? { ...draft, partial: true } : draft, partial: printer.partial };
}

/** `deferrable=Deferrable.DEFERRED`. */
function timingOf(call: CallValue): { deferrable?: boolean; initiallyDeferred?: boolean } {
  const given = argument(call, 'deferrable');
  const name = given === undefined ? '' : nameOf(given);
  return name === 'DEFERRED' || name === 'IMMEDIATE' ? { deferrable: true, initiallyDeferred: name === 'DEFERRED' } : {};
}

function exclusion(name: string, call: CallValue, printer: ExpressionPrinter): MadeConstraint {
  const pairs = argument(call, 'expressions');
  const elements = (pairs?.type === 'sequence' ? pairs.items : []).map((pair) => {
    const [expression, operator] = pair.type === 'sequence' ? pair.items : [];
    const column = stringOf(expression);
    const shown = column === null ? printer.expression(expression) : printer.column(column);
    return `${shown} WITH ${operatorText(operator)}`;
  });
  const condition = argument(call, 'condition');
  const include = namesIn(argument(call, 'include')).map((field) => columnNamed(printer.model, field).column);
  const constraint: ExclusionConstraint = {
    type: 'exclude',
    name,
    method: (stringOf(argument(call, 'index_type')) ?? 'gist').toLowerCase(),
    elements,
    ...(include.length > 0 ? { include } : {}),
    ...(condition === undefined || isNone(condition) ? {} : { where: printer.condition(condition) }),
  };
  return { form: 'constraint', constraint, partial: printer.partial };
}

const OPERATORS: Record<string, string> = {
  EQUAL: '=', NOT_EQUAL: '<>', CONTAINS: '@>', CONTAINED_BY: '<@', OVERLAPS: '&&', FULLY_LT: '<<', FULLY_GT: '>>',
  NOT_LT: '&>', NOT_GT: '&<', ADJACENT_TO: '-|-',
};

/** `RangeOperators.OVERLAPS`, or the operator itself. */
function operatorText(value: Value | undefined): string {
  const text = stringOf(value);
  if (text !== null) return text;
  return OPERATORS[value === undefined ? '' : nameOf(value)] ?? '=';
}

