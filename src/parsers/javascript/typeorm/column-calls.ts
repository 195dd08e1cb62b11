import type { Site, Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { columnDefinition, enumType, isEnum } from './columns.js';
import { checkName, primaryKey, uniqueConstraint, uniqueName } from './constraints.js';
import { type Column, columnOf, type Table, type Unique } from './definitions.js';
import { sendCreateIndex, sendDropIndex } from './indexes.js';
import { generated, stored } from './names.js';
import type { State, Target } from './state.js';
import { createEnum, flagged, noteGenerated } from './tables.js';

/** `addColumn(table, column)`: the column, then what TypeORM sends apart from it. */
export function addColumn(state: State, [table, value]: readonly Value[], site: Site): void {
  sendAddColumn(state, state.target(table), columnOf(value), site);
}

export function sendAddColumn(state: State, target: Target, column: Column, site: Site): void {
  const { path, name: table, known } = target;
  const partial = target.partial || column.partial === true;
  if (isEnum(column)) createEnum(state, path, column, site);
  state.send({ kind: 'addColumn', table, column: columnDefinition(path, column) }, site, column.span, partial);
  if (column.isPrimary) joinPrimaryKey(state, target, column, site);
  const index = known.indices.find(({ columns }) => columns.length === 1 && columns[0] === column.name);
  if (index !== undefined) sendCreateIndex(state, path, index, site);
  if (column.isUnique) {
    const unique: Unique = { name: generated.unique(path, [column.name]), columns: [column.name] };
    state.send({ kind: 'addConstraint', table, constraint: uniqueConstraint(path, unique) }, site, column.span, partial);
    known.uniques.push(unique);
  }
  noteGenerated(state, column, site);
  if (column.comment !== undefined && column.comment !== '') sendColumnComment(state, target, column, site);
  known.columns.push(column);
}

export function sendColumnComment(state: State, { name: table }: Target, column: Column, site: Site): void {
  const { schema, name: on } = table;
  const name = schema === undefined ? { name: column.name } : { schema, name: column.name };
  const { comment } = column;
  state.send({ kind: 'comment', object: 'column', name, on: { name: on }, comment: comment === undefined || comment === '' ? null : comment }, site);
}

/** A primary key cannot grow: it is dropped and made again. Unless the file made the table, whether it had one is not known. */
function joinPrimaryKey(state: State, { path, name: table, known }: Target, column: Column, site: Site): void {
  const before = known.columns.filter(({ isPrimary }) => isPrimary);
  if (before.length > 0) {
    state.send({ kind: 'dropConstraint', table, constraint: primaryKey(path, before).name ?? '', type: 'primary key' }, site);
  }
  const constraint = primaryKey(path, [...before, column]);
  state.send({ kind: 'addConstraint', table, constraint }, site, column.span, known.complete ? undefined : true);
}

export function addColumns(state: State, [table, columns]: readonly Value[], site: Site): void {
  for (const column of itemsOf(columns)) addColumn(state, [table as Value, column], site);
}

/** The items of a list argument; something else counts as one unknown item. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? (value.open === true && value.items.length === 0 ? [{ kind: 'unknown', label: 'item' }] : value.items) : value === undefined ? [] : [value];
}

/** A column given as an object or by name; by name it is what the file has made of it, or unknown. */
export function columnMeant(known: Table, value: Value | undefined): { column: Column | null; name: string; partial: boolean } {
  if (value?.kind === 'dictionary') {
    const column = columnOf(value);
    return { column, name: column.name, partial: column.partial === true };
  }
  const { text: name, partial } = spelt(value, 'column');
  return { column: known.columns.find((column) => column.name === name) ?? null, name, partial };
}

export function dropColumn(state: State, [table, value, ifExists]: readonly Value[], site: Site): void {
  const target = state.target(table);
  const { column, name, partial } = columnMeant(target.known, value);
  sendDropColumn(state, target, { column, name, guard: flagged(ifExists), partial }, value, site);
}

interface Dropped {
  column: Column | null;
  name: string;
  guard: boolean;
  partial: boolean;
}

/** What stands on the column goes first, as far as the file made it. */
export function sendDropColumn(state: State, target: Target, { column, name, guard, partial }: Dropped, value: Value | undefined, site: Site): void {
  const { name: table, known } = target;
  if (column?.isPrimary === true && !known.complete && !known.columns.some((other) => other.name === name)) {
    // The object says it was the key; the other columns of it only the database knows.
    state.send({ kind: 'dropConstraint', table, constraint: column.primaryKeyConstraintName ?? generated.primaryKey(target.path, [name]), type: 'primary key' }, site, undefined, true);
  }
  dropDependents(state, target, known, name, column, site);
  state.send({ kind: 'dropColumn', table, column: name, ...(guard && { guard: 'if exists' as const }) }, site, value?.span, target.partial || partial);
  if (column !== null && isEnum(column)) {
    const type = enumType(target.path, column);
    state.send({ kind: 'dropObject', object: 'type', name: type }, site, undefined, known.complete ? undefined : true);
    state.dropEnum(type);
  }
  known.columns = known.columns.filter((other) => other.name !== name);
}

function dropDependents(state: State, { path, name: table }: Target, known: Table, name: string, column: Column | null, site: Site): void {
  const alone = ({ columns }: { columns: string[] }) => columns.length === 1 && columns[0] === name;
  if (column?.isPrimary === true && known.columns.some((other) => other.name === name)) {
    const primary = known.columns.filter(({ isPrimary }) => isPrimary);
    const rest = primary.filter((other) => other.name !== name);
    state.send({ kind: 'dropConstraint', table, constraint: primaryKey(path, primary).name ?? '', type: 'primary key' }, site);
    if (rest.length > 0) state.send({ kind: 'addConstraint', table, constraint: primaryKey(path, rest) }, site);
  }
  const index = known.indices.find(alone);
  if (index !== undefined) {
    sendDropIndex(state, stored(path), { ...index, concurrent: false }, site);
    known.indices = known.indices.filter((other) => other !== index);
  }
  const unique = known.uniques.find(alone);
  if (unique !== undefined) {
    state.send({ kind: 'dropConstraint', table, constraint: uniqueName(path, unique), type: 'unique' }, site);
    known.uniques = known.uniques.filter((other) => other !== unique);
  }
  known.checks = known.checks.filter((check) => {
    const mine = columnsOfCheck(check.expression, known).join() === name;
    if (mine) state.send({ kind: 'dropConstraint', table, constraint: checkName(path, check), type: 'check' }, site);
    return !mine;
  });
}

/** The table's columns that a CHECK speaks of. */
function columnsOfCheck(expression: string, { columns }: Table): string[] {
  const words = new Set(expression.match(/\w+/g));
  return columns.map(({ name }) => name).filter((name) => words.has(name));
}

export function dropColumns(state: State, [table, columns, ifExists]: readonly Value[], site: Site): void {
  for (const column of itemsOf(columns)) {
    dropColumn(state, ifExists === undefined ? [table as Value, column] : [table as Value, column, ifExists], site);
  }
}
