import { digest } from '../../../digest.js';
import type {
  ColumnDefinition,
  Constraint,
  ForeignKeyAction,
  ForeignKeyConstraint,
  QualifiedName,
  Span,
} from '../../../operations/types.js';
import { printName, quoteIdentifier, quoteLiteral } from '../../../sql/name.js';
import { toString } from '../evaluate/text.js';
import { booleanOf, isNone, NONE, numberOf, stringOf, type Argument, type CallValue, type Value } from '../evaluate/value.js';
import { ddlExpression, ExpressionPrinter } from './expression.js';
import { Arguments, type Reading } from './reading.js';
import { calledName } from './symbols.js';
import { tableOf } from './table-value.js';
import { isType, readType, type ReadType } from './types.js';

/** A `sa.Column(…)` read: the definition, and what SQLAlchemy makes statements of their own. */
export interface ReadColumn {
  definition: ColumnDefinition;
  type: ReadType;
  primaryKey: boolean;
  autoincrement: boolean | null;
  nullable: boolean | null;
  unique: boolean;
  index: boolean;
  /** A Python-side default keeps a primary key from being a serial. */
  clientDefault: boolean;
  comment: Value | undefined;
  constraints: Constraint[];
  span: Span;
}

const INTEGERS: Record<string, string> = { integer: 'serial', bigint: 'bigserial', smallint: 'smallserial' };

export function isColumn(value: Value): value is CallValue {
  const name = calledName(value);
  return name === 'Column' || name === 'mapped_column';
}

export function readColumn(call: CallValue, reading: Reading): ReadColumn {
  const args = new Arguments(call, []);
  const positional = [...call.positional];
  const name = call.keywords.get('name') ?? takeName(positional);
  const typeArgument = call.keywords.get('type_') ?? takeType(positional);
  const type = typeArgument === undefined ? null : readType(typeArgument.value, reading);
  if (call.open) reading.partial = true;
  const definition = definitionOf(name, type, call, reading);
  const column: ReadColumn = {
    definition,
    type: type ?? { type: { name: 'value' } },
    primaryKey: args.flag('primary_key'),
    autoincrement: booleanOf(args.value('autoincrement')),
    nullable: booleanOf(args.value('nullable')),
    unique: args.flag('unique'),
    index: args.flag('index'),
    clientDefault: !isNone(args.value('default') ?? NONE),
    comment: args.value('comment'),
    constraints: [],
    span: call.span,
  };
  applyServerDefault(args.value('server_default') ?? NONE, column, reading);
  for (const element of positional) applyElement(element, column, reading);
  if (type?.check !== undefined) column.constraints.push(typeCheck(definition.name, type.check));
  return column;
}

function definitionOf(name: Argument | undefined, type: ReadType | null, call: CallValue, reading: Reading): ColumnDefinition {
  const definition: ColumnDefinition = { name: reading.name(name?.value), span: name?.span ?? call.span };
  // A foreign key may leave the type to the column it refers to.
  if (type === null) reading.partial = true;
  else definition.type = type.type;
  if (type?.collation !== undefined) definition.collation = { name: type.collation };
  return definition;
}

function takeName(positional: Argument[]): Argument | undefined {
  const first = positional[0];
  if (first === undefined) return undefined;
  if (first.value.type === 'string' || first.value.type === 'unknown' || calledName(first.value) === 'quoted_name') {
    return positional.shift();
  }
  return undefined;
}

function takeType(positional: Argument[]): Argument | undefined {
  const first = positional[0];
  return first !== undefined && (first.value.type === 'unknown' || isType(first.value)) && !isElement(first.value)
    ? positional.shift()
    : undefined;
}

const ELEMENTS = new Set(['ForeignKey', 'CheckConstraint', 'Identity', 'Computed', 'Sequence', 'DefaultClause', 'FetchedValue']);

function isElement(value: Value): boolean {
  const name = calledName(value);
  return name !== null && ELEMENTS.has(name);
}

function applyElement(element: Argument, column: ReadColumn, reading: Reading): void {
  const { value } = element;
  if (value.type !== 'call') return;
  switch (calledName(value)) {
    case 'ForeignKey':
      column.constraints.push(columnForeignKey(value, column.definition.name, reading));
      break;
    case 'CheckConstraint':
      // A check of one column stands inside its definition.
      column.definition.constraints = [
        ...(column.definition.constraints ?? []),
        { ...checkConstraint(value, reading), span: value.span },
      ];
      break;
    case 'Identity':
    case 'Computed':
    case 'DefaultClause':
      applyServerDefault(value, column, reading);
      break;
    case 'Sequence':
      column.clientDefault = true;
      break;
    default:
      break;
  }
}

function applyServerDefault(value: Value, column: ReadColumn, reading: Reading): void {
  const { definition } = column;
  const name = calledName(value);
  if (isNone(value) || name === 'FetchedValue') return;
  if (name === 'Identity' && value.type === 'call') {
    const identity = readIdentity(value);
    definition.identity = identity.identity;
    if (identity.options !== '') definition.identityOptions = identity.options;
  } else if (name === 'Computed' && value.type === 'call') {
    const args = new Arguments(value, ['sqltext', 'persisted']);
    definition.generated = { expression: ddlExpression(args.value('sqltext'), reading) };
    const persisted = booleanOf(args.value('persisted'));
    if (persisted !== null) definition.generated.stored = persisted;
  } else {
    definition.default = serverDefault(value, reading);
  }
}

/** `DEFAULT …` of a `server_default`: a string is a literal, anything else an expression. */
export function serverDefault(value: Value, reading: Reading): string {
  if (calledName(value) === 'DefaultClause' && value.type === 'call') {
    const inner = value.positional[0]?.value;
    if (inner !== undefined) return serverDefault(inner, reading);
  }
  if (value.type === 'string') {
    if (value.text.some((part) => part.hole === true)) reading.partial = true;
    return quoteLiteral(toString(value.text));
  }
  const sequence = nextValue(value, reading);
  return sequence ?? new ExpressionPrinter(reading, false).print(value);
}

/** `Sequence("s").next_value()`. */
function nextValue(value: Value, reading: Reading): string | null {
  if (value.type !== 'call' || value.callee.type !== 'attribute' || value.callee.name !== 'next_value') return null;
  const { object } = value.callee;
  if (object.type !== 'call') return null;
  const name = reading.qualified(object.positional[0]?.value, object.keywords.get('schema')?.value);
  return `nextval(${quoteLiteral(printName(name))})`;
}

export function readIdentity(call: CallValue): { identity: 'always' | 'by default'; options: string } {
  const args = new Arguments(call, ['always', 'on_null', 'start', 'increment']);
  const parts: string[] = [];
  const number = (keyword: string, words: string): void => {
    const value = numberOf(args.value(keyword));
    if (value !== null) parts.push(`${words} ${value}`);
  };
  number('increment', 'INCREMENT BY');
  number('start', 'START WITH');
  number('minvalue', 'MINVALUE');
  number('maxvalue', 'MAXVALUE');
  if (args.flag('nominvalue')) parts.push('NO MINVALUE');
  if (args.flag('nomaxvalue')) parts.push('NO MAXVALUE');
  number('cache', 'CACHE');
  const cycle = booleanOf(args.value('cycle'));
  if (cycle !== null) parts.push(cycle ? 'CYCLE' : 'NO CYCLE');
  return { identity: args.flag('always') ? 'always' : 'by default', options: parts.join(' ') };
}

function columnForeignKey(call: CallValue, column: string, reading: Reading): ForeignKeyConstraint {
  const args = new Arguments(call, ['column', '_constraint']);
  const target = targetOf(args.value('column'), reading);
  return {
    type: 'foreign key',
    columns: [column],
    references: { table: target.table, columns: target.column === null ? [] : [target.column] },
    ...foreignKeyOptions(args, reading),
    span: call.span,
  };
}

/** `"schema.table.column"` or a column of a table. */
export function targetOf(value: Value | undefined, reading: Reading): { table: QualifiedName; column: string | null } {
  if (value?.type === 'string') return writtenTarget(reading.name(value));
  if (value?.type === 'attribute') {
    const holder = value.object.type === 'attribute' && value.object.name === 'c' ? value.object.object : value.object;
    const table = tableOf(holder, reading);
    if (table !== null) return { table, column: value.name };
  }
  return { table: { name: reading.name(value) }, column: null };
}

function writtenTarget(text: string): { table: QualifiedName; column: string | null } {
  const parts = text.split('.');
  const column = parts.length > 1 ? (parts.pop() ?? null) : null;
  const name = parts.pop() ?? text;
  return { table: parts.length > 0 ? { schema: parts.join('.'), name } : { name }, column };
}

/** An action; the columns that SET NULL (…) may name have no room in an operation. */
function actionOf(text: string | undefined): ForeignKeyAction | undefined {
  return ACTIONS[(text ?? '').toLowerCase().replace(/\s*\(.*$/, '').trim()];
}

const ACTIONS: Record<string, ForeignKeyAction> = {
  'no action': 'no action',
  restrict: 'restrict',
  cascade: 'cascade',
  'set null': 'set null',
  'set default': 'set default',
};

/** Name, actions and timing, which every spelling of a foreign key takes. */
export function foreignKeyOptions(args: Arguments, reading: Reading): Partial<ForeignKeyConstraint> {
  const options: Partial<ForeignKeyConstraint> = { ...constraintOptions(args, reading) };
  const onDelete = actionOf(args.string('ondelete'));
  const onUpdate = actionOf(args.string('onupdate'));
  if (onDelete !== undefined) options.onDelete = onDelete;
  if (onUpdate !== undefined) options.onUpdate = onUpdate;
  const match = args.string('match')?.toLowerCase();
  if (match === 'full' || match === 'partial') options.match = match;
  if (booleanOf(args.postgres('not_valid')) === true) options.notValid = true;
  return options;
}

export function constraintOptions(
  args: Arguments,
  reading: Reading,
  nameKeyword = 'name',
): { name?: string; deferrable?: boolean; initiallyDeferred?: boolean } {
  const options: { name?: string; deferrable?: boolean; initiallyDeferred?: boolean } = {};
  const name = reading.optionalName(args.value(nameKeyword));
  if (name !== undefined) options.name = name;
  // NOT DEFERRABLE and INITIALLY IMMEDIATE are what PostgreSQL takes anyway.
  if (args.flag('deferrable')) options.deferrable = true;
  if (args.string('initially')?.toUpperCase() === 'DEFERRED') options.initiallyDeferred = true;
  return options;
}

export function checkConstraint(call: CallValue, reading: Reading): Extract<Constraint, { type: 'check' }> {
  const args = new Arguments(call, ['sqltext', 'name']);
  const check: Extract<Constraint, { type: 'check' }> = {
    type: 'check',
    expression: ddlExpression(args.value('sqltext'), reading),
    ...constraintOptions(args, reading),
  };
  if (booleanOf(args.postgres('not_valid')) === true) check.notValid = true;
  return check;
}

/** The CHECK that SQLAlchemy adds for an Enum without a native type. */
export function typeCheck(column: string, check: { name?: string; values: string[] }): Constraint {
  const list = check.values.map(quoteLiteral).join(', ');
  return {
    type: 'check',
    ...(check.name === undefined ? {} : { name: check.name }),
    expression: `${quoteIdentifier(column)} IN (${list})`,
  };
}

/** NOT NULL and SERIAL as SQLAlchemy decides them. */
export function settleColumn(column: ReadColumn, keyColumns: readonly string[]): void {
  const { definition } = column;
  const isKey = column.primaryKey || keyColumns.includes(definition.name);
  const nullable = column.nullable ?? !isKey;
  if (definition.identity !== undefined) {
    if (column.nullable === true) definition.notNull = false;
    return;
  }
  if (!nullable) definition.notNull = true;
  if (isKey && isAutoincrement(column, keyColumns)) {
    const serial = INTEGERS[definition.type?.name ?? ''];
    if (serial !== undefined) definition.type = { name: serial };
  }
}

function isAutoincrement(column: ReadColumn, keyColumns: readonly string[]): boolean {
  if (column.autoincrement === false || column.clientDefault) return false;
  if (column.autoincrement === true) return true;
  const references = column.constraints.some((constraint) => constraint.type === 'foreign key');
  return keyColumns.length <= 1 && !references && column.definition.default === undefined;
}

/** `ix_table_column`, cut to PostgreSQL's 63 bytes as SQLAlchemy cuts it. */
export function indexNameFor(table: QualifiedName, column: string): string {
  const schema = table.schema === undefined ? '' : `${table.schema.replaceAll('.', '_')}_`;
  const name = `ix_${schema}${table.name}_${column}`;
  if (name.length <= 63) return name;
  const hash = digest('md5', name).slice(-4);
  return `${name.slice(0, 55)}_${hash}`;
}

/** Text of a comment; null for none. */
export function commentOf(value: Value | undefined, reading: Reading): string | null {
  if (value === undefined || isNone(value)) return null;
  return stringOf(value) ?? reading.name(value);
}

