import type { CheckConstraint, ColumnDefinition, Constraint, QualifiedName } from '../../../operations/types.js';
import { parseType } from '../../../sql/type.js';
import { truthOf, type Value } from '../evaluate/value.js';
import { columnOfSql, typeOfSql } from '../fragment.js';
import { Options, spelt } from '../options.js';
import { escaped, jsonOf, literal, quoted } from '../sql-writer.js';
import { constantOf, Raw, rawQuery } from './raw.js';
import type { ColumnCall } from './table-builder.js';

/** What a column's type depends on outside of its call. */
export interface TableFacts {
  schema: string | undefined;
  /** A `primary(…)` of the table keeps `increments` from being the key. */
  hasPrimary: boolean;
}

/** A column as the compiler needs it. */
export interface Column {
  call: ColumnCall;
  name: string;
  definition: ColumnDefinition;
  /** An enum type that is created in front of everything else. */
  createType?: { type: QualifiedName; values: string[] };
  /** The type's SQL, for the cast of an altered column. */
  typeSql: string;
  comment?: string | null;
  /** CHECKs of an altered column, which are statements of their own. */
  checks: CheckConstraint[];
  partial: boolean;
}

function count(value: Value | undefined, otherwise: number): number {
  if (value?.kind === 'primitive' && typeof value.value === 'number') return value.value;
  if (value?.kind === 'text' && /^\d+$/.test(value.text)) return Number(value.text);
  return otherwise;
}

const FIXED: Record<string, string | undefined> = {
  bigint: 'bigint',
  int: 'integer',
  integer: 'integer',
  mediumint: 'integer',
  smallint: 'smallint',
  tinyint: 'smallint',
  binary: 'bytea',
  bool: 'boolean',
  double: 'double precision',
  floating: 'real',
  text: 'text',
  date: 'date',
  time: 'time',
  json: 'json',
  jsonb: 'jsonb',
  geometry: 'geometry',
  geography: 'geography',
  point: 'point',
};

type Spelling = (args: readonly Value[], facts: TableFacts) => string;

const isKey = (options: Value | undefined, facts: TableFacts, otherwise: boolean): boolean => {
  if (facts.hasPrimary) return false;
  return options === undefined ? otherwise : new Options(options).flag('primaryKey');
};

const SPELLINGS: Record<string, Spelling | undefined> = {
  varchar: ([length]) => `varchar(${count(length, 255)})`,
  bit: () => 'bit(undefined)',
  decimal: ([precision, scale]) => (precision?.kind === 'primitive' && precision.value === null ? 'decimal' : `decimal(${count(precision, 8)}, ${count(scale, 2)})`),
  timestamp,
  increments: ([options], facts) => (isKey(options, facts, true) ? 'serial primary key' : 'serial'),
  bigincrements: ([options], facts) => (isKey(options, facts, true) ? 'bigserial primary key' : 'bigserial'),
  uuid: ([options], facts) => (isKey(options, facts, false) ? 'uuid primary key' : 'uuid'),
};

/** `datetime(withoutTz, precision)` or `datetime({ useTz, precision })`. */
function timestamp([first, second]: readonly Value[]): string {
  const options = first?.kind === 'dictionary' ? first.properties : null;
  const zone = options === null ? first : options.get('useTz')?.value;
  const digits = options === null ? second : options.get('precision')?.value;
  // The bare argument says without, the option says with.
  const without = zone !== undefined && truthOf(zone) === (options === null);
  const precision = digits?.kind === 'primitive' && digits.value != null ? `(${String(digits.value)})` : '';
  return `${without ? 'timestamp' : 'timestamptz'}${precision}`;
}

interface Typed {
  sql: string;
  createType?: Column['createType'];
  partial?: boolean;
}

function typeOf({ type, args }: ColumnCall, name: string, facts: TableFacts): Typed {
  const rest = args.slice(1);
  if (type === 'enu') return enumType(name, rest, facts);
  if (type === 'specifictype') {
    const [written] = rest;
    const sql = written?.kind === 'host' && written.host instanceof Raw ? rawQuery(written.host) : null;
    const { text, partial } = spelt(written, 'type');
    return sql === null ? { sql: text, partial } : { sql };
  }
  const fixed = FIXED[type] ?? SPELLINGS[type]?.(rest, facts);
  return fixed === undefined ? { sql: type, partial: true } : { sql: fixed };
}

function enumType(name: string, [allowed, given]: readonly Value[], facts: TableFacts): Typed {
  const options = new Options(given);
  const known = allowed?.kind === 'list' && allowed.open !== true;
  const values = allowed?.kind === 'list' ? allowed.items.map((item) => spelt(item, 'value').text) : [];
  if (!options.flag('useNative')) return { sql: `text check (${quoted(name)} in ('${values.join("', '")}'))`, partial: !known };
  const schema = options.text('schemaName') ?? facts.schema;
  const type: QualifiedName = { ...(schema !== undefined && { schema }), name: options.text('enumName') ?? options.hole('enumName') };
  const sql = `${schema === undefined ? '' : `"${schema}".`}"${type.name}"`;
  if (options.flag('existingType')) return { sql, partial: options.partial };
  return { sql, createType: { type, values }, partial: options.partial || !known };
}

interface Default {
  sql: string;
  partial: boolean;
}

/** What `.defaultTo(value)` puts after DEFAULT; undefined for nothing at all. */
export function defaultOf(value: Value | undefined, type: string): Default | undefined {
  if (value === undefined || (value.kind === 'primitive' && value.value === undefined)) return undefined;
  if (value.kind === 'host' && value.host instanceof Raw) return known(rawQuery(value.host), spelt(value, 'default').text);
  if (value.kind === 'primitive' && value.value === null) return { sql: 'null', partial: false };
  if (type === 'bool') return booleanDefault(value);
  return value.kind === 'dictionary' || value.kind === 'list' ? structuredDefault(value, type) : escapedDefault(spelt(value, 'default'));
}

function known(sql: string | null, otherwise: string): Default {
  return sql === null ? { sql: otherwise, partial: true } : { sql, partial: false };
}

function escapedDefault({ text, partial }: { text: string; partial: boolean }): Default {
  return { sql: escaped(text), partial };
}

function booleanDefault(value: Value): Default {
  const truth = value.kind === 'text' && value.text === 'false' ? false : truthOf(value);
  return known(truth === null ? null : `'${truth ? 1 : 0}'`, spelt(value, 'default').text);
}

/** JSON for a column of JSON; elsewhere what JavaScript makes of it as a string. */
function structuredDefault(value: Extract<Value, { kind: 'dictionary' | 'list' }>, type: string): Default {
  if (type === 'json' || type === 'jsonb') {
    const json = jsonOf(value);
    return known(json === null ? null : `'${json}'`, "'{}'");
  }
  if (value.kind === 'dictionary') return { sql: "'[object Object]'", partial: false };
  return escapedDefault({ text: value.items.map((item) => spelt(item, 'item').text).join(','), partial: value.open === true });
}

/** A column's call as a definition and what is sent beside it. */
export function columnOf(call: ColumnCall, facts: TableFacts): Column {
  const given = call.args[0];
  const increments = call.type.includes('increments');
  const absent = given === undefined || (given.kind === 'primitive' && given.value == null);
  const { text: name, partial: unnamed } = absent && increments ? { text: 'id', partial: false } : spelt(given, 'column');
  const { sql: typeSql, createType, partial: untyped = false } = typeOf(call, name, facts);
  const column: Column = { call, name, definition: baseOf(name, typeSql), typeSql, checks: [], partial: unnamed || untyped, ...(createType !== undefined && { createType }) };
  column.definition.span = call.span;
  const comment = call.modifiers.get('comment')?.args[0];
  if (comment !== undefined) column.comment = truthOf(comment) === false ? null : spelt(comment, 'comment').text;
  if (!increments) modify(column, call);
  return column;
}

function baseOf(name: string, typeSql: string): ColumnDefinition {
  const type = parseType(typeSql);
  if (type !== null) return { name, type };
  return columnOfSql(name, typeSql) ?? { name, type: typeOfSql(typeSql) };
}

function modify(column: Column, call: ColumnCall): void {
  const { definition } = column;
  const nullable = call.modifiers.get('nullable');
  if (nullable !== undefined) {
    const [value] = nullable.args;
    definition.notNull = value?.kind === 'primitive' && value.value === false;
  }
  const given = call.modifiers.get('defaultTo');
  const value = given === undefined ? undefined : defaultOf(given.args[0], call.type);
  if (value !== undefined) {
    definition.default = value.sql;
    column.partial ||= value.partial;
  }
  const checks = checksOf(column, call);
  if (call.alter !== null) column.checks = checks;
  else if (checks.length > 0) definition.constraints = [...(definition.constraints ?? []), ...(checks as Constraint[])];
}

type Check = (column: string, args: readonly Value[]) => { expression: string | null; name: Value | undefined };

const valuesOf = (value: Value | undefined): string | null => {
  if (value?.kind !== 'list' || value.open === true) return null;
  const items = value.items.map(constant);
  return items.includes(null) ? null : items.join(',');
};

/** As `pg` escapes a value that stands in the text. */
function constant(value: Value | undefined): string | null {
  return constantOf(value);
}

const CHECKS: [string, Check][] = [
  ['checkPositive', (column, [name]) => ({ expression: `${column} > 0`, name })],
  ['checkNegative', (column, [name]) => ({ expression: `${column} < 0`, name })],
  ['checkIn', (column, [values, name]) => within(column, values, name, 'in')],
  ['checkNotIn', (column, [values, name]) => within(column, values, name, 'not in')],
  ['checkBetween', (column, [intervals, name]) => ({ expression: between(column, intervals), name })],
  ['checkLength', (column, [operator, length, name]) => ({ expression: `length(${column}) ${spelt(operator, 'operator').text} ${spelt(length, 'length').text}`, name })],
  ['checkRegex', (column, [pattern, name]) => ({ expression: ((sql) => (sql === null ? null : `${column} ~ ${sql}`))(literal(pattern)), name })],
];

function within(column: string, values: Value | undefined, name: Value | undefined, word: string): { expression: string | null; name: Value | undefined } {
  const list = valuesOf(values);
  return { expression: list === null ? null : `${column} ${word} (${list})`, name };
}

function between(column: string, intervals: Value | undefined): string | null {
  if (intervals?.kind !== 'list') return null;
  const pairs = intervals.items.length === 2 && intervals.items.every(({ kind }) => kind !== 'list') ? [intervals] : intervals.items;
  const parts = pairs.map((pair) => {
    const [low, high] = pair.kind === 'list' ? pair.items.map(constant) : [];
    return low == null || high == null ? null : `${column} between ${low} and ${high}`;
  });
  return parts.includes(null) ? null : parts.join(' or ');
}

function checksOf(column: Column, { modifiers }: ColumnCall): CheckConstraint[] {
  const checks: CheckConstraint[] = [];
  for (const [method, read] of CHECKS) {
    const modifier = modifiers.get(method);
    if (modifier === undefined) continue;
    const { expression, name } = read(quoted(column.name), modifier.args);
    column.partial ||= expression === null;
    // Knex writes a CHECK's name without quotes.
    const named = name === undefined || truthOf(name) === false ? undefined : spelt(name, 'constraint').text.toLowerCase();
    checks.push({ type: 'check', expression: expression ?? 'true', ...(named !== undefined && { name: named }), span: modifier.span });
  }
  return checks;
}
