import type { Site, Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { indexKeys } from './constraints.js';
import { type Index, indexOf } from './definitions.js';
import { generated, stored, tableName, type TablePath } from './names.js';
import type { State } from './state.js';
import { flagged } from './tables.js';

export function indexName(table: TablePath, index: Index): string {
  return index.name ?? generated.index(table, index.columns, index.where);
}

export function sendCreateIndex(state: State, path: TablePath, index: Index, site: Site, partial = false): void {
  const { unique, concurrent, method, where } = index;
  index.name ??= indexName(path, index);
  state.send(
    {
      kind: 'createIndex',
      index: index.name,
      table: tableName(path),
      keys: indexKeys(index.columns),
      ...(unique && { unique: true as const }),
      ...(concurrent && { concurrently: true as const }),
      ...(method !== undefined && { method: method.toLowerCase() }),
      ...(where !== undefined && { where }),
    },
    site,
    index.span,
    partial || index.partial,
  );
}

export function sendDropIndex(state: State, path: TablePath, index: Index, site: Site, guard = false, partial = false): void {
  const { schema } = path;
  const name = indexName(path, index);
  state.send(
    {
      kind: 'dropIndex',
      index: schema === undefined ? { name } : { schema, name },
      table: tableName(path),
      ...(index.concurrent && { concurrently: true as const }),
      ...(guard && { guard: 'if exists' as const }),
    },
    site,
    index.span,
    partial || index.partial,
  );
}

export function createIndex(state: State, [table, definition]: readonly Value[], site: Site): void {
  const { path, known, partial } = state.target(table);
  const index = indexOf(definition);
  sendCreateIndex(state, path, index, site, partial);
  known.indices.push(index);
}

/** By object, or by the name of an index the database holds. */
export function dropIndex(state: State, [table, which, ifExists]: readonly Value[], site: Site): void {
  const { path, known, partial } = state.target(table);
  const { index, unknownIndex } = indexMeant(known.indices, which);
  // A table handed over whole is taken as it is; one given by name is read from the database.
  sendDropIndex(state, table?.kind === 'dictionary' ? path : stored(path), index, site, flagged(ifExists), partial || unknownIndex);
  known.indices = known.indices.filter((other) => indexName(path, other) !== indexName(path, index));
}

function indexMeant(known: readonly Index[], which: Value | undefined): { index: Index; unknownIndex: boolean } {
  if (which?.kind === 'dictionary') return { index: indexOf(which), unknownIndex: false };
  const { text: name, partial } = spelt(which, 'index');
  const found = known.find((index) => index.name === name);
  const index: Index = { name, columns: found?.columns ?? [], unique: found?.unique ?? false, concurrent: false };
  return { index: { ...index, ...(which?.span !== undefined && { span: which.span }) }, unknownIndex: partial };
}
