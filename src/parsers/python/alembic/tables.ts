import type { Constraint, CreateTable, OperationDraft, QualifiedName } from '../../../operations/types.js';
import { fromString, isNone, pathOf, type CallValue, type ClassValue, type Value } from '../evaluate/value.js';
import { commentOf, indexNameFor, isColumn, readColumn, settleColumn, type ReadColumn } from './columns.js';
import { readConstraint } from './constraints.js';
import { send, tableArgument, type Lowering } from './context.js';
import { conventionalIndex } from './naming.js';
import { indexDraft, parametersText } from './indexes.js';
import { Arguments, Reading } from './reading.js';
import { calledName } from './symbols.js';

export function createTable(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['table_name']);
  const reading = new Reading();
  const table = reading.qualified(args.value('table_name'), args.value('schema'));
  const guard = args.flag('if_not_exists') ? { guard: 'if not exists' as const } : {};
  createTableOf(lowering, table, args.rest().map((argument) => argument.value), args, reading, guard);
}

/** CREATE TABLE and what SQLAlchemy sends around it: enum types, indexes, comments. */
export function createTableOf(
  lowering: Lowering,
  table: QualifiedName,
  elements: readonly Value[],
  args: Arguments,
  reading: Reading,
  guard: { guard?: 'if not exists' },
): void {
  if (lowering.call.open) reading.partial = true;
  const columns = elements.filter(isColumn).map((call) => readColumn(call, reading));
  const written = elements.flatMap((element) => (element.type === 'call' && !isColumn(element) ? [element] : []));
  const constraints = tableConstraints(columns, written, reading);
  const key = constraints.find((constraint) => constraint.type === 'primary key');
  for (const column of columns) inheritSchema(column, table);
  for (const column of columns) settleColumn(column, key?.type === 'primary key' ? key.columns : []);

  createEnums(lowering, columns);
  const draft: Omit<CreateTable, 'span' | 'statement'> = {
    kind: 'createTable',
    table,
    columns: columns.map((column) => column.definition),
    constraints,
    ...tableOptions(args, reading),
    ...guard,
  };
  send(lowering, draft, args.span('table_name'), reading);
  for (const call of written) {
    if (calledName(call) === 'Index') sendIndex(lowering, call, table);
  }
  for (const column of columns) sendColumnIndex(lowering, table, column);
  sendTableComment(lowering, table, args.value('comment'));
  for (const column of columns) sendColumnComment(lowering, table, column);
}

/** The columns of a model, each under the name of its attribute, and the constraints of `__table_args__`. */
export function columnsOfModel(model: ClassValue): Value[] {
  const columns = [...model.members].flatMap(([name, value]): Value[] => {
    if (!isColumn(value)) return [];
    const [first] = value.positional;
    if (first?.value.type === 'string' || value.keywords.has('name')) return [value];
    return [{ ...value, positional: [{ value: fromString(name), span: value.span, whole: value.span }, ...value.positional] }];
  });
  const given = model.members.get('__table_args__');
  return [...columns, ...(given?.type === 'sequence' ? given.items.filter((item) => item.type === 'call') : [])];
}

/** The key first, the rest in the order in which SQLAlchemy has made them. */
function tableConstraints(columns: readonly ReadColumn[], written: readonly CallValue[], reading: Reading): Constraint[] {
  const explicit = written.flatMap((call) => readConstraint(call, reading) ?? []);
  const keys = columns.filter((column) => column.primaryKey).map((column) => column.definition.name);
  const key = explicit.find((constraint) => constraint.type === 'primary key');
  const others = explicit.filter((constraint) => constraint !== key);
  const own = columns.flatMap((column) => [...column.constraints, ...uniqueOf(column)]);
  const primary: Constraint[] = key === undefined ? (keys.length === 0 ? [] : [{ type: 'primary key', columns: keys }]) : [key];
  return [...primary.filter((constraint) => constraint.type !== 'primary key' || constraint.columns.length > 0), ...others, ...own];
}

function uniqueOf(column: ReadColumn): Constraint[] {
  return column.unique && !column.index ? [{ type: 'unique', columns: [column.definition.name], span: column.span }] : [];
}

/** `inherit_schema=True`: the enum stands where its table does. */
function inheritSchema({ type, definition }: ReadColumn, { schema }: QualifiedName): void {
  if (type.enum?.inherits !== true || schema === undefined) return;
  type.enum.name = { schema, name: type.enum.name.name };
  if (definition.type !== undefined) definition.type = { ...definition.type, schema };
}

const ON_COMMIT: Record<string, CreateTable['onCommit']> = { 'preserve rows': 'preserve rows', preserve_rows: 'preserve rows', 'delete rows': 'delete rows', drop: 'drop' };

/** The keywords of PostgreSQL's dialect that stand behind the columns. */
function storageOptions(args: Arguments, reading: Reading): Partial<CreateTable> {
  const options: Partial<CreateTable> = {};
  const parents = args.postgres('inherits');
  if (parents !== undefined) options.inherits = reading.names(parents).map((name) => ({ name }));
  const parameters = args.postgres('with');
  if (parameters?.type === 'dictionary') options.options = parametersText(parameters, reading);
  const method = args.postgres('using');
  if (method !== undefined) options.accessMethod = reading.name(method);
  const commit = args.postgres('on_commit');
  const onCommit = commit === undefined ? undefined : ON_COMMIT[reading.name(commit).toLowerCase()];
  if (onCommit !== undefined) options.onCommit = onCommit;
  const tablespace = args.postgres('tablespace');
  if (tablespace !== undefined) options.tablespace = reading.name(tablespace);
  return options;
}

function tableOptions(args: Arguments, reading: Reading): Partial<CreateTable> {
  const options: Partial<CreateTable> = {};
  const prefixes = args.value('prefixes');
  const words = prefixes === undefined ? '' : reading.names(prefixes).join(' ').toUpperCase();
  if (words.includes('TEMP')) options.persistence = 'temporary';
  if (words.includes('UNLOGGED')) options.persistence = 'unlogged';
  const partition = args.postgres('partition_by');
  const method = /^\s*(list|range|hash)\s*\((.*)\)\s*$/is.exec(partition === undefined ? '' : reading.name(partition));
  if (method?.[1] !== undefined && method[2] !== undefined) {
    options.partitionBy = {
      strategy: method[1].toLowerCase() as 'list' | 'range' | 'hash',
      keys: method[2].split(',').map((key) => (/^\s*\w+\s*$/.test(key) ? { column: key.trim() } : { expression: key.trim() })),
    };
  }
  return { ...options, ...storageOptions(args, reading) };
}

/** CREATE TYPE of each native enum and CREATE DOMAIN of each domain, once per table and name. */
function createEnums(lowering: Lowering, columns: readonly ReadColumn[]): void {
  const seen = new Set<string>();
  for (const { type, definition } of columns) {
    if (type.domain !== undefined) send(lowering, type.domain, definition.span ?? lowering.call.span);
    const found = type.enum;
    if (found === undefined || !found.creates) continue;
    const key = `${found.name.schema ?? ''}.${found.name.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const draft: OperationDraft = { kind: 'createEnum', type: found.name, values: found.values };
    send(lowering, found.partial ? { ...draft, partial: true } : draft, definition.span ?? lowering.call.span);
  }
}

function sendColumnIndex(lowering: Lowering, table: QualifiedName, column: ReadColumn): void {
  if (!column.index) return;
  const { name } = column.definition;
  send(
    lowering,
    {
      kind: 'createIndex',
      index: conventionalIndex(lowering.recorder.naming, table, name) ?? indexNameFor(table, name),
      table,
      keys: [{ column: name }],
      ...(column.unique ? { unique: true as const } : {}),
    },
    column.span,
  );
}

function sendIndex(lowering: Lowering, call: CallValue, table: QualifiedName): void {
  const reading = new Reading();
  const [name, ...keys] = call.positional;
  const draft = indexDraft(new Arguments(call, ['name']), name?.value, table, keys.map((key) => key.value), reading);
  send(lowering, draft, name?.span ?? call.span, reading);
}

function sendColumnComment(lowering: Lowering, table: QualifiedName, column: ReadColumn): void {
  const reading = new Reading();
  const comment = commentOf(column.comment, reading);
  if (comment === null) return;
  send(lowering, columnComment(table, column.definition.name, comment), column.span, reading);
}

/** COMMENT ON COLUMN. */
export function columnComment(table: QualifiedName, column: string, comment: string | null): OperationDraft {
  return {
    kind: 'comment',
    object: 'column',
    name: table.schema === undefined ? { name: column } : { schema: table.schema, name: column },
    on: table,
    comment,
  };
}

function sendTableComment(lowering: Lowering, table: QualifiedName, value: Value | undefined): void {
  const reading = new Reading();
  const comment = commentOf(value, reading);
  if (comment !== null) send(lowering, { kind: 'comment', object: 'table', name: table, comment }, lowering.call.span, reading);
}

export function dropTable(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['table_name']);
  const reading = new Reading();
  const table = reading.qualified(args.value('table_name'), args.value('schema'));
  const guard = args.flag('if_exists') ? { guard: 'if exists' as const } : {};
  send(lowering, { kind: 'dropTable', table, ...guard }, args.span('table_name'), reading);
}

export function renameTable(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['old_table_name', 'new_table_name']);
  const reading = new Reading();
  const table = reading.qualified(args.value('old_table_name'), args.value('schema'));
  send(lowering, { kind: 'renameTable', table, to: reading.name(args.value('new_table_name')) }, args.span('new_table_name'), reading);
}

/** ADD COLUMN, then its constraints, its index and its comment as statements of their own. */
export function addColumn(lowering: Lowering): void {
  const args = new Arguments(lowering.call, lowering.batch === null ? ['table_name', 'column'] : ['column']);
  const reading = new Reading();
  const table = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  const value = args.value('column');
  if (value === undefined || !isColumn(value)) {
    const column = { name: reading.name(value) };
    send(lowering, { kind: 'addColumn', table, column }, args.span('column'), reading);
    return;
  }
  const column = readColumn(value, reading);
  settleColumn(column, column.primaryKey ? [column.definition.name] : []);
  const inline = inlineConstraints(args, column);
  if (inline.length > 0) column.definition.constraints = [...(column.definition.constraints ?? []), ...inline];
  const guard = args.flag('if_not_exists') ? { guard: 'if not exists' as const } : {};
  send(lowering, { kind: 'addColumn', table, column: column.definition, ...guard }, column.definition.span ?? value.span, reading);
  const referenced = inline.some(({ type }) => type === 'foreign key');
  const apart = [...column.constraints, ...uniqueOf(column)].filter(({ type }) => type !== 'foreign key' || !referenced);
  for (const constraint of apart) send(lowering, { kind: 'addConstraint', table, constraint }, constraint.span ?? value.span, reading);
  sendColumnIndex(lowering, table, column);
  sendColumnComment(lowering, table, column);
}

/** Constraints that the author asked to have in the column's own definition. */
function inlineConstraints(args: Arguments, column: ReadColumn): Constraint[] {
  const references = column.constraints.filter((constraint) => constraint.type === 'foreign key');
  const inline: Constraint[] = [];
  if (args.flag('inline_primary_key') && column.primaryKey) inline.push({ type: 'primary key', columns: [column.definition.name] });
  // Alembic writes no name there.
  if (args.flag('inline_references') && references.length === 1) inline.push(...references.map(({ name: _name, ...reference }) => reference));
  return inline;
}

export function dropColumn(lowering: Lowering): void {
  const args = new Arguments(lowering.call, lowering.batch === null ? ['table_name', 'column_name'] : ['column_name']);
  const reading = new Reading();
  const table = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  const column = reading.name(args.value('column_name'));
  const guard = args.flag('if_exists') ? { guard: 'if exists' as const } : {};
  send(lowering, { kind: 'dropColumn', table, column, ...guard }, args.span('column_name'), reading);
}

export function tableComment(lowering: Lowering): void {
  const drops = pathOf(lowering.call.callee)?.endsWith('drop_table_comment') === true;
  const batchDrop = lowering.call.callee.type === 'attribute' && lowering.call.callee.name === 'drop_table_comment';
  const args = new Arguments(lowering.call, lowering.batch === null ? ['table_name', 'comment'] : ['comment']);
  const reading = new Reading();
  const name = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  const value = drops || batchDrop ? undefined : args.value('comment');
  const comment = value === undefined || isNone(value) ? null : commentOf(value, reading);
  send(lowering, { kind: 'comment', object: 'table', name, comment }, args.span('table_name'), reading);
}
