import type { Constraint } from '../../../operations/types.js';
import type { Site, Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { columnMeant, itemsOf } from './column-calls.js';
import {
  checkConstraint,
  checkName,
  exclusionConstraint,
  exclusionName,
  foreignKeyConstraint,
  foreignKeyName,
  primaryKey,
  uniqueConstraint,
  uniqueName,
} from './constraints.js';
import { type Column, expressedOf, foreignKeyOf, type Table, uniqueOf } from './definitions.js';
import { generated, type TablePath } from './names.js';
import type { State } from './state.js';
import { flagged } from './tables.js';

type Call = (state: State, args: readonly Value[], site: Site) => void;

/** How one sort of constraint is read, named, written, and kept in mind. */
interface Sort<D extends { name?: string; span?: { start: number; end: number }; partial?: true }> {
  type: Constraint['type'];
  read: (value: Value | undefined) => D;
  name: (table: TablePath, definition: D) => string;
  write: (table: TablePath, definition: D) => Constraint;
  kept: (table: Table) => D[];
}

function create<D extends { name?: string; span?: { start: number; end: number }; partial?: true }>(sort: Sort<D>): Call {
  return (state, [table, value], site) => {
    const { path, name, known, partial } = state.target(table);
    const definition = sort.read(value);
    definition.name ??= sort.name(path, definition);
    state.send({ kind: 'addConstraint', table: name, constraint: sort.write(path, definition) }, site, definition.span, partial || definition.partial);
    sort.kept(known).push(definition);
  };
}

function drop<D extends { name?: string; span?: { start: number; end: number }; partial?: true }>(sort: Sort<D>): Call {
  return (state, [table, value, ifExists], site) => {
    const { path, name, known, partial } = state.target(table);
    const definition = value?.kind === 'dictionary' ? sort.read(value) : null;
    const { text, partial: unknownName } = definition === null ? spelt(value, sort.type) : { text: sort.name(path, definition), partial: definition.name === undefined && definition.partial === true };
    const guard = flagged(ifExists) ? ({ guard: 'if exists' } as const) : {};
    state.send({ kind: 'dropConstraint', table: name, constraint: text, type: sort.type, ...guard }, site, value?.span, partial || unknownName);
    const kept = sort.kept(known);
    const index = kept.findIndex((other) => sort.name(path, other) === text);
    if (index >= 0) kept.splice(index, 1);
  };
}

/** The plural of a call: one statement for each. */
export function each(call: Call): Call {
  return (state, [table, items, ...rest], site) => {
    for (const item of itemsOf(items)) call(state, [table as Value, item, ...rest], site);
  };
}

const FOREIGN_KEY = { type: 'foreign key', read: foreignKeyOf, name: foreignKeyName, write: foreignKeyConstraint, kept: (table: Table) => table.foreignKeys } as const;
const UNIQUE = { type: 'unique', read: uniqueOf, name: uniqueName, write: uniqueConstraint, kept: (table: Table) => table.uniques } as const;
const CHECK = { type: 'check', read: expressedOf, name: checkName, write: checkConstraint, kept: (table: Table) => table.checks } as const;
const EXCLUDE = { type: 'exclude', read: expressedOf, name: exclusionName, write: exclusionConstraint, kept: (table: Table) => table.exclusions } as const;

function createPrimaryKey(state: State, [table, columns, constraintName]: readonly Value[], site: Site): void {
  const { path, name, known, partial } = state.target(table);
  const meant = itemsOf(columns).map((item) => columnMeant(known, item));
  const names = meant.map((column) => column.name);
  const given = constraintName === undefined ? null : spelt(constraintName, 'name').text;
  const constraint = { type: 'primary key' as const, name: given ?? generated.primaryKey(path, names), columns: names };
  state.send({ kind: 'addConstraint', table: name, constraint }, site, columns?.span, partial || meant.some((column) => column.partial));
  known.columns = known.columns.map((column) => (names.includes(column.name) ? { ...column, isPrimary: true } : column));
}

/** The key's name and columns as far as the file made them. */
function keyOf(known: Table): Column[] {
  return known.columns.filter(({ isPrimary }) => isPrimary);
}

function dropPrimaryKey(state: State, [table, constraintName]: readonly Value[], site: Site): void {
  const { path, name, known, partial } = state.target(table);
  const key = keyOf(known);
  const constraint = key.length > 0 ? (primaryKey(path, key).name ?? '') : spelt(constraintName, 'primary key').text;
  state.send({ kind: 'dropConstraint', table: name, constraint, type: 'primary key' }, site, undefined, partial || key.length === 0);
  known.columns = known.columns.map((column) => ({ ...column, isPrimary: false }));
}

/** Drops the key the table has, if it is known to have one, and makes the new one. */
function updatePrimaryKeys(state: State, [table, columns]: readonly Value[], site: Site): void {
  const { path, name, known, partial } = state.target(table);
  const key = keyOf(known);
  if (key.length > 0) state.send({ kind: 'dropConstraint', table: name, constraint: primaryKey(path, key).name ?? '', type: 'primary key' }, site);
  else state.send({ kind: 'dropConstraint', table: name, constraint: '__primary_key', type: 'primary key' }, site, undefined, true);
  const names = itemsOf(columns).map((item) => columnMeant(known, item).name);
  const constraint = { type: 'primary key' as const, name: key[0]?.primaryKeyConstraintName ?? generated.primaryKey(path, names), columns: names };
  state.send({ kind: 'addConstraint', table: name, constraint }, site, columns?.span, partial);
  known.columns = known.columns.map((column) => (names.includes(column.name) ? { ...column, isPrimary: true } : column));
}

/** Every call of the query runner that makes or drops a constraint. */
export const constraintCalls: Record<string, Call> = {
  createForeignKey: create(FOREIGN_KEY),
  createForeignKeys: each(create(FOREIGN_KEY)),
  dropForeignKey: drop(FOREIGN_KEY),
  dropForeignKeys: each(drop(FOREIGN_KEY)),
  createUniqueConstraint: create(UNIQUE),
  createUniqueConstraints: each(create(UNIQUE)),
  dropUniqueConstraint: drop(UNIQUE),
  dropUniqueConstraints: each(drop(UNIQUE)),
  createCheckConstraint: create(CHECK),
  createCheckConstraints: each(create(CHECK)),
  dropCheckConstraint: drop(CHECK),
  dropCheckConstraints: each(drop(CHECK)),
  createExclusionConstraint: create(EXCLUDE),
  createExclusionConstraints: each(create(EXCLUDE)),
  dropExclusionConstraint: drop(EXCLUDE),
  dropExclusionConstraints: each(drop(EXCLUDE)),
  createPrimaryKey,
  dropPrimaryKey,
  updatePrimaryKeys,
};
