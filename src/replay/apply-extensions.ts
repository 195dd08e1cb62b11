import type { OperationOf, QualifiedName } from '../operations/types.js';
import type { Schema } from '../postgres/schema.js';
import { relationKey } from '../postgres/schema.js';
import { tokenize } from '../sql/lexer.js';
import { parseName } from '../sql/name.js';
import { editRelation, touch } from './edit.js';

/** Functions by which an extension takes a table over; the table is their first argument. */
const TAKING_OVER: Readonly<Record<string, string>> = {
  create_hypertable: 'TimescaleDB',
  create_distributed_table: 'Citus',
  create_reference_table: 'Citus',
  create_parent: 'pg_partman',
};

/** A SELECT may hand a table to an extension. */
export function select(schema: Schema, { functions, text }: OperationOf<'select'>): Schema {
  const name = functions.map((one) => one.name).find((one) => Object.hasOwn(TAKING_OVER, one));
  const managedBy = name === undefined ? undefined : TAKING_OVER[name];
  if (name === undefined || managedBy === undefined) return schema;
  const table = firstArgument(text, name);
  return table === null ? schema : editRelation(touch(schema, table), relationKey(table), () => ({ managedBy }));
}

/** The first string after the function's name, also where a parameter's name or a cast stands beside it. */
function firstArgument(text: string, name: string): QualifiedName | null {
  const tokens = tokenize(text).filter(({ kind }) => kind !== 'comment');
  const at = tokens.findIndex(({ value }) => value === name);
  const written = at < 0 ? undefined : tokens.slice(at).find(({ kind }) => kind === 'string')?.value;
  return written === undefined ? null : parseName(written);
}
