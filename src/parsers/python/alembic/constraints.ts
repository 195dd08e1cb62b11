import type { Constraint, ForeignKeyConstraint, Span } from '../../../operations/types.js';
import { toString } from '../evaluate/text.js';
import { booleanOf, isNone, type CallValue, type Value } from '../evaluate/value.js';
import { quoteIdentifier } from '../../../sql/name.js';
import { checkConstraint, constraintOptions, foreignKeyOptions, targetOf } from './columns.js';
import { send, tableArgument, type Lowering } from './context.js';
import { ddlExpression } from './expression.js';
import { Arguments, Reading } from './reading.js';
import { calledName } from './symbols.js';

/** A constraint object standing in `create_table` or `CreateTable`. */
export function readConstraint(call: CallValue, reading: Reading): Constraint | null {
  const constraint = build(call, reading);
  return constraint === null ? null : { ...constraint, span: call.span };
}

function build(call: CallValue, reading: Reading): Constraint | null {
  const args = new Arguments(call, []);
  const name = calledName(call);
  const listsColumns = name === 'PrimaryKeyConstraint' || name === 'UniqueConstraint';
  const columns = listsColumns ? call.positional.map((argument) => reading.name(argument.value)) : [];
  switch (name) {
    case 'PrimaryKeyConstraint':
      return { type: 'primary key', columns, ...constraintOptions(args, reading), ...include(args, reading) };
    case 'UniqueConstraint':
      return { type: 'unique', columns, ...constraintOptions(args, reading), ...uniqueOptions(args, reading) };
    case 'ForeignKeyConstraint':
      return foreignKey(new Arguments(call, ['columns', 'refcolumns', 'name', 'onupdate', 'ondelete']), reading);
    case 'CheckConstraint':
      return checkConstraint(call, reading);
    case 'ExcludeConstraint':
      return exclude(call.positional.map((argument) => argument.value), args, reading, 'name');
    default:
      return null;
  }
}

function include(args: Arguments, reading: Reading): { include?: string[] } {
  const value = args.postgres('include');
  return value === undefined ? {} : { include: reading.names(value) };
}

function uniqueOptions(args: Arguments, reading: Reading): { include?: string[]; nullsNotDistinct?: boolean } {
  const distinct = booleanOf(args.postgres('nulls_not_distinct'));
  return { ...include(args, reading), ...(distinct === true ? { nullsNotDistinct: true } : {}) };
}

function foreignKey(args: Arguments, reading: Reading): ForeignKeyConstraint {
  const targets = args.value('refcolumns');
  const read = (targets?.type === 'sequence' ? targets.items : []).map((item) => targetOf(item, reading));
  return {
    type: 'foreign key',
    columns: reading.names(args.value('columns')),
    references: {
      table: read[0]?.table ?? { name: reading.name(undefined) },
      columns: read.flatMap((target) => (target.column === null ? [] : [target.column])),
    },
    ...foreignKeyOptions(args, reading),
  };
}

function exclude(elements: readonly Value[], args: Arguments, reading: Reading, nameKeyword: string): Constraint {
  const where = args.value('where');
  return {
    type: 'exclude',
    ...constraintOptions(args, reading, nameKeyword),
    method: args.string('using')?.toLowerCase() ?? 'gist',
    elements: elements.flatMap((element) =>
      element.type === 'sequence'
        ? [`${excludedColumn(element.items[0], args.value('ops'), reading)} WITH ${reading.name(element.items[1])}`]
        : [],
    ),
    ...(where === undefined || isNone(where) ? {} : { where: ddlExpression(where, reading) }),
  };
}

function excludedColumn(value: Value | undefined, ops: Value | undefined, reading: Reading): string {
  const column = calledName(value) === 'column' || value?.type === 'attribute';
  if (value?.type !== 'string' && !column) return ddlExpression(value, reading);
  const name = reading.name(value);
  const op = ops?.type === 'dictionary' ? ops.entries.find((entry) => entry.key.type === 'string' && toString(entry.key.text) === name) : undefined;
  return op === undefined ? quoteIdentifier(name) : `${quoteIdentifier(name)} ${reading.name(op.value)}`;
}

/** The name's place when it has one, else the columns', else the call's. */
function anchor(args: Arguments, ...keywords: string[]): Span {
  for (const keyword of keywords) {
    const argument = args.get(keyword);
    if (argument !== undefined && !isNone(argument.value)) return argument.span;
  }
  return args.call.span;
}

export function createForeignKey(lowering: Lowering): void {
  const reading = new Reading();
  const source = lowering.batch === null ? ['source_table'] : [];
  const args = new Arguments(lowering.call, ['constraint_name', ...source, 'referent_table', 'local_cols', 'remote_cols']);
  const constraint: ForeignKeyConstraint = {
    type: 'foreign key',
    columns: reading.names(args.value('local_cols')),
    references: {
      table: reading.qualified(args.value('referent_table'), args.value('referent_schema')),
      columns: reading.names(args.value('remote_cols')),
    },
    ...foreignKeyOptions(args, reading),
    ...constraintOptions(args, reading, 'constraint_name'),
  };
  const table = tableArgument(lowering, args.value('source_table'), args.value('source_schema'), reading);
  send(lowering, { kind: 'addConstraint', table, constraint }, anchor(args, 'constraint_name', 'local_cols'), reading);
}

function addConstraint(lowering: Lowering, args: Arguments, reading: Reading, constraint: Constraint, ...anchors: string[]): void {
  const table = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  send(lowering, { kind: 'addConstraint', table, constraint }, anchor(args, 'constraint_name', ...anchors), reading);
}

function signature(lowering: Lowering, ...rest: string[]): Arguments {
  const table = lowering.batch === null ? ['table_name'] : [];
  return new Arguments(lowering.call, ['constraint_name', ...table, ...rest]);
}

export function createUnique(lowering: Lowering): void {
  const reading = new Reading();
  const args = signature(lowering, 'columns');
  const columns = reading.names(args.value('columns'));
  const options = { ...constraintOptions(args, reading, 'constraint_name'), ...uniqueOptions(args, reading) };
  addConstraint(lowering, args, reading, { type: 'unique', columns, ...options }, 'columns');
}

export function createPrimaryKey(lowering: Lowering): void {
  const reading = new Reading();
  const args = signature(lowering, 'columns');
  const columns = reading.names(args.value('columns'));
  const options = { ...constraintOptions(args, reading, 'constraint_name'), ...include(args, reading) };
  addConstraint(lowering, args, reading, { type: 'primary key', columns, ...options }, 'columns');
}

export function createCheck(lowering: Lowering): void {
  const reading = new Reading();
  const args = signature(lowering, 'condition');
  const constraint: Constraint = {
    type: 'check',
    expression: ddlExpression(args.value('condition'), reading),
    ...constraintOptions(args, reading, 'constraint_name'),
  };
  if (booleanOf(args.postgres('not_valid')) === true) constraint.notValid = true;
  addConstraint(lowering, args, reading, constraint, 'condition');
}

export function createExclude(lowering: Lowering): void {
  const reading = new Reading();
  const args = signature(lowering);
  const elements = args.rest().map((argument) => argument.value);
  addConstraint(lowering, args, reading, exclude(elements, args, reading, 'constraint_name'));
}

const TYPES: Record<string, Constraint['type']> = {
  foreignkey: 'foreign key',
  unique: 'unique',
  primary: 'primary key',
  check: 'check',
};

export function dropConstraint(lowering: Lowering): void {
  const reading = new Reading();
  const args = signature(lowering, 'type_');
  const type = TYPES[args.string('type_') ?? ''];
  const constraint = reading.name(args.value('constraint_name'));
  const table = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  send(
    lowering,
    {
      kind: 'dropConstraint',
      table,
      constraint,
      ...(type === undefined ? {} : { type }),
      ...(args.flag('if_exists') ? { guard: 'if exists' as const } : {}),
    },
    anchor(args, 'constraint_name'),
    reading,
  );
}
