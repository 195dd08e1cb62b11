import type { AlterColumnType, QualifiedName } from '../../../operations/types.js';
import { booleanOf, isNone, NONE, type CallValue, type Value } from '../evaluate/value.js';
import { commentOf, readIdentity, serverDefault, typeCheck } from './columns.js';
import { send, tableArgument, type Lowering } from './context.js';
import { Arguments, Reading } from './reading.js';
import { calledName } from './symbols.js';
import { columnComment } from './tables.js';
import { readType } from './types.js';
import { ddlExpression } from './expression.js';

interface Subject {
  args: Arguments;
  table: QualifiedName;
  column: string;
  /** Holes in the names, shared by every statement. */
  partial: boolean;
}

/** One statement per aspect: type, nullability, default, comment, name. What only says how things were sends nothing. */
export function alterColumn(lowering: Lowering): void {
  const args = new Arguments(
    lowering.call,
    lowering.batch === null ? ['table_name', 'column_name'] : ['column_name'],
  );
  const reading = new Reading();
  const table = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  const column = reading.name(args.value('column_name'));
  const subject: Subject = { args, table, column, partial: reading.partial || lowering.call.open };
  dropTypeCheck(lowering, subject);
  alterType(lowering, subject);
  alterNullability(lowering, subject);
  alterDefault(lowering, subject);
  alterComment(lowering, subject);
  alterName(lowering, subject);
  addTypeCheck(lowering, subject);
}

/** The CHECK of an old Enum without a native type goes before the type changes … */
function dropTypeCheck(lowering: Lowering, subject: Subject): void {
  const existing = subject.args.value('existing_type');
  if (existing === undefined || isNone(subject.args.value('type_') ?? NONE)) return;
  const name = readType(existing, new Reading()).check?.name;
  if (name === undefined) return;
  const { table } = subject;
  send(lowering, { kind: 'dropConstraint', table, constraint: name, type: 'check' }, keywordSpan(subject, 'existing_type'), readingOf(subject));
}

/** … and the one of the new type comes last. */
function addTypeCheck(lowering: Lowering, subject: Subject): void {
  const type = subject.args.value('type_');
  if (type === undefined || isNone(type)) return;
  const reading = readingOf(subject);
  const { check } = readType(type, reading);
  if (check === undefined) return;
  const { table, column } = subject;
  send(lowering, { kind: 'addConstraint', table, constraint: typeCheck(column, check) }, keywordSpan(subject, 'type_'), reading);
}

function readingOf(subject: Subject): Reading {
  const reading = new Reading();
  reading.partial = subject.partial;
  return reading;
}

/** The keyword argument, `nullable=False`, where it is written. */
function keywordSpan(subject: Subject, keyword: string): { start: number; end: number } {
  return subject.args.get(keyword)?.whole ?? subject.args.call.span;
}

function alterType(lowering: Lowering, subject: Subject): void {
  const type = subject.args.value('type_');
  if (type === undefined || isNone(type)) return;
  const { table, column } = subject;
  const reading = readingOf(subject);
  const read = readType(type, reading);
  const draft: Omit<AlterColumnType, 'span' | 'statement'> = { kind: 'alterColumnType', table, column, type: read.type };
  if (read.collation !== undefined) draft.collation = { name: read.collation };
  const using = subject.args.postgres('using');
  if (using !== undefined) draft.using = ddlExpression(using, reading);
  const existing = subject.args.value('existing_type');
  if (existing !== undefined && !isNone(existing)) {
    // What is not known about the old type says nothing about the statement.
    const before = readType(existing, new Reading());
    if (before.partial !== true) draft.from = before.type;
  }
  send(lowering, draft, keywordSpan(subject, 'type_'), reading);
}

function alterNullability(lowering: Lowering, subject: Subject): void {
  const value = subject.args.value('nullable');
  if (value === undefined || isNone(value)) return;
  const { table, column } = subject;
  const nullable = booleanOf(value);
  const reading = readingOf(subject);
  if (nullable === null) reading.partial = true;
  // Not knowing, the stronger one is assumed.
  send(lowering, { kind: nullable === true ? 'dropNotNull' : 'setNotNull', table, column }, keywordSpan(subject, 'nullable'), reading);
}

function alterDefault(lowering: Lowering, subject: Subject): void {
  const value = subject.args.value('server_default');
  if (value === undefined || booleanOf(value) === false) return;
  const { table, column } = subject;
  const span = keywordSpan(subject, 'server_default');
  const reading = readingOf(subject);
  const existing = subject.args.value('existing_server_default');
  if (calledName(value) === 'Identity' && value.type === 'call') {
    alterIdentity(lowering, subject, value, calledName(existing) === 'Identity' ? existing : undefined);
  } else if (isNone(value)) {
    const kind = calledName(existing) === 'Identity' ? 'dropIdentity' : 'dropDefault';
    send(lowering, { kind, table, column }, span, reading);
  } else {
    send(lowering, { kind: 'setDefault', table, column, default: serverDefault(value, reading) }, span, reading);
  }
}

function alterIdentity(lowering: Lowering, subject: Subject, value: CallValue, existing: Value | undefined): void {
  const { table, column } = subject;
  const { identity, options } = readIdentity(value);
  const span = keywordSpan(subject, 'server_default');
  if (existing === undefined) {
    send(lowering, { kind: 'addIdentity', table, column, identity, ...(options === '' ? {} : { options }) }, span, readingOf(subject));
    return;
  }
  const before = existing.type === 'call' ? readIdentity(existing) : null;
  const parts: string[] = [];
  if (before?.identity !== identity) parts.push(`SET GENERATED ${identity.toUpperCase()}`);
  if (options !== '' && options !== before?.options) parts.push(`SET ${options}`);
  send(lowering, { kind: 'alterIdentity', table, column, options: parts.join(' ') }, span, readingOf(subject));
}

function alterComment(lowering: Lowering, subject: Subject): void {
  const value = subject.args.value('comment');
  if (value === undefined || booleanOf(value) === false) return;
  const reading = readingOf(subject);
  const comment = commentOf(value, reading);
  send(lowering, columnComment(subject.table, subject.column, comment), keywordSpan(subject, 'comment'), reading);
}

function alterName(lowering: Lowering, subject: Subject): void {
  const value = subject.args.value('new_column_name');
  if (value === undefined || isNone(value)) return;
  const { table, column } = subject;
  const reading = readingOf(subject);
  const to = reading.name(value);
  send(lowering, { kind: 'renameColumn', table, column, to }, keywordSpan(subject, 'new_column_name'), reading);
}
