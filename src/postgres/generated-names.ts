import type { Constraint, IndexKey } from '../operations/types.js';
import type { PostgresVersion } from './effects.js';
import { relationKey, type Relation, type Schema } from './schema.js';
import { columnsIn } from './expression.js';

/** NAMEDATALEN less its terminating zero. */
const LONGEST = 63;

const bytes = (text: string): number => Buffer.byteLength(text);

/** At most `limit` bytes of the text, never half a character. */
function clip(text: string, limit: number): string {
  let clipped = text;
  while (bytes(clipped) > limit) clipped = [...clipped].slice(0, -1).join('');
  return clipped;
}

/** A name as the server keeps it: cut to 63 bytes. */
export function truncate(name: string): string {
  return name.length * 3 <= LONGEST ? name : clip(name, LONGEST);
}

/** Table and columns are shortened in turn, the longer one first, so that the label always fits. */
function joined(table: string, columns: string, label: string): string {
  const overhead = label.length + 1 + (columns === '' ? 0 : 1);
  let first = bytes(table);
  let second = bytes(columns);
  while (first + second + overhead > LONGEST) {
    if (first > second) first--;
    else second--;
  }
  const parts = [clip(table, first), clip(columns, second), label];
  return parts.filter((part) => part !== '').join('_');
}

function unused(taken: (name: string) => boolean, table: string, columns: string, label: string): string {
  for (let pass = 0; ; pass++) {
    const name = joined(table, columns, pass === 0 ? label : `${label}${pass}`);
    if (!taken(name)) return name;
  }
}

/** Relations and indexes share one space of names in a schema. */
function relationTaken(schema: Schema, table: Relation): (name: string) => boolean {
  return (name) => {
    const key = relationKey({ ...table.name, name });
    return schema.relations.has(key) || schema.indexes.has(key) || table.indexes.has(name) || table.constraints.has(name);
  };
}

/** The column part of an index name: PostgreSQL stops adding columns at 63 bytes. */
function columnPart(names: readonly string[]): string {
  return clip(names.join('_'), LONGEST);
}

/** What each key is called inside an index: its column, or `expr`, `expr1` … */
function keyNames(keys: readonly IndexKey[], include: readonly string[]): string[] {
  const names: string[] = [];
  for (const base of [...keys.map((key) => key.column ?? functionName(key.expression)), ...include]) {
    let name = base;
    for (let pass = 1; names.includes(name); pass++) name = `${base}${pass}`;
    names.push(name);
  }
  return names;
}

/** `lower(email)` is called `lower`, `coalesce(a, b)` `coalesce`; every other expression `expr`. */
function functionName(expression: string | undefined): string {
  const call = /^\s*\(*\s*([a-z_][a-z0-9_]*)\s*\(.*\)\s*\)*\s*$/is.exec(expression ?? '');
  return call?.[1]?.toLowerCase() ?? 'expr';
}

export function indexName(schema: Schema, table: Relation, keys: readonly IndexKey[], include: readonly string[]): string {
  return unused(relationTaken(schema, table), table.name.name, columnPart(keyNames(keys, include)), 'idx');
}

export function sequenceName(schema: Schema, table: Relation, column: string): string {
  return unused(relationTaken(schema, table), table.name.name, column, 'seq');
}

function checkColumns(constraint: { expression: string }, table: Relation): string {
  const columns = columnsIn(constraint.expression, table.columns);
  return columns.length === 1 ? (columns[0] as string) : '';
}

/** The name PostgreSQL gives a constraint that its author left unnamed. */
export function constraintName(
  schema: Schema,
  table: Relation,
  constraint: Constraint,
  version: PostgresVersion,
): string {
  const name = table.name.name;
  const taken = relationTaken(schema, table);
  switch (constraint.type) {
    case 'primary key':
      return constraint.usingIndex ?? unused(taken, name, '', 'pkey');
    case 'unique':
      return constraint.usingIndex ?? unused(taken, name, columnPart([...constraint.columns, ...(constraint.include ?? [])]), 'key');
    case 'exclude':
      return unused(taken, name, columnPart(keyNames(exclusionKeys(constraint.elements), [])), 'excl');
    case 'check':
      return unused((other) => table.constraints.has(other), name, checkColumns(constraint, table), 'check');
    case 'not null':
      return unused((other) => table.constraints.has(other), name, constraint.column, 'not_null');
    case 'foreign key':
      // Before 12 only the first column was in the name.
      return unused(
        (other) => table.constraints.has(other),
        name,
        version < 12 ? (constraint.columns[0] ?? '') : columnPart(constraint.columns),
        'fkey',
      );
  }
}

/** `room WITH =` indexes the column `room`; anything but a plain name is an expression. */
export function exclusionKeys(elements: readonly string[]): IndexKey[] {
  return elements.map((element) => {
    const operand = element.replace(/\s+with\s+\S+\s*$/i, '').trim();
    const column = /^(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))(?:\s+\S+)?$/i.exec(operand);
    if (column === null) return { expression: operand };
    return { column: column[1]?.replaceAll('""', '"') ?? (column[2] as string).toLowerCase() };
  });
}
