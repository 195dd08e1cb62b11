import type { Span } from '../../../operations/types.js';
import type { Value } from '../evaluate/value.js';
import { SqlWriter } from '../sql-writer.js';
import { QueryBuilder } from './query-builder.js';
import { Raw, writeRaw } from './raw.js';

/** The WHERE of a query that stands for a predicate, without the word. */
export function whereOf(value: Value, span: Span): { sql: string; partial: boolean } {
  const writer = new SqlWriter(span);
  if (value.kind === 'host' && value.host instanceof QueryBuilder) value.host.conditions.write(writer);
  else writer.hole('predicate');
  const { text, holes } = writer.done();
  return { sql: holes.length > 0 ? '__predicate' : text, partial: writer.partial || holes.length > 0 };
}

/** A whole query with its values in it, as a view keeps it. */
export function queryText(value: Value | undefined, span: Span): { sql: string; partial: boolean } {
  const writer = new SqlWriter(span, true);
  if (value?.kind === 'host' && value.host instanceof QueryBuilder) value.host.writeSelect(writer);
  else if (value?.kind === 'host' && value.host instanceof Raw) writeRaw(writer, value.host.sql, value.host.bindings);
  else if (value?.kind === 'text') writer.text(value);
  else writer.hole('query');
  const { text, holes } = writer.done();
  return { sql: text.replaceAll('\uE000', '__value'), partial: writer.partial || holes.length > 0 };
}
