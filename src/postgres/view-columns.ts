import type { Query } from '../operations/types.js';
import { parseType } from '../sql/type.js';
import { outputItems, type OutputItem } from './expression.js';
import { newColumn, relationOf, type Column, type Relation, type Schema } from './schema.js';

/**
 * Columns of a view, by name, with the types of those that are plain columns
 * of what it reads; null when the query is no plain list or a name cannot be
 * told on sight.
 */
export function viewColumns(query: Query, names: readonly string[] | undefined, schema: Schema): ReadonlyMap<string, Column> | null {
  const sources = query.reads.map((read) => relationOf(schema, read));
  const items = outputItems(query.text);
  const found = items === null ? null : items.flatMap((item) => columnsOfItem(item, sources) ?? [null]);
  if (found === null || found.some((column) => column === null)) return named(names);
  const columns = (found as Column[]).map((column, index) => ({ ...column, name: names?.[index] ?? column.name }));
  return new Map(columns.map((column) => [column.name, column]));
}

function named(names: readonly string[] | undefined): ReadonlyMap<string, Column> | null {
  return names === undefined ? null : new Map(names.map((name) => [name, newColumn(name)]));
}

type Item = OutputItem;

function columnsOfItem({ name, column, cast }: Item, sources: readonly (Relation | undefined)[]): Column[] | null {
  if (column === '*') return everyColumn(sources);
  if (name === null) return null;
  if (cast !== null) return [newColumn(name, { type: parseType(cast) })];
  return [newColumn(name, { type: column === null ? null : typeOf(column, sources) })];
}

/** What a star stands for, where one relation with all of its columns known is read. */
function everyColumn([only, ...others]: readonly (Relation | undefined)[]): Column[] | null {
  if (only === undefined || others.length > 0 || only.columns.size === 0) return null;
  if (!only.complete && only.query === null) return null;
  return [...only.columns.values()].map(({ name, type }) => newColumn(name, { type }));
}

/** The type of the one column of this name; null where no relation or more than one has it. */
function typeOf(column: string, sources: readonly (Relation | undefined)[]): Column['type'] {
  if (sources.some((source) => source === undefined)) return null;
  const types = sources.flatMap((source) => source?.columns.get(column) ?? []);
  return types.length === 1 ? (types[0]?.type ?? null) : null;
}
