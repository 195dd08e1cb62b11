import { concat, holeAt, slice, type Text } from '../evaluate/text.js';
import type { Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { jsonOf, quoted, SqlWriter } from '../sql-writer.js';
import { Expression, TypeValue, typeSql } from './library.js';

/** A value as Sequelize escapes it into its SQL. */
export function writeValue(writer: SqlWriter, value: Value | undefined, type?: Value): void {
  if (value === undefined || (value.kind === 'primitive' && value.value == null)) writer.sql('NULL');
  else if (value.kind === 'host' && value.host instanceof Expression) writeExpression(writer, value.host);
  else if (value.kind === 'text') writer.sql(`'${value.holes.length === 0 ? value.text.replaceAll("'", "''") : spelt(value, 'value').text}'`);
  else if (value.kind === 'primitive') writer.sql(String(value.value));
  else if (value.kind === 'dictionary' || value.kind === 'list') writeStructured(writer, value, type);
  else writer.hole(value.kind === 'unknown' ? value.label : 'value');
}

/** An array of PostgreSQL, a list of values, or JSON, as the column's type has it. */
function writeStructured(writer: SqlWriter, value: Extract<Value, { kind: 'dictionary' | 'list' }>, type: Value | undefined): void {
  if (value.kind === 'list' && type?.kind === 'host' && type.host instanceof TypeValue && type.host.name === 'ARRAY') {
    const [inner] = type.host.args;
    writer.sql('ARRAY[').list(value.items, (item) => writeValue(writer, item, inner), ',').sql(`]::${typeSql(type)}`);
    return;
  }
  if (value.kind === 'list' && !isJson(type)) {
    writer.list(value.items, (item) => writeValue(writer, item));
    return;
  }
  const json = jsonOf(value);
  if (json === null) writer.hole('value');
  else writer.sql(`'${json.replaceAll("'", "''")}'`);
}

function isJson(type: Value | undefined): boolean {
  return type?.kind === 'host' && type.host instanceof TypeValue && /^JSONB?$/.test(type.host.name);
}

export function writeExpression(writer: SqlWriter, { name, args }: Expression): void {
  const [first, second] = args;
  if (name === 'literal') {
    if (first?.kind === 'text') writer.text(first);
    else writer.sql(spelt(first, 'literal').text);
  } else if (name === 'col') writer.sql(spelt(first, 'column').text.split('.').map((part) => (part === '*' ? part : quoted(part))).join('.'));
  else if (name === 'fn') {
    writer.sql(`${spelt(first, 'function').text}(`).list(args.slice(1), (arg) => writeValue(writer, arg)).sql(')');
  } else if (name === 'cast') {
    writer.sql('CAST(');
    writeValue(writer, first);
    writer.sql(` AS ${spelt(second, 'type').text.toUpperCase()})`);
  } else writer.hole(name);
}

/** A default as it stands after the word; null when Sequelize sends none. */
export function defaultOf(value: Value | undefined, type: Value | undefined): { sql: string; partial: boolean } | null {
  if (value === undefined || (value.kind === 'primitive' && value.value === undefined)) return null;
  // NOW, UUIDV4 and functions are filled in by the client.
  if (value.kind === 'host' && !(value.host instanceof Expression)) return null;
  if (value.kind === 'callable') return null;
  const writer = new SqlWriter({ start: 0, end: 0 }, true);
  writeValue(writer, value, type);
  const { text, holes } = writer.done();
  return { sql: text.replaceAll('\uE000', '__value'), partial: writer.partial || holes.length > 0 };
}

const OPERATORS: Record<string, string | undefined> = {
  eq: '=', ne: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=', like: 'LIKE', notLike: 'NOT LIKE', iLike: 'ILIKE', notILike: 'NOT ILIKE', regexp: '~', iRegexp: '~*', notRegexp: '!~', contains: '@>',
  contained: '<@', overlap: '&&', is: 'IS', not: 'IS NOT', in: 'IN', notIn: 'NOT IN', between: 'BETWEEN', notBetween: 'NOT BETWEEN',
};

type Bind = (writer: SqlWriter, value: Value | undefined) => void;

/** `where: { … }`, as Sequelize words it. */
export function writeWhere(writer: SqlWriter, where: Value | undefined, bind: Bind = writeValue): void {
  if (where?.kind === 'host' && where.host instanceof Expression) writeExpression(writer, where.host);
  else if (where?.kind === 'text') writer.text(where);
  else if (where?.kind === 'list') writer.list(where.items, (item) => writeWhere(writer, item, bind), ' AND ');
  else if (where?.kind === 'dictionary') {
    if (where.open === true) writer.partial = true;
    writer.list([...where.properties], ([key, { value }]) => writeCondition(writer, key, value, bind), ' AND ');
  } else writer.hole('where');
}

function writeCondition(writer: SqlWriter, key: string, value: Value, bind: Bind): void {
  if (key === 'Op.or' || key === 'Op.and' || key === 'Op.not') return writeGroup(writer, key, value, bind);
  const column = key.split('.').map(quoted).join('.');
  if (value.kind === 'dictionary') {
    const parts = [...value.properties];
    if (parts.length > 1) writer.sql('(');
    writer.list(parts, ([operator, part]) => writeComparison(writer, column, operator.replace(/^Op\./, ''), part.value, bind), ' AND ');
    if (parts.length > 1) writer.sql(')');
    return undefined;
  }
  if (value.kind === 'list') return writeComparison(writer, column, 'in', value, bind);
  return writeComparison(writer, column, 'eq', value, bind);
}

function writeGroup(writer: SqlWriter, key: string, value: Value, bind: Bind): void {
  const items: Value[] =
    value.kind === 'list' ? value.items : value.kind === 'dictionary' ? [...value.properties].map(([name, property]) => ({ kind: 'dictionary', properties: new Map([[name, property]]) })) : [value];
  writer.sql(key === 'Op.not' ? 'NOT (' : '(');
  writer.list(
    items,
    (item) => {
      const many = item.kind === 'dictionary' && item.properties.size > 1;
      if (many) writer.sql('(');
      writeWhere(writer, item, bind);
      if (many) writer.sql(')');
    },
    key === 'Op.or' ? ' OR ' : ' AND ',
  );
  writer.sql(')');
}

function writeComparison(writer: SqlWriter, column: string, operator: string, value: Value, bind: Bind): void {
  const isNull = value.kind === 'primitive' && value.value == null;
  const isFlag = value.kind === 'primitive' && typeof value.value === 'boolean';
  if (isNull) {
    writer.sql(`${column} ${operator === 'ne' || operator === 'not' ? 'IS NOT' : 'IS'} NULL`);
    return;
  }
  if (operator === 'not' && !isFlag) return writeComparison(writer, column, value.kind === 'list' ? 'notIn' : 'ne', value, bind);
  const word = OPERATORS[operator];
  if (word === undefined) {
    writer.hole(operator);
    return;
  }
  writer.sql(`${column} ${word} `);
  const items = value.kind === 'list' ? value.items : null;
  if ((operator === 'in' || operator === 'notIn') && items !== null) writer.sql('(').list(items.length === 0 ? [undefined] : items, (item) => writeValue(writer, item)).sql(')');
  else if (operator === 'in' || operator === 'notIn') {
    writer.sql('(');
    bind(writer, value);
    writer.sql(')');
  } else if ((operator === 'between' || operator === 'notBetween') && items !== null) writer.list(items, (item) => bind(writer, item), ' AND ');
  else bind(writer, value);
}

/** `query(sql, { replacements })`: values put into the text where their names stand. */
export function replaced(text: Text, replacements: Value | undefined, bound: Value | undefined): Text {
  if (replacements === undefined) return bound?.kind === 'dictionary' ? named(text) : text;
  const list = replacements.kind === 'list' ? replacements.items : null;
  const parts: Text[] = [];
  let at = 0;
  let index = 0;
  for (const match of text.text.matchAll(list === null ? /(?<!:):(?!\d)(\w+)/g : /\?/g)) {
    const held = list === null ? (replacements.kind === 'dictionary' ? replacements.properties.get(match[1] ?? '')?.value : undefined) : list[index++];
    if (held === undefined && replacements.kind === 'dictionary' && replacements.open !== true) continue;
    const source = slice(text, match.index, match.index + match[0].length).segments[0]?.source ?? null;
    const writer = new SqlWriter(source ?? { start: 0, end: 0 }, true);
    if (held === undefined) parts.push(slice(text, at, match.index), holeAt(match[1] ?? 'value', source));
    else {
      writeValue(writer, held);
      parts.push(slice(text, at, match.index), writer.done());
    }
    at = match.index + match[0].length;
  }
  return { ...concat([...parts, slice(text, at, text.text.length)]), ...(text.span !== undefined && { span: text.span }) };
}

/** `$name` becomes `$1`, `$2` … in the order of first use. */
function named(text: Text): Text {
  const numbers = new Map<string, number>();
  const parts: Text[] = [];
  let at = 0;
  for (const match of text.text.matchAll(/\$(\w+)/g)) {
    const name = match[1] ?? '';
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    const source = slice(text, match.index, match.index + match[0].length).segments[0]?.source ?? null;
    parts.push(slice(text, at, match.index), { kind: 'text', text: `$${numbers.get(name)}`, holes: [], segments: [{ start: 0, end: 2, source, exact: false }] });
    at = match.index + match[0].length;
  }
  return { ...concat([...parts, slice(text, at, text.text.length)]), ...(text.span !== undefined && { span: text.span }) };
}
