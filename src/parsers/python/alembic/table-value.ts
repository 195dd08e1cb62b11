import type { QualifiedName } from '../../../operations/types.js';
import { fromString, pathOf, type CallValue, type Value } from '../evaluate/value.js';
import { Arguments, type Reading } from './reading.js';
import { calledName } from './symbols.js';

/**
 * The table that a value of SQLAlchemy stands for: `sa.table(…)`, `sa.Table(…)`,
 * the result of `op.create_table`, a model class with `__tablename__`. Null for
 * anything else.
 */
export function tableOf(value: Value | undefined, reading: Reading): QualifiedName | null {
  if (value === undefined) return null;
  if (value.type === 'class') return modelTable(value, reading);
  if (value.type === 'attribute' && (value.name === '__table__' || value.name === 'table')) return tableOf(value.object, reading);
  const reflected = reflectedName(value);
  if (reflected !== null) return reading.qualified(reflected, undefined);
  return value.type === 'call' ? calledTable(value, reading) : null;
}

const TABLES = new Set(['table', 'Table', 'TableClause']);

function calledTable(call: CallValue, reading: Reading): QualifiedName | null {
  const name = calledName(call) ?? '';
  if (TABLES.has(name) || pathOf(call.callee) === 'alembic.op.create_table') {
    const args = new Arguments(call, ['name', 'metadata']);
    return reading.qualified(args.value('name'), args.value('schema') ?? metadataSchema(name, args.value('metadata')));
  }
  // An alias, or the table after `.alias()`, reads the same relation.
  if (call.callee.type === 'attribute' && call.callee.name === 'alias') return tableOf(call.callee.object, reading);
  return /^alias(?:ed)?$/.test(name) ? tableOf(call.positional[0]?.value, reading) : null;
}

/** `MetaData(schema="app")` gives its tables a schema. */
function metadataSchema(name: string, metadata: Value | undefined): Value | undefined {
  return name === 'Table' && calledName(metadata) === 'MetaData' && metadata?.type === 'call' ? metadata.keywords.get('schema')?.value : undefined;
}

/** `metadata.tables["t"]` and automap's `Base.classes.t`: reflection names the table. */
function reflectedName(value: Value): Value | null {
  const given = /^migration\.tables\.(\w+)$/.exec(pathOf(value) ?? '')?.[1];
  if (given !== undefined) return fromString(given);
  if (value.type === 'subscript' && value.object.type === 'attribute' && value.object.name === 'tables') return value.index;
  if (value.type === 'attribute' && value.object.type === 'attribute' && value.object.name === 'classes') return fromString(value.name);
  return null;
}

function modelTable(value: Extract<Value, { type: 'class' }>, reading: Reading): QualifiedName | null {
  const table = value.members.get('__table__');
  if (table !== undefined) return tableOf(table, reading);
  const name = value.members.get('__tablename__');
  if (name === undefined) return null;
  return reading.qualified(name, modelSchema(value.members.get('__table_args__')));
}

function modelSchema(args: Value | undefined): Value | undefined {
  const options = args?.type === 'sequence' ? args.items.at(-1) : args;
  if (options?.type !== 'dictionary') return undefined;
  return options.entries.find((entry) => entry.key.type === 'string' && entry.key.text[0]?.text === 'schema')?.value;
}
