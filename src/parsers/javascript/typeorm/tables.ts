import type { CreateTable, Statement } from '../../../operations/types.js';
import { truthOf, type Site, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { columnDefinition, enumType, isEnum } from './columns.js';
import { checkConstraint, exclusionConstraint, foreignKeyConstraint, foreignKeyName, primaryKey, uniqueConstraint } from './constraints.js';
import { type Column, type Table, tableOf } from './definitions.js';
import { sendCreateIndex, sendDropIndex } from './indexes.js';
import { generated, sequenceName, stored, tableName, type TablePath } from './names.js';
import type { State } from './state.js';

/** A flag among the arguments; absent or unknown is the library's default. */
export function flagged(value: Value | undefined, otherwise = false): boolean {
  return value === undefined ? otherwise : (truthOf(value) ?? otherwise);
}

export function createEnum(state: State, table: TablePath, column: Column, site: Site): void {
  const type = enumType(table, column);
  if (!state.newEnum(type)) return;
  state.send({ kind: 'createEnum', type, values: column.enum }, site, column.span, column.partial);
}

/** A stored generated column is noted in TypeORM's own table. */
export function noteGenerated(state: State, column: Column, site: Site): void {
  if (column.generatedType !== 'STORED' || column.asExpression === undefined) return;
  state.send(
    {
      kind: 'insert',
      table: { name: 'typeorm_metadata' },
      columns: ['database', 'schema', 'table', 'type', 'name', 'value'],
      source: 'values',
      rows: 1,
      reads: [],
      implied: true,
      text: 'INSERT INTO "typeorm_metadata"("database", "schema", "table", "type", "name", "value") VALUES ($1, $2, $3, $4, $5, $6)',
    },
    site,
  );
}

/** `createTable(table, ifNotExist, createForeignKeys = true, createIndices = true)`. */
export function createTable(state: State, [definition, ifNotExists, foreignKeys, indices]: readonly Value[], site: Site): void {
  const table = tableOf(definition);
  if (state.before1) table.path.encoded = true;
  for (const column of table.columns.filter(isEnum)) createEnum(state, table.path, column, site);
  for (const column of table.columns) noteGenerated(state, column, site);
  nameConstraints(table);
  const guard = flagged(ifNotExists) ? ({ guard: 'if not exists' } as const) : {};
  const statement = state.send({ ...createTableDraft(table, flagged(foreignKeys, true)), ...guard }, site, undefined, isPartial(table));
  commentColumns(state, table, statement);
  if (flagged(indices, true)) for (const index of table.indices) sendCreateIndex(state, table.path, index, site);
  if (table.comment !== undefined && table.comment !== '') {
    state.send({ kind: 'comment', object: 'table', name: tableName(table.path), comment: table.comment }, site);
  }
  state.remember(table);
}

/** Unique columns become constraints of their own, and what has no name gets one. */
function nameConstraints(table: Table): void {
  for (const { name, isUnique } of table.columns) {
    const known = table.uniques.some(({ columns }) => columns.length === 1 && columns[0] === name);
    if (isUnique && !known) table.uniques.push({ columns: [name] });
  }
  for (const unique of table.uniques) unique.name ??= generated.unique(table.path, unique.columns);
  for (const key of table.foreignKeys) key.name ??= generated.foreignKey(table.path, key.columns);
}

/** Comments on columns ride in the string that creates the table. */
function commentColumns(state: State, table: Table, statement: Statement): void {
  const { schema, name: on } = tableName(table.path);
  for (const { name, comment } of table.columns) {
    if (comment === undefined || comment === '') continue;
    const named = schema === undefined ? { name } : { schema, name };
    state.append({ kind: 'comment', object: 'column', name: named, on: { name: on }, comment }, state.recorder.statementWith(statement));
  }
}

function isPartial(table: Table): boolean {
  const parts = [table.columns, table.uniques, table.checks, table.exclusions, table.foreignKeys].flat();
  return table.partial === true || parts.some(({ partial }) => partial === true);
}

function createTableDraft(table: Table, withForeignKeys: boolean): Omit<CreateTable, 'span' | 'statement'> {
  const { path } = table;
  const primary = table.columns.filter(({ isPrimary }) => isPrimary);
  return {
    kind: 'createTable',
    table: tableName(path),
    columns: table.columns.map((column) => columnDefinition(path, column)),
    constraints: [
      ...table.uniques.map((unique) => uniqueConstraint(path, unique)),
      ...table.checks.map((check) => checkConstraint(path, check)),
      ...table.exclusions.map((exclusion) => exclusionConstraint(path, exclusion)),
      ...(withForeignKeys ? table.foreignKeys.map((key) => foreignKeyConstraint(path, key)) : []),
      ...(primary.length > 0 ? [primaryKey(path, primary)] : []),
    ],
  };
}

/** `dropTable(table, ifExist, dropForeignKeys = true, dropIndices = true)`: indexes and keys known here go first. */
export function dropTable(state: State, args: readonly Value[], site: Site): void {
  const [value, ifExists, foreignKeys, indices] = args;
  const { path, name, known, partial } = state.target(value);
  if (flagged(indices, true)) for (const index of known.indices) sendDropIndex(state, stored(path), { ...index, concurrent: false }, site);
  if (flagged(foreignKeys, true)) {
    for (const key of known.foreignKeys) {
      state.send({ kind: 'dropConstraint', table: name, constraint: foreignKeyName(path, key), type: 'foreign key' }, site);
    }
  }
  const guard = flagged(ifExists) ? ({ guard: 'if exists' } as const) : {};
  state.send({ kind: 'dropTable', table: name, ...guard }, site, value?.kind === 'text' ? value.span : undefined, partial);
  state.forget(path);
}

/** `renameTable(table, name)`: every name TypeORM generated follows the table. */
export function renameTable(state: State, [value, newName]: readonly Value[], site: Site): void {
  const { path, name, known, partial } = state.target(value);
  const { text: to, partial: unknownName } = spelt(newName, 'name');
  state.send({ kind: 'renameTable', table: name, to }, site, newName?.span, partial || unknownName);
  const renamed: Table = { ...known, path: { ...path, name: to } };
  renameParts(state, known, renamed, site);
  state.forget(path);
  state.remember(renamed);
}

/** Renames of keys, sequences, constraints, indexes and enum types whose names were generated. */
function renameParts(state: State, before: Table, after: Table, site: Site): void {
  const table = tableName(after.path);
  const rename = (constraint: string, to: string) => state.send({ kind: 'renameConstraint', table, constraint, to }, site);
  const primary = before.columns.filter(({ isPrimary }) => isPrimary);
  const [first] = primary;
  if (first !== undefined && first.primaryKeyConstraintName === undefined) {
    rename(primaryKey(before.path, primary).name ?? '', primaryKey(after.path, primary).name ?? '');
  }
  for (const { name, isGenerated, generationStrategy } of before.columns) {
    if (!isGenerated || generationStrategy !== 'increment') continue;
    const sequence = tableName({ ...before.path, name: sequenceName(before.path, name) });
    state.send({ kind: 'renameTable', relation: 'sequence', table: sequence, to: sequenceName(after.path, name) }, site);
  }
  for (const unique of after.uniques) {
    if (unique.name !== generated.unique(before.path, unique.columns)) continue;
    const to = generated.unique(after.path, unique.columns);
    rename(unique.name, to);
    unique.name = to;
  }
  renameIndexesAndKeys(state, before, after, site, rename);
}

function renameIndexesAndKeys(state: State, before: Table, after: Table, site: Site, rename: (from: string, to: string) => void): void {
  for (const index of after.indices) {
    if (index.name !== generated.index(before.path, index.columns, index.where)) continue;
    const to = generated.index(after.path, index.columns, index.where);
    const { schema } = stored(after.path);
    state.send({ kind: 'renameTable', relation: 'index', table: { schema, name: index.name }, to }, site);
    index.name = to;
  }
  for (const key of after.foreignKeys) {
    if (key.name !== generated.foreignKey(before.path, key.columns)) continue;
    const to = generated.foreignKey(after.path, key.columns);
    rename(key.name, to);
    key.name = to;
  }
  for (const column of after.columns.filter(isEnum)) {
    if (column.enumName !== undefined) continue;
    const type = enumType(before.path, column);
    state.send({ kind: 'renameObject', object: 'type', name: type, to: enumType(after.path, column).name }, site);
  }
}

export function clearTable(state: State, [value, options]: readonly Value[], site: Site): void {
  const { name, partial } = state.target(value);
  const cascade = options?.kind === 'dictionary' && flagged(options.properties.get('cascade')?.value) ? { cascade: true as const } : {};
  state.send({ kind: 'truncate', table: name, ...cascade }, site, value?.span, partial);
}

export function changeTableComment(state: State, [value, text]: readonly Value[], site: Site): void {
  const { name, known, partial } = state.target(value);
  const { text: comment, partial: unknownText } = spelt(text, 'comment');
  if (known.comment === comment) return;
  state.send({ kind: 'comment', object: 'table', name, comment: comment === '' ? null : comment }, site, text?.span, partial || unknownText);
  known.comment = comment;
}
