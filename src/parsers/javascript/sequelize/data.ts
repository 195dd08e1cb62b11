import type { Site, Value } from '../evaluate/value.js';
import { Options, spelt } from '../options.js';
import { quoted, SqlWriter } from '../sql-writer.js';
import { targetOf } from './attributes.js';
import { writeValue } from './expressions.js';
import { Expression } from './library.js';
import type { Session } from './session.js';
import { isSet } from './tables.js';
import { writeWhere } from './where.js';

type Given = readonly Value[];

function writeTable(writer: SqlWriter, table: Value | undefined): void {
  const { name, partial } = targetOf(table);
  if (partial) writer.partial = true;
  writer.sql(name.schema === undefined ? quoted(name.name) : `${quoted(name.schema)}.${quoted(name.name)}`);
}

function finish(session: Session, writer: SqlWriter, site: Site): void {
  session.recorder.sql({ ...writer.done(), span: site.span }, site);
}

/** Rows as VALUES, each cell as `write` has it; the columns in the order in which the rows first name them. */
function writeRows(writer: SqlWriter, rows: Value | undefined, write: (value: Value | undefined) => void): void {
  const held = (rows?.kind === 'list' ? rows.items : []).filter((row) => row.kind === 'dictionary');
  if (rows?.kind !== 'list' || rows.open === true || held.length !== rows.items.length || held.length === 0) {
    writer.sql(' VALUES ').hole('rows');
    return;
  }
  const columns = [...new Set(held.flatMap(({ properties }) => [...properties.keys()]))];
  writer.sql(` (${columns.map(quoted).join(',')}) VALUES `);
  writer.list(held, (row) => writer.sql('(').list(columns, (column) => write(row.properties.get(column)?.value), ',').sql(')'), ',');
}

function writeReturning(writer: SqlWriter, options: Value | undefined): void {
  const returning = new Options(options).get('returning');
  if (returning?.kind === 'list') writer.sql(` RETURNING ${returning.items.map((item) => quoted(spelt(item, 'column').text)).join(',')}`);
  else if (isSet(options, 'returning')) writer.sql(' RETURNING *');
}

/** Values stand in the text. */
export function bulkInsert(session: Session, [table, rows, options]: Given, site: Site): void {
  const writer = new SqlWriter(site.span, true);
  writer.sql('INSERT INTO ');
  writeTable(writer, table);
  writeRows(writer, rows, (value) => writeValue(writer, value));
  const settings = new Options(options);
  const update = settings.texts('updateOnDuplicate');
  if (update.length > 0) writer.sql(` ON CONFLICT (${settings.texts('upsertKeys').map(quoted).join(',')}) DO UPDATE SET ${update.map((name) => `${quoted(name)}=EXCLUDED.${quoted(name)}`).join(',')}`);
  if (isSet(options, 'ignoreDuplicates')) writer.sql(' ON CONFLICT DO NOTHING');
  writeReturning(writer, options);
  finish(session, writer.sql(';'), site);
}

/** An expression in the text, anything else as a parameter. */
function bound(writer: SqlWriter, value: Value | undefined): void {
  if (value?.kind === 'host' && value.host instanceof Expression) writeValue(writer, value);
  else writer.value(value);
}

/** `insert(instance, table, values, options)`. */
export function insertRow(session: Session, [, table, row, options]: Given, site: Site): void {
  const writer = new SqlWriter(site.span);
  writer.sql('INSERT INTO ');
  writeTable(writer, table);
  writeRows(writer, row === undefined ? undefined : { kind: 'list', items: [row] }, (value) => bound(writer, value));
  writeReturning(writer, options);
  finish(session, writer.sql(';'), site);
}

/** `upsert(table, insertValues, updateValues, where, options)`: what conflicts, only the model knows. */
export function upsertRow(session: Session, [table, row]: Given, site: Site): void {
  const target = targetOf(table);
  const columns = row?.kind === 'dictionary' ? [...row.properties.keys()] : [];
  session.send({ kind: 'insert', table: target.name, columns, source: 'values', rows: 1, onConflict: 'update', reads: [], text: 'INSERT' }, site, undefined, target.partial);
}

/** `update(instance, table, values, identifier)`: as `bulkUpdate`. */
export function updateRow(session: Session, [, table, values, where]: Given, site: Site): void {
  bulkUpdate(session, [table, values, where].filter((arg) => arg !== undefined), site);
}

/** `delete(instance, table, identifier)`: as `bulkDelete`. */
export function deleteRow(session: Session, [, table, where]: Given, site: Site): void {
  bulkDelete(session, [table, where].filter((arg) => arg !== undefined), site);
}

function counter(sign: '+' | '-'): (session: Session, args: Given, site: Site) => void {
  return (session, [, table, where, amounts], site) => {
    const writer = new SqlWriter(site.span, true);
    writer.sql('UPDATE ');
    writeTable(writer, table);
    writer.sql(' SET ');
    if (amounts?.kind === 'dictionary') {
      writer.list([...amounts.properties], ([name, { value }]) => {
        writer.sql(`${quoted(name)}=${quoted(name)}${sign} `);
        writeValue(writer, value);
      }, ',');
    } else writer.sql(`${quoted('__column')}=`).hole('amounts');
    writeCondition(writer, where);
    finish(session, writer.sql(' RETURNING *'), site);
  };
}

/** `increment(model, table, where, amounts)`. */
export const increment: ReturnType<typeof counter> = counter('+');
export const decrement: ReturnType<typeof counter> = counter('-');

export function bulkUpdate(session: Session, [table, values, where]: Given, site: Site): void {
  const writer = new SqlWriter(site.span);
  writer.sql('UPDATE ');
  writeTable(writer, table);
  writer.sql(' SET ');
  if (values?.kind === 'dictionary') {
    writer.list([...values.properties], ([name, { value }]) => {
      writer.sql(`${quoted(name)}=`);
      bound(writer, value);
    }, ',');
  } else writer.sql(`${quoted('__column')}=`).hole('values');
  writeCondition(writer, where, bound);
  finish(session, writer, site);
}

function writeCondition(writer: SqlWriter, where: Value | undefined, bind?: (writer: SqlWriter, value: Value | undefined) => void): void {
  if (where === undefined || (where.kind === 'primitive' && where.value == null)) return;
  if (where.kind === 'dictionary' && where.properties.size === 0 && where.open !== true) return;
  writer.sql(' WHERE ');
  writeWhere(writer, where, bind);
}

/** Without a condition every row goes; `truncate: true` empties the table. */
export function bulkDelete(session: Session, [table, where, options]: Given, site: Site): void {
  const target = targetOf(table);
  if (isSet(options, 'truncate')) {
    const restart = isSet(options, 'restartIdentity');
    session.send({ kind: 'truncate', table: target.name, ...(restart && { restartIdentity: true }), ...(isSet(options, 'cascade') && { cascade: true }) }, site, undefined, target.partial);
    return;
  }
  const writer = new SqlWriter(site.span, true);
  writer.sql('DELETE FROM ');
  writeTable(writer, table);
  writeCondition(writer, where);
  finish(session, writer, site);
}
