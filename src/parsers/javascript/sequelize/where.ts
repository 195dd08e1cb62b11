import type { Value } from '../evaluate/value.js';
import { settled } from '../embedded.js';
import { quoted, type SqlWriter } from '../sql-writer.js';
import { textAt } from '../evaluate/text.js';
import { writeExpression, writeValue } from './expressions.js';
import { Expression } from './library.js';

const OPERATORS: Record<string, string | undefined> = {
  eq: '=', ne: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=', like: 'LIKE', notLike: 'NOT LIKE', iLike: 'ILIKE', notILike: 'NOT ILIKE', regexp: '~', iRegexp: '~*', notRegexp: '!~', notIRegexp: '!~*',
  contains: '@>', contained: '<@', overlap: '&&', adjacent: '-|-', is: 'IS', not: 'IS NOT', startsWith: 'LIKE', endsWith: 'LIKE', substring: 'LIKE', match: '@@',
};

/** How a value stands that is given without an operator: in the text, or behind `$n`. */
type Bind = (writer: SqlWriter, value: Value | undefined) => void;

type Dictionary = Extract<Value, { kind: 'dictionary' }>;

/** `where: { … }`, as Sequelize words it. */
export function writeWhere(writer: SqlWriter, where: Value | undefined, bind: Bind = writeValue): void {
  if (where?.kind === 'host' && where.host instanceof Expression) writeExpression(writer, where.host);
  else if (where?.kind === 'text') writer.text(where);
  else if (where?.kind === 'list') writeJoined(writer, where.items.map((item) => (to) => writeWhere(to, item, bind)), ' AND ');
  else if (where?.kind === 'dictionary') {
    if (where.open === true) writer.partial = true;
    writeJoined(writer, [...where.properties].map(([key, { value }]) => (to) => writeCondition(to, key, value, bind)), ' AND ');
  } else writer.hole('where');
}

function writeJoined(writer: SqlWriter, parts: readonly ((writer: SqlWriter) => void)[], separator: string): void {
  writer.list(parts, (write) => write(writer), separator);
}

function columnOf(key: string): string {
  return /^\$.*\$$/.test(key) ? key.slice(1, -1).split('.').map(quoted).join('.') : quoted(key);
}

function writeCondition(writer: SqlWriter, key: string, value: Value, bind: Bind): void {
  if (key === 'Op.or' || key === 'Op.and' || key === 'Op.not') return writeGroup(writer, key, value, bind);
  const column = columnOf(key);
  if (value.kind === 'dictionary') return writeOperators(writer, key, value, bind);
  if (value.kind === 'list') return writeComparison(writer, column, 'in', value);
  if (value.kind === 'host' && value.host instanceof Expression && value.host.name !== 'fn') return writeExpression(writer, value.host);
  if (isNull(value)) {
    writer.sql(`${column} IS NULL`);
    return undefined;
  }
  writer.sql(`${column} = `);
  return bind(writer, value);
}

/** `{ [Op.gt]: 1, [Op.lt]: 5 }`: one comparison, or several in parentheses. */
function writeOperators(writer: SqlWriter, key: string, value: Dictionary, bind: Bind): void {
  const [first] = value.properties;
  if (value.properties.size === 1 && (first?.[0] === 'Op.or' || first?.[0] === 'Op.and')) {
    writeAlternatives(writer, { key, binding: first[0] === 'Op.or' ? ' OR ' : ' AND ' }, first[1].value, bind);
    return;
  }
  const parts = [...value.properties];
  if (parts.length > 1) writer.sql('(');
  writer.list(parts, ([operator, part]) => writeComparison(writer, columnOf(key), operator.replace(/^Op\./, ''), part.value), ' AND ');
  if (parts.length > 1) writer.sql(')');
}

/** `{ column: { [Op.or]: [1, 2] } }`. */
function writeAlternatives(writer: SqlWriter, { key, binding }: { key: string; binding: string }, value: Value, bind: Bind): void {
  const items: Value[] =
    value.kind === 'list' ? value.items : value.kind === 'dictionary' ? [...value.properties].map(([name, property]) => ({ kind: 'dictionary', properties: new Map([[name, property]]) })) : [value];
  writer.sql('(').list(items, (item) => writeCondition(writer, key, item, bind), binding).sql(')');
}

function writeGroup(writer: SqlWriter, key: string, value: Value, bind: Bind): void {
  const binding = key === 'Op.or' ? ' OR ' : ' AND ';
  writer.sql(key === 'Op.not' ? 'NOT (' : '(');
  if (value.kind === 'list') writer.list(value.items, (item) => writeGrouped(writer, item, bind), binding);
  else if (value.kind === 'dictionary') writeJoined(writer, [...value.properties].map(([name, property]) => (to) => writeCondition(to, name, property.value, bind)), binding);
  else writeWhere(writer, value, bind);
  writer.sql(')');
}

function writeGrouped(writer: SqlWriter, item: Value, bind: Bind): void {
  const many = item.kind === 'dictionary' && item.properties.size > 1;
  if (many) writer.sql('(');
  writeWhere(writer, item, bind);
  if (many) writer.sql(')');
}

function isNull(value: Value): boolean {
  return value.kind === 'primitive' && value.value == null;
}

function writeComparison(writer: SqlWriter, column: string, operator: string, value: Value): void {
  const isFlag = value.kind === 'primitive' && typeof value.value === 'boolean';
  if (isNull(value)) {
    writer.sql(`${column} ${operator === 'ne' || operator === 'not' ? 'IS NOT' : 'IS'} NULL`);
    return;
  }
  if (operator === 'not' && !isFlag) return writeComparison(writer, column, value.kind === 'list' ? 'notIn' : 'ne', value);
  const special = SPECIAL[operator];
  const word = OPERATORS[operator];
  if (special !== undefined) special(writer, column, value);
  else if (word === undefined) writer.sql(`${column} = `).hole(operator);
  else {
    writer.sql(`${column} ${word} `);
    writeValue(writer, patternOf(operator, value));
  }
}

/** `startsWith` and its like are LIKE with the signs put in. */
function patternOf(operator: string, value: Value): Value {
  if (value.kind !== 'text') return value;
  const around = { startsWith: ['', '%'], endsWith: ['%', ''], substring: ['%', '%'] }[operator];
  return around === undefined ? value : textAt(`${around[0]}${settled(value)}${around[1]}`, value.span ?? null);
}

type Comparison = (writer: SqlWriter, column: string, value: Value) => void;

function within(word: string): Comparison {
  return (writer, column, value) => {
    if (value.kind === 'list' && value.items.length === 0 && word === 'NOT IN') {
      writer.sql('true');
      return;
    }
    const literal = value.kind === 'host';
    writer.sql(`${column} ${word} ${literal ? '' : '('}`);
    if (value.kind === 'list') writer.list(value.items.length === 0 ? [undefined] : value.items, (item) => writeValue(writer, item));
    else writeValue(writer, value);
    writer.sql(literal ? '' : ')');
  };
}

function between(word: string): Comparison {
  return (writer, column, value) => {
    writer.sql(`${column} ${word} `);
    if (value.kind === 'list') writer.list(value.items, (item) => writeValue(writer, item), ' AND ');
    else writer.hole('values');
  };
}

const SPECIAL: Record<string, Comparison | undefined> = {
  in: within('IN'),
  notIn: within('NOT IN'),
  between: between('BETWEEN'),
  notBetween: between('NOT BETWEEN'),
  any: (writer, column, value) => {
    writer.sql(`${column} = ANY (`);
    writeValue(writer, value);
    writer.sql(')');
  },
  col: (writer, column, value) => {
    writer.sql(`${column} = ${value.kind === 'text' ? value.text.split('.').map(quoted).join('.') : quoted('__column')}`);
  },
};
