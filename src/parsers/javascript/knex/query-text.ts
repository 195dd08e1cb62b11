import type { Span } from '../../../operations/types.js';
import type { Text } from '../evaluate/text.js';
import type { Value } from '../evaluate/value.js';
import { SqlWriter } from '../sql-writer.js';
import { QueryBuilder } from './query-builder.js';
import { writeQuery } from './query-compiler.js';
import { Raw, writeRaw } from './raw.js';

/** The WHERE of a query that stands for a predicate, without the word. */
export function whereOf(value: Value, span: Span): { sql: string; partial: boolean } {
  const writer = new SqlWriter(span);
  if (value.kind === 'host' && value.host instanceof QueryBuilder) value.host.query.where.write(writer);
  else writer.hole('predicate');
  const { text, holes } = writer.done();
  return { sql: holes.length > 0 ? '__predicate' : text, partial: writer.partial || holes.length > 0 };
}

/** A whole query with its values in it, as a view keeps it. */
export function queryText(value: Value | undefined, span: Span): { sql: string; partial: boolean } {
  const { text, partial } = written(value, span);
  return { sql: text.text.replaceAll('\uE000', '__value'), partial: partial || text.holes.length > 0 };
}

/** The same as a value of the migration's code, holes and all: what `toString()` gives. */
export function queryValue(value: Value, span: Span): Text {
  return { ...written(value, span).text, span };
}

function written(value: Value | undefined, span: Span): { text: Text; partial: boolean } {
  const writer = new SqlWriter(span, true);
  if (value?.kind === 'host' && value.host instanceof QueryBuilder) writeQuery(writer, value.host.query);
  else if (value?.kind === 'host' && value.host instanceof Raw) writeRaw(writer, value.host);
  else if (value?.kind === 'text') writer.text(value);
  else writer.hole('query');
  return { text: writer.done(), partial: writer.partial };
}
