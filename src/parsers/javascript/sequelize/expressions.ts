import { DateValue } from '../evaluate/dates.js';
import type { Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { jsonOf, quoted, SqlWriter } from '../sql-writer.js';
import { Expression, TypeValue, typeSql } from './library.js';

/** A value as Sequelize escapes it into its SQL. */
export function writeValue(writer: SqlWriter, value: Value | undefined, type?: Value): void {
  const typed = type === undefined ? null : typedConstant(value, type);
  if (typed !== null) writer.sql(typed);
  else if (value?.kind === 'list' && !isJson(type)) writeArray(writer, value, type);
  else writeScalar(writer, value);
}

/** Constants that a type spells in its own way; null for any other. */
function typedConstant(value: Value | undefined, type: Value): string | null {
  if (type.kind !== 'host' || !(type.host instanceof TypeValue)) return null;
  const held = value?.kind === 'text' && value.holes.length === 0 ? value.text : value?.kind === 'primitive' && value.value != null ? value.value : null;
  if (held === null) return null;
  const text = SPELLINGS[type.host.name]?.(held) ?? null;
  return text === null ? null : `'${text.replaceAll("'", "''")}'`;
}

type Spelling = (value: string | number | boolean | bigint) => string | null;

const json: Spelling = (value) => (typeof value === 'bigint' ? null : JSON.stringify(value));
const number: Spelling = (value) => (typeof value === 'string' && Number.isNaN(Number(value)) ? 'NaN' : String(value));

/** A text that says a day, or a moment of one, as Sequelize prints it in UTC. */
function moment(value: string | number | boolean | bigint): Date | null {
  if (typeof value === 'number') return new Date(value);
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.test(value) ? new Date(/\d\d:\d\d/.test(value) && !/(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? `${value}Z` : value) : null;
}

function printed(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', ' +00:00');
}

const SPELLINGS: Record<string, Spelling | undefined> = {
  JSON: json,
  JSONB: json,
  DOUBLE: number,
  FLOAT: number,
  REAL: number,
  DATE: (value) => ((date) => (date === null ? null : printed(date)))(moment(value)),
  DATEONLY: (value) => moment(value)?.toISOString().slice(0, 10) ?? null,
};

/** The same for `replacements`, where a list is one of values. */
export function writeReplacement(writer: SqlWriter, value: Value): void {
  if (value.kind !== 'list') writeScalar(writer, value);
  else writer.list(value.items, (item) => {
    if (item.kind === 'list') writer.sql('(');
    writeReplacement(writer, item);
    if (item.kind === 'list') writer.sql(')');
  });
}

function writeScalar(writer: SqlWriter, value: Value | undefined): void {
  if (value === undefined || (value.kind === 'primitive' && value.value == null)) writer.sql('NULL');
  else if (value.kind === 'host' && value.host instanceof Expression) writeExpression(writer, value.host);
  else if (value.kind === 'host' && value.host instanceof DateValue) writer.sql(`'${printed(value.host.date)}'`);
  else if (value.kind === 'text') writer.sql(`'${value.holes.length === 0 ? value.text.replaceAll("'", "''") : spelt(value, 'value').text}'`);
  else if (value.kind === 'primitive') writer.sql(String(value.value));
  else if (value.kind === 'dictionary' || value.kind === 'list') writeJson(writer, value);
  else writer.hole(value.kind === 'unknown' ? value.label : 'value');
}

/** An array of PostgreSQL; one of a known type says which. */
function writeArray(writer: SqlWriter, value: Extract<Value, { kind: 'list' }>, type: Value | undefined): void {
  const known = type?.kind === 'host' && type.host instanceof TypeValue && type.host.name === 'ARRAY' ? type.host : null;
  const inner = known?.args[0];
  writer.sql('ARRAY[').list(value.items, (item) => writeValue(writer, item, inner), ',').sql(known === null ? ']' : `]::${typeSql(type)}`);
}

function writeJson(writer: SqlWriter, value: Value): void {
  const json = jsonOf(value);
  if (json === null) writer.hole('value');
  else writer.sql(`'${json.replaceAll("'", "''")}'`);
}

function isJson(type: Value | undefined): boolean {
  return type?.kind === 'host' && type.host instanceof TypeValue && /^JSONB?$/.test(type.host.name);
}

type Words = (writer: SqlWriter, args: readonly (Value | undefined)[]) => void;

const EXPRESSIONS: Record<Expression['name'], Words> = {
  literal: (writer, [sql]) => {
    if (sql?.kind === 'text') writer.text(sql);
    else writer.sql(spelt(sql, 'literal').text);
  },
  col: (writer, [name]) => void writer.sql(spelt(name, 'column').text.split('.').map((part) => (part === '*' ? part : quoted(part))).join('.')),
  fn: (writer, [name, ...args]) => void writer.sql(`${spelt(name, 'function').text}(`).list(args, (arg) => writeValue(writer, arg)).sql(')'),
  cast: (writer, [value, type]) => {
    writer.sql('CAST(');
    writeValue(writer, value);
    writer.sql(` AS ${spelt(type, 'type').text.toUpperCase()})`);
  },
  where: (writer, args) => {
    const [left, operator, right] = args.length > 2 ? args : [args[0], undefined, args[1]];
    writeValue(writer, left);
    const isNull = right === undefined || (right.kind === 'primitive' && right.value === null);
    const word = operator === undefined ? '=' : (COMPARISONS[spelt(operator, 'operator').text] ?? spelt(operator, 'operator').text);
    if (isNull) writer.sql(word === '!=' ? ' IS NOT NULL' : ' IS NULL');
    else {
      writer.sql(` ${word} `);
      writeValue(writer, right);
    }
  },
  json: (writer, [path, value]) => {
    const [column = '', ...keys] = spelt(path, 'path').text.split('.');
    writer.sql(keys.length === 0 ? quoted(column) : `(${quoted(column)}#>>'{${keys.join(',')}}')`);
    if (value === undefined) return;
    writer.sql(' = ');
    writeValue(writer, value);
  },
};

const COMPARISONS: Record<string, string | undefined> = { 'Op.eq': '=', 'Op.ne': '!=', 'Op.gt': '>', 'Op.gte': '>=', 'Op.lt': '<', 'Op.lte': '<=', 'Op.like': 'LIKE', 'Op.iLike': 'ILIKE' };

export function writeExpression(writer: SqlWriter, { name, args }: Expression): void {
  EXPRESSIONS[name](writer, args);
}

/** A default as it stands after the word; null when Sequelize sends none. */
export function defaultOf(value: Value | undefined, type: Value | undefined): { sql: string; partial: boolean } | null {
  if (value === undefined || (value.kind === 'primitive' && value.value === undefined)) return null;
  // NOW, UUIDV4 and functions are filled in by the client.
  if (value.kind === 'host' && !(value.host instanceof Expression) && !(value.host instanceof DateValue)) return null;
  if (value.kind === 'callable') return null;
  const writer = new SqlWriter({ start: 0, end: 0 }, true);
  writeValue(writer, value, type);
  const { text, holes } = writer.done();
  return { sql: text.replaceAll('\uE000', '__value'), partial: writer.partial || holes.length > 0 };
}
