import { existsTest } from '../evaluate/conditions.js';
import { type Dictionary, host, hostFunction, list, primitive, type Property, type Site, truthOf, unknown, type Value } from '../evaluate/value.js';
import { textAt } from '../evaluate/text.js';
import type { Column, ForeignKey, Index, Table, Unique } from './definitions.js';
import type { State, Target } from './state.js';

const PARTS: Record<string, string> = {
  foreignKeys: 'foreign_key',
  indices: 'index',
  uniques: 'unique',
  checks: 'check',
  columns: 'column',
  exclusions: 'exclusion',
  primaryColumns: 'column',
};

/** What `getTable` gives back: the table as the file made it, or one of whose parts only the database knows the rest. */
export function tableValue(state: State, { path, known }: Target): Value {
  const whole = ofTable(known);
  if (known.complete) return whole;
  return host({
    name: 'table',
    truth: existsTest('table', path.name),
    get: (property) => {
      if (property === 'name') return textAt(path.name, null);
      const part = PARTS[property];
      const held = whole.properties.get(property)?.value;
      if (part !== undefined) return partsOf(state, part, held?.kind === 'list' ? held.items : []);
      return property.startsWith('find') ? hostFunction(property, ([name]) => (name?.kind === 'text' ? name : unknown('column'))) : undefined;
    },
  });
}

/** A list of constraints or columns that the file knows in part: what is looked for is one it made, or unknown. */
function partsOf(state: State, part: string, known: readonly Value[]): Value {
  const search = (callback: Value | undefined, site: Site): Value =>
    known.find((item) => callback !== undefined && truthOf(state.call(callback, [item], site)) === true) ?? unknown(part);
  return host({
    name: part,
    get: (property) => {
      if (/^\d+$/.test(property)) return unknown(part);
      if (property === 'find' || property === 'at') return hostFunction(property, ([callback], site) => search(callback, site));
      return property === 'filter' ? hostFunction(property, () => partsOf(state, part, known)) : undefined;
    },
  });
}

function dictionary(entries: Record<string, Value | undefined>): Dictionary {
  const properties = new Map<string, Property>();
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) properties.set(name, { value });
  return { kind: 'dictionary', properties };
}

function text(value: string | undefined): Value | undefined {
  return value === undefined ? undefined : textAt(value, null);
}

function texts(values: readonly string[]): Value {
  return list(values.map((value) => textAt(value, null)));
}

function ofTable(table: Table): Dictionary {
  const { schema, name } = table.path;
  return dictionary({
    name: text(schema === undefined ? name : `${schema}.${name}`),
    columns: list(table.columns.map(ofColumn)),
    indices: list(table.indices.map(ofIndex)),
    uniques: list(table.uniques.map(ofUnique)),
    foreignKeys: list(table.foreignKeys.map(ofForeignKey)),
    checks: list(table.checks.map((check) => dictionary({ name: text(check.name), expression: text(check.expression) }))),
    findColumnByName: hostFunction('findColumnByName', ([asked]) => {
      const column = table.columns.find((known) => asked?.kind === 'text' && known.name === asked.text);
      return column === undefined ? unknown('column') : ofColumn(column);
    }),
  });
}

function ofColumn(column: Column): Value {
  const { name, type, length, isNullable, isPrimary, isUnique, isArray, isGenerated, ...rest } = column;
  const strings = Object.fromEntries(Object.entries(rest).flatMap(([key, value]) => (typeof value === 'string' ? [[key, text(value)]] : [])));
  const flags = { isNullable, isPrimary, isUnique, isArray, isGenerated };
  return dictionary({
    name: text(name),
    type: text(type),
    length: text(length),
    enum: texts(column.enum),
    ...Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, primitive(value)])),
    ...strings,
  });
}

function ofIndex({ name, columns, unique, where }: Index): Value {
  return dictionary({ name: text(name), columnNames: texts(columns), isUnique: primitive(unique), where: text(where) });
}

function ofUnique({ name, columns, deferrable }: Unique): Value {
  return dictionary({ name: text(name), columnNames: texts(columns), deferrable: text(deferrable) });
}

function ofForeignKey({ name, columns, references, onDelete, onUpdate, deferrable }: ForeignKey): Value {
  const { schema, name: table } = references.table;
  return dictionary({
    name: text(name),
    columnNames: texts(columns),
    referencedColumnNames: texts(references.columns),
    referencedTableName: text(schema === undefined ? table : `${schema}.${table}`),
    onDelete: text(onDelete),
    onUpdate: text(onUpdate),
    deferrable: text(deferrable),
  });
}
