import type { QualifiedName } from '../../../operations/types.js';
import { printName, quoteIdentifier, quoteLiteral } from '../../../sql/name.js';
import { isNone, nameOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { send, type Lowering } from './context.js';
import { sendSql } from './raw-sql.js';
import { Arguments, Reading } from './reading.js';

/**
 * alembic-postgresql-enum: a new type takes the name, each column is rewritten
 * to it, the old type goes. Comparison operators for the moment between let
 * checks and indexes that name the old type be rewritten.
 */
export function syncEnumValues(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['enum_schema', 'enum_name', 'new_values', 'affected_columns', 'enum_values_to_rename', 'indexes_to_recreate']);
  const reading = new Reading();
  const type = reading.qualified(args.value('enum_name'), args.value('enum_schema'));
  const values = reading.names(args.value('new_values'));
  const columns = affectedColumns(args.value('affected_columns'), type, reading);
  const renames = renamedValues(args.value('enum_values_to_rename'), reading);
  const indexes = indexesToRecreate(args.value('indexes_to_recreate'), type, reading);
  const { span } = lowering.call;
  const raw = (text: string): void => sendSql(lowering, [{ text }], span);
  // The older pairs leave the default to be looked up.
  for (const { asked } of columns) if (asked === true) raw('SELECT column_default FROM information_schema.columns');
  const old = named(`${type.name}_old`, type.schema);
  send(lowering, { kind: 'renameObject', object: 'type', name: type, to: old.name }, span, reading);
  send(lowering, { kind: 'createEnum', type, values }, args.span('new_values'), reading);
  for (const [operator, routine] of OPERATORS) createOperator(raw, operator, named(routine, type.schema), type, old, renames);
  for (const { name } of indexes) raw(`DROP INDEX ${printName(name)}`);
  for (const column of columns) {
    if (column.default !== null) send(lowering, { kind: 'dropDefault', table: column.table, column: column.name }, span, reading);
    const changed = { ...type, ...(column.array ? { dimensions: 1 } : {}) };
    const draft = { kind: 'alterColumnType' as const, table: column.table, column: column.name, type: changed, using: castOf(column, type, renames) };
    send(lowering, draft, args.span('affected_columns'), reading);
    if (column.default === null) continue;
    send(lowering, { kind: 'setDefault', table: column.table, column: column.name, default: defaultOf(column.default, type, renames) }, span, reading);
  }
  for (const [operator, routine] of OPERATORS) {
    raw(`DROP OPERATOR IF EXISTS ${operatorName(type, operator)} (${printName(type)}, ${printName(old)})`);
    raw(`DROP FUNCTION ${printName(named(routine, type.schema))}(new_enum_val ${printName(type)}, old_enum_val ${printName(old)})`);
  }
  send(lowering, { kind: 'dropObject', object: 'type', name: old }, span, reading);
  for (const { definition } of indexes) raw(definition);
}

const OPERATORS = [['!=', 'new_old_not_equals'], ['=', 'new_old_equals']] as const;

function operatorName({ schema }: QualifiedName, operator: string): string {
  return schema === undefined ? operator : `${quoteIdentifier(schema)}.${operator}`;
}

type Renames = readonly (readonly [string, string])[];

function createOperator(raw: (text: string) => void, operator: string, routine: QualifiedName, type: QualifiedName, old: QualifiedName, renames: Renames): void {
  const cases = renames.map(([from, to]) => `WHEN old_enum_val::text = ${quoteLiteral(from)} THEN ${quoteLiteral(to)}`);
  const compared = cases.length === 0 ? 'old_enum_val::text' : `CASE ${cases.join(' ')} ELSE old_enum_val::text END`;
  const [left, right, name] = [printName(type), printName(old), printName(routine)];
  raw(`CREATE FUNCTION ${name}(new_enum_val ${left}, old_enum_val ${right}) RETURNS boolean AS $$ SELECT new_enum_val::text ${operator} ${compared}; $$ LANGUAGE SQL IMMUTABLE`);
  raw(`CREATE OPERATOR ${operatorName(type, operator)} (leftarg = ${left}, rightarg = ${right}, procedure = ${name})`);
}

function castOf(column: AffectedColumn, type: QualifiedName, renames: Renames): string {
  const [name, target] = [quoteIdentifier(column.name), printName(type)];
  if (column.array) {
    const replaced = renames.reduce((cast, [from, to]) => `array_replace(${cast}, ${quoteLiteral(from)}, ${quoteLiteral(to)})`, `${name}::text[]`);
    return `${replaced}::${target}[]`;
  }
  if (renames.length === 0) return `${name}::text::${target}`;
  const cases = renames.map(([from, to]) => `WHEN ${name}::text = ${quoteLiteral(from)} THEN ${quoteLiteral(to)}::${target}`);
  return `CASE ${cases.join(' ')} ELSE ${name}::text::${target} END`;
}

/** A default spelled without the schema gets it, and the new name of its value. */
function defaultOf(text: string, type: QualifiedName, renames: Renames): string {
  const plain = `.${type.name}`;
  const qualified = text.includes(plain) || type.schema === undefined ? text : text.replace(`::${type.name}`, `::${type.schema}${plain}`);
  return renames.reduce((renamed, [from, to]) => renamed.replace(quoteLiteral(from), quoteLiteral(to)), qualified);
}

/** Pairs of an old and a new value. */
function renamedValues(value: Value | undefined, reading: Reading): Renames {
  if (value === undefined || isNone(value)) return [];
  if (value.type !== 'sequence' || value.open === true) {
    reading.partial = true;
    return [];
  }
  return value.items.flatMap((item) => (item.type === 'sequence' ? [[reading.name(item.items[0]), reading.name(item.items[1])] as const] : []));
}

/** `TableIndex(name, definition)`: indexes whose condition names the type. */
function indexesToRecreate(value: Value | undefined, type: QualifiedName, reading: Reading): { name: QualifiedName; definition: string }[] {
  const items = value?.type === 'sequence' ? value.items : [];
  return items.flatMap((item) => {
    if (item.type !== 'call') return [];
    const args = new Arguments(item, ['name', 'definition']);
    return [{ name: named(reading.name(args.value('name')), type.schema), definition: reading.name(args.value('definition')) }];
  });
}

interface AffectedColumn {
  table: QualifiedName;
  name: string;
  array: boolean;
  default: string | null;
  /** The catalogue is asked for the default. */
  asked?: true;
}

/** `TableReference(…)`, or the older `(table, column)`. */
function affectedColumns(value: Value | undefined, type: QualifiedName, reading: Reading): AffectedColumn[] {
  if (value?.type !== 'sequence' || value.open === true) {
    reading.partial = true;
    return [];
  }
  return value.items.flatMap((item) => {
    if (item.type === 'sequence') return [pairedColumn(item.items, type, reading)];
    return item.type === 'call' ? [referencedColumn(item, type, reading)] : [];
  });
}

function pairedColumn([table, column, kind]: readonly Value[], type: QualifiedName, reading: Reading): AffectedColumn {
  const qualified = named(reading.name(table), type.schema);
  return { table: qualified, name: reading.name(column), array: isArray(kind), default: null, asked: true };
}

const REFERENCE = ['table_name', 'column_name', 'table_schema', 'column_type', 'existing_server_default'];

function referencedColumn(call: CallValue, type: QualifiedName, reading: Reading): AffectedColumn {
  const args = new Arguments(call, REFERENCE);
  const fallback = args.value('existing_server_default');
  return {
    table: named(reading.name(args.value('table_name')), reading.optionalName(args.value('table_schema')) ?? type.schema),
    name: reading.name(args.value('column_name')),
    array: isArray(args.value('column_type')),
    default: fallback === undefined || isNone(fallback) ? null : reading.name(fallback),
  };
}

function named(name: string, schema: string | undefined): QualifiedName {
  return schema === undefined ? { name } : { schema, name };
}

function isArray(value: Value | undefined): boolean {
  return value !== undefined && nameOf(value) === 'ARRAY';
}

/** sqlalchemy-searchable: the trigger is made anew, then every row is touched to fill the vector. */
export function searchTrigger(lowering: Lowering): boolean {
  const name = nameOf(lowering.call.callee);
  if (name !== 'sync_trigger' && name !== 'drop_trigger') return false;
  const args = new Arguments(lowering.call, ['conn', 'table_name', 'tsvector_column', 'indexed_columns']);
  const table = args.string('table_name');
  const column = args.string('tsvector_column');
  if (table === undefined || column === undefined) return false;
  for (const statement of searchStatements(name, table, column, args)) sendSql(lowering, [{ text: statement }], args.span('table_name'));
  return true;
}

function searchStatements(name: string, table: string, column: string, args: Arguments): string[] {
  const on = quoteIdentifier(table);
  const made = quoteIdentifier(`${table}_${column}_trigger`);
  const routine = quoteIdentifier(`${table}_${column}_update`);
  const dropping = [`DROP TRIGGER IF EXISTS ${made} ON ${on}`, `DROP FUNCTION IF EXISTS ${routine}()`];
  if (name === 'drop_trigger') return dropping;
  const indexed = args.value('indexed_columns');
  const items = indexed?.type === 'sequence' ? indexed.items : [];
  const first = quoteIdentifier(stringOf(items[0]) ?? column);
  const body = items.map((item) => `to_tsvector('pg_catalog.simple', NEW.${quoteIdentifier(stringOf(item) ?? 'value')})`);
  const source = `BEGIN NEW.${quoteIdentifier(column)} = ${body.join(' || ') || quoteLiteral('')}; RETURN NEW; END`;
  return [
    ...dropping,
    `CREATE FUNCTION ${routine}() RETURNS TRIGGER AS $$ ${source} $$ LANGUAGE plpgsql`,
    `CREATE TRIGGER ${made} BEFORE UPDATE OR INSERT ON ${on} FOR EACH ROW EXECUTE PROCEDURE ${routine}()`,
    `UPDATE ${on} SET ${first} = ${first}`,
  ];
}

