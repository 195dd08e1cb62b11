import type { Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { jsonOf, quoted, type SqlWriter } from '../sql-writer.js';
import { QueryBuilder } from './query-builder.js';
import { writeSelect } from './query-compiler.js';
import { Raw, writeRaw } from './raw.js';

/** The right side: a value, raw SQL, or a query in parentheses. */
export function writeOperand(writer: SqlWriter, value: Value | undefined): void {
  if (value?.kind !== 'host') {
    writer.value(value);
    return;
  }
  const { host } = value;
  if (host instanceof Raw) writeRaw(writer, host);
  else if (host instanceof QueryBuilder) writeNested(writer, host);
  else writer.value(value);
}

function writeNested(writer: SqlWriter, { query }: QueryBuilder): void {
  writer.sql('(');
  if (query.json === null) writeSelect(writer, query);
  else query.json(writer);
  writer.sql(')');
  if (query.alias !== undefined) writer.sql(` as ${quoted(spelt(query.alias, 'alias').text)}`);
}

/** A query where only a query may stand, without parentheses. */
export function writeSubquery(writer: SqlWriter, value: Value): void {
  if (value.kind === 'host' && value.host instanceof QueryBuilder) writeSelect(writer, value.host.query);
  else writeOperand(writer, value);
}

/** What is put into a column: an object goes as JSON. */
export function writeAssigned(writer: SqlWriter, value: Value): void {
  writeOperand(writer, value.kind === 'dictionary' ? { kind: 'text', text: jsonOf(value) ?? '{}', segments: [], holes: [] } : value);
}
