import type { CheckConstraint, Constraint, ForeignKeyAction, IndexKey, OperationDraft, PrimaryKeyConstraint, QualifiedName, Span } from '../../../operations/types.js';
import { truthOf, type Value } from '../evaluate/value.js';
import { indexKeyOfSql } from '../fragment.js';
import { Options, spelt } from '../options.js';
import { namesOf } from '../sql-writer.js';
import { whereOf } from './query-text.js';
import { rawQuery, Raw } from './raw.js';
import { qualified } from './schema-builder.js';
import type { Statement, TableBuilder } from './table-builder.js';

/** A table under change. */
export interface Target {
  name: QualifiedName;
  /** As the call names it: what Knex makes its own names from. */
  raw: string;
  /** `withSchema`. */
  schema: string | undefined;
  partial: boolean;
  alters: boolean;
}

export interface Draft {
  draft: OperationDraft;
  at: Span | undefined;
  partial: boolean;
}

type Lower = (target: Target, statement: Statement) => readonly Draft[];

/** `table_columns_suffix`, lower case, as Knex names what the author did not. */
function generatedName({ raw }: Target, columns: readonly string[], suffix: string): string {
  return [raw.replace(/[.-]/g, '_'), ...(columns.length > 0 ? [columns.join('_')] : ['']), suffix].join('_').toLowerCase();
}

function given(value: Value | undefined): Value | undefined {
  return value === undefined || truthOf(value) === false ? undefined : value;
}

function deferral(value: string | undefined): Pick<Constraint, 'deferrable' | 'initiallyDeferred'> {
  if (value === undefined) return {};
  return value.toLowerCase() === 'deferred' ? { deferrable: true, initiallyDeferred: true } : { deferrable: true };
}

/** The table's own key inside CREATE TABLE; only the first one counts. */
export function primaryKey({ statements }: TableBuilder, target: Target): PrimaryKeyConstraint | undefined {
  const statement = statements.find(({ method }) => method === 'primary');
  return statement === undefined ? undefined : { ...keyOf(target, statement).constraint, span: statement.span };
}

function keyOf(target: Target, { args: [columns, options] }: Statement): { constraint: PrimaryKeyConstraint; partial: boolean } {
  const { names, partial } = namesOf(columns);
  const named = options?.kind === 'dictionary' ? new Options(options) : null;
  const written = named === null ? (given(options) === undefined ? undefined : spelt(options, 'name').text) : named.text('constraintName');
  const name = written === undefined || written === '' ? `${target.raw}_pkey` : written;
  return { constraint: { type: 'primary key', columns: names, name, ...deferral(named?.text('deferrable')) }, partial };
}

const primary: Lower = (target, statement) => {
  if (!target.alters) return [];
  const { constraint, partial } = keyOf(target, statement);
  return [{ draft: { kind: 'addConstraint', table: target.name, constraint }, at: statement.span, partial }];
};

const unique: Lower = (target, { args: [columns, options], span: at }) => {
  const { names, partial } = namesOf(columns);
  const named = options?.kind === 'dictionary' ? new Options(options) : null;
  const written = named === null ? (given(options) === undefined ? undefined : spelt(options, 'name').text) : named.text('indexName');
  const name = written ?? generatedName(target, names, 'unique');
  const predicate = named?.get('predicate');
  const deferrable = named?.text('deferrable');
  const asConstraint = named?.has('useConstraint') === true ? named.flag('useConstraint') : deferrable !== undefined || predicate === undefined;
  const unsure = partial || named?.partial === true;
  if (asConstraint) {
    const constraint: Constraint = { type: 'unique', columns: names, name, ...deferral(deferrable) };
    return [{ draft: { kind: 'addConstraint', table: target.name, constraint }, at, partial: unsure }];
  }
  const where = predicate === undefined ? undefined : whereOf(predicate, at);
  const draft: OperationDraft = { kind: 'createIndex', index: name, table: target.name, keys: names.map((column) => ({ column })), unique: true, ...(where !== undefined && { where: where.sql }) };
  return [{ draft, at, partial: unsure || where?.partial === true }];
};

function keysOf(value: Value | undefined): { keys: IndexKey[]; names: string[]; partial: boolean } {
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value];
  const keys = items.map((item): IndexKey => {
    const sql = item.kind === 'host' && item.host instanceof Raw ? rawQuery(item.host) : null;
    return sql === null ? { column: spelt(item, 'column').text } : indexKeyOfSql(sql);
  });
  const { names, partial } = namesOf(value);
  return { keys, names, partial };
}

const index: Lower = (target, { args: [columns, name, options], span: at }) => {
  const { keys, names, partial } = keysOf(columns);
  const named = options?.kind === 'dictionary' ? new Options(options) : null;
  const method = options?.kind === 'text' ? spelt(options, 'method').text : named?.text('storageEngineIndexType');
  const isUnique = named?.text('indexType')?.toLowerCase() === 'unique';
  const predicate = named?.get('predicate');
  const where = predicate === undefined ? undefined : whereOf(predicate, at);
  const draft: OperationDraft = {
    kind: 'createIndex',
    index: given(name) === undefined ? generatedName(target, names, 'index') : spelt(name, 'index').text,
    table: target.name,
    keys,
    ...(isUnique && { unique: true }),
    ...(method !== undefined && method !== '' && { method: method.toLowerCase() }),
    ...(where !== undefined && { where: where.sql }),
  };
  return [{ draft, at, partial: partial || named?.partial === true || where?.partial === true }];
};

const foreign: Lower = (target, { foreign: key, span: at }) => {
  if (key?.inTable === undefined || key.references === undefined) return [];
  const { names: columns, partial } = namesOf(key.column);
  const { names: referenced, partial: unsure } = namesOf(key.references);
  const table = qualified(key.inTable, undefined);
  const action = (value: Value | undefined): ForeignKeyAction | undefined => (given(value) === undefined ? undefined : (spelt(value, 'action').text.toLowerCase().replace(/\s+/g, ' ') as ForeignKeyAction));
  const onDelete = action(key.onDelete);
  const onUpdate = action(key.onUpdate);
  const constraint: Constraint = {
    type: 'foreign key',
    columns,
    references: { table: table.name, columns: referenced },
    name: given(key.name) === undefined ? generatedName(target, columns, 'foreign') : spelt(key.name, 'name').text,
    ...(onDelete !== undefined && { onDelete }),
    ...(onUpdate !== undefined && { onUpdate }),
    ...deferral(given(key.deferrable) === undefined ? undefined : spelt(key.deferrable, 'deferrable').text),
  };
  return [{ draft: { kind: 'addConstraint', table: target.name, constraint }, at, partial: partial || unsure || table.partial }];
};

function dropConstraint(type: 'unique' | 'foreign key' | 'primary key', suffix: string, guard: boolean): Lower {
  return (target, { args, span: at }) => {
    const [columns, name] = type === 'primary key' ? [undefined, args[0]] : args;
    const { names, partial } = namesOf(columns);
    const generated = type === 'primary key' ? `${target.raw}_pkey` : generatedName(target, names, suffix);
    const constraint = given(name) === undefined ? generated : spelt(name, 'constraint').text;
    return [{ draft: { kind: 'dropConstraint', table: target.name, constraint, type, ...(guard && { guard: 'if exists' }) }, at, partial }];
  };
}

const dropIndex: Lower = (target, { args: [columns, name], span: at }) => {
  const { names, partial } = namesOf(columns);
  const text = given(name) === undefined ? generatedName(target, names, 'index') : spelt(name, 'index').text;
  return [{ draft: { kind: 'dropIndex', index: { ...(target.schema !== undefined && { schema: target.schema }), name: text }, table: target.name }, at, partial }];
};

/** Names in one list or one by one. */
function flattened(args: readonly Value[]): Value {
  const [first] = args;
  return first?.kind === 'list' ? first : { kind: 'list', items: [...args] };
}

const dropColumn: Lower = (target, { args, span: at }) => {
  const { names, partial } = namesOf(flattened(args));
  return names.map((column) => ({ draft: { kind: 'dropColumn', table: target.name, column }, at, partial }));
};

const renameColumn: Lower = (target, { args: [from, to], span: at }) => {
  const before = spelt(from, 'column');
  const after = spelt(to, 'name');
  return [{ draft: { kind: 'renameColumn', table: target.name, column: before.text, to: after.text }, at, partial: before.partial || after.partial }];
};

function nullability(kind: 'dropNotNull' | 'setNotNull'): Lower {
  return (target, { args: [name], span: at }) => {
    const { text: column, partial } = spelt(name, 'column');
    return [{ draft: { kind, table: target.name, column }, at, partial }];
  };
}

/** Names of CHECKs are written without quotes; Knex takes a list, or one name and no more. */
const dropChecks: Lower = (target, { args: [given], span: at }) => {
  const { names, partial } = namesOf(given, 'constraint');
  return names.map((name) => ({ draft: { kind: 'dropConstraint', table: target.name, constraint: name.toLowerCase(), type: 'check' }, at, partial }));
};

/** `check(predicate, bindings, name)`. */
export function checkOf({ args: [predicate, bindings, name], span }: Statement): { constraint: CheckConstraint; partial: boolean } {
  const sql = predicate?.kind === 'host' && predicate.host instanceof Raw ? rawQuery(predicate.host) : rawQuery({ sql: predicate, bindings: given(bindings) });
  const named = given(name) === undefined ? {} : { name: spelt(name, 'constraint').text.toLowerCase() };
  return { constraint: { type: 'check', expression: sql ?? 'true', ...named, span }, partial: sql === null };
}

const check: Lower = (target, statement) => {
  const { constraint, partial } = checkOf(statement);
  return [{ draft: { kind: 'addConstraint', table: target.name, constraint }, at: statement.span, partial }];
};

/** Statements that stand beside the table, by the call that asks for them. */
export const STATEMENTS: Record<string, Lower | undefined> = {
  primary,
  unique,
  index,
  foreign,
  check,
  dropPrimary: dropConstraint('primary key', 'pkey', false),
  dropPrimaryIfExists: dropConstraint('primary key', 'pkey', true),
  dropUnique: dropConstraint('unique', 'unique', false),
  dropUniqueIfExists: dropConstraint('unique', 'unique', true),
  dropForeign: dropConstraint('foreign key', 'foreign', false),
  dropForeignIfExists: dropConstraint('foreign key', 'foreign', true),
  dropIndex,
  dropColumn,
  renameColumn,
  setNullable: nullability('dropNotNull'),
  dropNullable: nullability('setNotNull'),
  dropChecks,
};
