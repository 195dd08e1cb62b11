import type { QualifiedName } from '../../../operations/types.js';
import { printName, quoteIdentifier, quoteLiteral } from '../../../sql/name.js';
import type { Text } from '../evaluate/text.js';
import { isNone, nameOf, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { send, sendUnread, type Lowering } from './context.js';
import { sendSql } from './raw-sql.js';
import { Arguments, Reading } from './reading.js';

/**
 * alembic-postgresql-enum: a new type takes the name, each column is rewritten
 * to it, the old type goes. The comparison operators it makes for the moment
 * touch no table and are left out.
 */
export function syncEnumValues(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['enum_schema', 'enum_name', 'new_values', 'affected_columns', 'enum_values_to_rename']);
  const reading = new Reading();
  const type = reading.qualified(args.value('enum_name'), args.value('enum_schema'));
  const values = reading.names(args.value('new_values'));
  const columns = affectedColumns(args.value('affected_columns'), type, reading);
  const { span } = lowering.call;
  const old = `${type.name}_old`;
  send(lowering, { kind: 'renameObject', object: 'type', name: type, to: old }, span, reading);
  send(lowering, { kind: 'createEnum', type, values }, args.span('new_values'), reading);
  for (const column of columns) {
    if (column.default !== null) send(lowering, { kind: 'dropDefault', table: column.table, column: column.name }, span, reading);
    send(
      lowering,
      {
        kind: 'alterColumnType',
        table: column.table,
        column: column.name,
        type: { ...type, ...(column.array ? { dimensions: 1 } : {}) },
        using: `${quoteIdentifier(column.name)}::text${column.array ? '[]' : ''}::${printName(type)}${column.array ? '[]' : ''}`,
      },
      args.span('affected_columns'),
      reading,
    );
    if (column.default !== null) {
      send(lowering, { kind: 'setDefault', table: column.table, column: column.name, default: column.default }, span, reading);
    }
  }
  send(lowering, { kind: 'dropObject', object: 'type', name: named(old, type.schema) }, span, reading);
}

interface AffectedColumn {
  table: QualifiedName;
  name: string;
  array: boolean;
  default: string | null;
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
  return { table: qualified, name: reading.name(column), array: isArray(kind), default: null };
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

/** alembic_utils: `op.create_entity(PGFunction(…))` and its kin. */
export function entity(lowering: Lowering): void {
  const { callee } = lowering.call;
  const verb = (pathOf(callee) ?? '').replace(/^.*\./, '');
  const value = lowering.call.positional[0]?.value;
  const call = value?.type === 'call' ? value : undefined;
  const build = call === undefined ? undefined : ENTITIES[nameOf(call.callee)];
  if (call === undefined || build === undefined) {
    sendUnread(lowering, 'unknown-call', `op.${verb} of an entity that could not be read`);
    return;
  }
  const args = new Arguments(call, ['schema', 'signature', 'definition']);
  const sql = verb === 'drop_entity' ? build.drop(args) : build.create(args, verb === 'replace_entity');
  if (sql === null) sendUnread(lowering, 'dynamic', 'SQL known only at run time');
  else sendSql(lowering, sql, call.span);
}

interface Entity {
  create: (args: Arguments, replace: boolean) => Text | null;
  drop: (args: Arguments) => Text | null;
}

/** `schema."signature"`, a function's arguments kept as written. */
function target(args: Arguments): string | null {
  const signature = args.string('signature');
  const schema = args.string('schema') ?? 'public';
  if (signature === undefined) return null;
  const open = signature.indexOf('(');
  const name = open < 0 ? signature : signature.slice(0, open);
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}${open < 0 ? '' : signature.slice(open)}`;
}

/** Words in front of the definition, which keeps its places in the file. */
function defined(words: string, args: Arguments): Text | null {
  const definition = args.value('definition');
  const name = target(args);
  if (name === null || definition?.type !== 'string') return null;
  return [{ text: words.replace('%', name) }, ...definition.text];
}

function dropped(words: string, args: Arguments): Text | null {
  const name = target(args);
  return name === null ? null : [{ text: words.replace('%', withoutDefaults(name)) }];
}

/** DROP FUNCTION takes no defaults. */
function withoutDefaults(signature: string): string {
  return signature.replaceAll(/\s+(?:DEFAULT|=)\s+[^,)]+/gi, '');
}

const ENTITIES: Record<string, Entity> = {
  PGFunction: {
    create: (args, replace) => defined(`CREATE ${replace ? 'OR REPLACE ' : ''}FUNCTION % `, args),
    drop: (args) => dropped('DROP FUNCTION %', args),
  },
  PGView: {
    create: (args, replace) => defined(`CREATE ${replace ? 'OR REPLACE ' : ''}VIEW % AS `, args),
    drop: (args) => dropped('DROP VIEW %', args),
  },
  PGMaterializedView: {
    create: (args) => defined('CREATE MATERIALIZED VIEW % AS ', args),
    drop: (args) => dropped('DROP MATERIALIZED VIEW %', args),
  },
  PGExtension: {
    create: (args) => extension(args, (name, schema) => `CREATE EXTENSION ${name} WITH SCHEMA ${schema}`),
    drop: (args) => extension(args, (name) => `DROP EXTENSION ${name}`),
  },
  PGTrigger: {
    create: (args) => trigger(args, (name, definition) => [{ text: `CREATE TRIGGER ${name} ` }, ...definition]),
    drop: (args) => trigger(args, (name) => [{ text: `DROP TRIGGER ${name} ON ${onEntity(args)}` }]),
  },
  PGPolicy: {
    create: (args) => trigger(args, (name, definition) => [{ text: `CREATE POLICY ${name} ON ${onEntity(args)} ` }, ...definition]),
    drop: (args) => trigger(args, (name) => [{ text: `DROP POLICY ${name} ON ${onEntity(args)}` }]),
  },
};

function extension(args: Arguments, words: (name: string, schema: string) => string): Text | null {
  const name = args.string('signature');
  return name === undefined ? null : [{ text: words(quoteIdentifier(name), quoteIdentifier(args.string('schema') ?? 'public')) }];
}

function trigger(args: Arguments, words: (name: string, definition: Text) => Text): Text | null {
  const name = args.string('signature');
  const definition = args.value('definition');
  return name === undefined || definition?.type !== 'string' ? null : words(quoteIdentifier(name), definition.text);
}

/** `on_entity="public.users"`. */
function onEntity(args: Arguments): string {
  return (args.string('on_entity') ?? '').split('.').map((part) => quoteIdentifier(part.replaceAll('"', ''))).join('.');
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

