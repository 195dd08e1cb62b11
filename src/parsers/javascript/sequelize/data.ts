import type { Site, Value } from '../evaluate/value.js';
import { Options, spelt } from '../options.js';
import { quoted, SqlWriter } from '../sql-writer.js';
import { targetOf } from './attributes.js';
import { writeValue, writeWhere } from './expressions.js';
import { Expression } from './library.js';
import type { Session } from './session.js';
import { isSet } from './tables.js';

type Given = readonly Value[];

function writeTable(writer: SqlWriter, table: Value | undefined): void {
  const { name, partial } = targetOf(table);
  if (partial) writer.partial = true;
  writer.sql(name.schema === undefined ? quoted(name.name) : `${quoted(name.schema)}.${quoted(name.name)}`);
}

function finish(session: Session, writer: SqlWriter, site: Site): void {
  session.recorder.sql({ ...writer.done(), span: site.span }, site);
}

/** Values stand in the text; columns in the order in which the rows first name them. */
export function bulkInsert(session: Session, [table, rows, options]: Given, site: Site): void {
  const writer = new SqlWriter(site.span, true);
  writer.sql('INSERT INTO ');
  writeTable(writer, table);
  const held = (rows?.kind === 'list' ? rows.items : []).filter((row) => row.kind === 'dictionary');
  if (rows?.kind !== 'list' || held.length !== rows.items.length || held.length === 0) writer.sql(' VALUES ').hole('rows');
  else {
    const columns = [...new Set(held.flatMap(({ properties }) => [...properties.keys()]))];
    writer.sql(` (${columns.map(quoted).join(',')}) VALUES `);
    writer.list(held, (row) => writer.sql('(').list(columns, (column) => writeValue(writer, row.properties.get(column)?.value ?? undefined), ',').sql(')'), ',');
  }
  const settings = new Options(options);
  const update = settings.texts('updateOnDuplicate');
  if (update.length > 0) writer.sql(` ON CONFLICT ( ${settings.texts('upsertKeys').map(quoted).join(',')} ) DO UPDATE SET ${update.map((name) => `${quoted(name)}=EXCLUDED.${quoted(name)}`).join(',')}`);
  if (isSet(options, 'ignoreDuplicates')) writer.sql(' ON CONFLICT DO NOTHING');
  const returning = settings.get('returning');
  if (returning?.kind === 'list') writer.sql(` RETURNING ${returning.items.map((item) => quoted(spelt(item, 'column').text)).join(',')}`);
  else if (isSet(options, 'returning')) writer.sql(' RETURNING *');
  finish(session, writer.sql(';'), site);
}

export function bulkUpdate(session: Session, [table, values, where]: Given, site: Site): void {
  const writer = new SqlWriter(site.span);
  writer.sql('UPDATE ');
  writeTable(writer, table);
  writer.sql(' SET ');
  const bind = (target: SqlWriter, value: Value | undefined): void => {
    if (value?.kind === 'host' && value.host instanceof Expression) writeValue(target, value);
    else target.value(value);
  };
  if (values?.kind === 'dictionary') {
    writer.list([...values.properties], ([name, { value }]) => {
      writer.sql(`${quoted(name)}=`);
      bind(writer, value);
    }, ',');
  } else writer.sql(`${quoted('__column')}=`).hole('values');
  writeCondition(writer, where, (target, value) => (value?.kind === 'primitive' && value.value == null ? target.sql('NULL') : bind(target, value)));
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
