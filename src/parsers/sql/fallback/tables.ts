import type {
  AlterColumn,
  AlterIndexStatement,
  AlterTableStatement,
  CreateTableStatement,
  TableAlteration,
} from 'pgsql-ast-parser';
import type { ColumnDefinition, Constraint, CreateTable, OperationDraft, QualifiedName } from '../../../operations/types.js';
import { columnOf, constraintOf } from './columns.js';
import { cascade, flag, ifExists, ifNotExists, nameSpan, qualified, typeAt, type Located, type Range } from './located.js';

/** False where something of it could not be read. */
export function createTable(s: Located, node: CreateTableStatement): boolean {
  const elements = elementsOf(s, node);
  if (elements === undefined) return false;
  s.emit(
    {
      kind: 'createTable',
      table: qualified(s, node.name),
      ...elements,
      ...ifNotExists(node.ifNotExists),
      ...(node.temporary === true && { persistence: 'temporary' as const }),
      ...(node.unlogged === true && { persistence: 'unlogged' as const }),
      ...(node.inherits !== undefined && { inherits: node.inherits.map((parent) => qualified(s, parent)) }),
    },
    nameSpan(s, node.name),
  );
  return true;
}

type Elements = Pick<CreateTable, 'columns' | 'constraints' | 'like'>;

function elementsOf(s: Located, node: CreateTableStatement): Elements | undefined {
  const open = s.afterName(s.indexOf(node.name));
  const columns: ColumnDefinition[] = [];
  const like: NonNullable<CreateTable['like']> = [];
  const constraints: Constraint[] = [];
  const byStart = new Map((node.constraints ?? []).map((constraint) => [s.indexOf(constraint), constraint]));
  const columnsByStart = new Map(node.columns.map((column) => [s.indexOf(column), column]));
  for (const range of s.list(open + 1, s.close(open))) {
    const constraint = byStart.get(range.from);
    const column = columnsByStart.get(range.from);
    if (constraint !== undefined) constraints.push(constraintOf(s, constraint, range));
    else if (column?.kind === 'like table') like.push(likeOf(s, qualified(s, column.like), range));
    else {
      const definition = column && columnOf(s, column, range);
      if (definition === undefined) return undefined;
      columns.push(definition);
    }
  }
  return { columns, constraints, ...(like.length > 0 && { like }) };
}

function likeOf(s: Located, table: QualifiedName, range: Range): NonNullable<CreateTable['like']>[number] {
  const options = s.text(s.afterName(range.from + 1), range.to);
  return options === '' ? { table } : { table, options };
}

export function alterTable(s: Located, node: AlterTableStatement): boolean {
  const table = qualified(s, node.table);
  const ranges = s.list(s.afterName(s.indexOf(node.table)), s.last);
  const read: { draft: OperationDraft; span: { start: number; end: number } }[] = [];
  for (const [index, change] of node.changes.entries()) {
    const range = ranges[index];
    const draft = range && action(s, { table, ...flag('only', node.only) }, change, range, node.ifExists);
    if (range === undefined || draft === undefined) return false;
    read.push({ draft, span: change.type === 'rename' ? nameSpan(s, node.table) : actionSpan(s, change, range) });
  }
  for (const { draft, span } of read) s.emit(draft, span);
  return true;
}

/** The name behind the words of the action; the whole of it where there is none. */
function actionSpan(s: Located, change: TableAlteration, range: Range): { start: number; end: number } {
  if (change.type === 'add constraint' && change.constraint.constraintName === undefined) return s.span(range.from + 1, range.to);
  let at = range.from;
  while (at < range.to && ACTION_WORDS.has(s.word(at))) at++;
  return at < range.to && s.isName(at) ? s.span(at) : s.span(range.from, range.to);
}

const ACTION_WORDS = new Set(['add', 'drop', 'alter', 'rename', 'column', 'constraint', 'if', 'not', 'exists', 'owner', 'to']);

interface Target {
  table: QualifiedName;
  only?: true;
}

function action(s: Located, target: Target, change: TableAlteration, range: Range, guarded: boolean | undefined): OperationDraft | undefined {
  const guard = ifExists(guarded);
  const tableGuard = guarded === true ? { tableGuard: 'if exists' as const } : {};
  switch (change.type) {
    case 'rename':
      return { kind: 'renameTable', ...target, ...guard, to: s.name(change.to.name) };
    case 'rename column':
      return { kind: 'renameColumn', ...target, ...guard, column: s.name(change.column.name), to: s.name(change.to.name) };
    case 'rename constraint':
      return { kind: 'renameConstraint', ...target, ...guard, constraint: s.name(change.constraint.name), to: s.name(change.to.name) };
    case 'add column': {
      const column = columnOf(s, change.column, { from: s.indexOf(change.column), to: range.to });
      return column && { kind: 'addColumn', ...target, ...tableGuard, ...ifNotExists(change.ifNotExists), column };
    }
    case 'drop column':
      return { kind: 'dropColumn', ...target, ...tableGuard, ...ifExists(change.ifExists), column: s.name(change.column.name), ...cascade(change.behaviour) };
    case 'drop constraint':
      return {
        kind: 'dropConstraint',
        ...target,
        ...tableGuard,
        ...ifExists(change.ifExists),
        constraint: s.name(change.constraint.name),
        ...cascade(change.behaviour),
      };
    case 'alter column':
      return alterColumn(s, { ...target, ...guard, column: s.name(change.column.name) }, change.alter, range);
    case 'add constraint':
      return { kind: 'addConstraint', ...target, ...guard, constraint: constraintOf(s, change.constraint, { from: range.from + 1, to: range.to }) };
    case 'owner':
      return { kind: 'setTableOwner', ...target, ...guard, owner: s.name(change.to.name) };
  }
}

function alterColumn(
  s: Located,
  target: Target & { column: string },
  alter: AlterColumn,
  range: Range,
): OperationDraft | undefined {
  switch (alter.type) {
    case 'set type': {
      const type = typeAt(s, { from: s.find('type', range.from, range.to) + 1, to: range.to });
      return type && { kind: 'alterColumnType', ...target, type };
    }
    case 'set default':
      return { kind: 'setDefault', ...target, default: s.text(s.find('default', range.from, range.to) + 1, range.to) };
    case 'drop default':
      return { kind: 'dropDefault', ...target };
    case 'set not null':
      return { kind: 'setNotNull', ...target };
    case 'drop not null':
      return { kind: 'dropNotNull', ...target };
    case 'add generated': {
      if (alter.expression !== undefined) return undefined;
      const open = s.find('(', range.from, range.to);
      const options = open < range.to ? { options: s.inside(open) } : {};
      return { kind: 'addIdentity', ...target, identity: alter.always ?? 'always', ...options };
    }
  }
}

export function alterIndex(s: Located, node: AlterIndexStatement): boolean {
  const target = { table: qualified(s, node.index), relation: 'index' as const, ...ifExists(node.ifExists) };
  const span = nameSpan(s, node.index);
  if (node.change.type === 'rename') s.emit({ kind: 'renameTable', ...target, to: s.name(node.change.to.name) }, span);
  else s.emit({ kind: 'setTablespace', ...target, tablespace: s.name(node.change.tablespace.name) }, span);
  return true;
}
