import type { OperationDraft, Span } from '../../../operations/types.js';
import type { Action, LowerAction } from './alter-table.js';
import { ownGuarded } from './own-guard.js';
import { as, ifExists, qualified, type Lowering } from './tree.js';
import { dataType } from './type-name.js';

/** `ALTER [COLUMN] name …`: the index of the name. A noun of this name has to be quoted. */
function nameIndex(s: Lowering, { range }: Action): number {
  return s.skip(range.from + 1, 'column');
}

function emit(s: Lowering, action: Action, build: (column: string, rest: number) => OperationDraft): void {
  const index = nameIndex(s, action);
  const span: Span = s.span(index);
  s.emit(build(s.name(action.node.name ?? ''), index + 1), span);
}

/** An action that says no more than its column. */
function plain(kind: 'setNotNull' | 'dropNotNull'): LowerAction {
  return (s, action) => emit(s, action, (column) => ({ kind, ...action.target, column }));
}

/** The same, with IF EXISTS behind. */
function guarded(kind: 'dropIdentity' | 'dropExpression'): LowerAction {
  return (s, action) => emit(s, action, (column) => ({ kind, ...ownGuarded(action.target), column, ...ifExists(action.node.missing_ok) }));
}

function columnDefault(s: Lowering, action: Action): void {
  const { target, node, range } = action;
  emit(s, action, (column, rest) =>
    node.def === undefined
      ? { kind: 'dropDefault', ...target, column }
      : { kind: 'setDefault', ...target, column, default: s.text(rest + 2, range.to) },
  );
}

function columnType(s: Lowering, action: Action): void {
  const { target, node, range } = action;
  const definition = as(node.def, 'ColumnDef');
  emit(s, action, (column, rest) => {
    const using = definition?.raw_default === undefined ? range.to : s.find('using', rest, range.to);
    return {
      kind: 'alterColumnType',
      ...target,
      column,
      type: dataType(s, definition?.typeName),
      ...(using < range.to && { using: s.text(using + 1, range.to) }),
      ...(definition?.collClause !== undefined && { collation: qualified(s, definition.collClause.collname) }),
    };
  });
}

function addIdentity(s: Lowering, action: Action): void {
  const { target, node, range } = action;
  const identity = as(node.def, 'Constraint')?.generated_when === 'a' ? 'always' : 'by default';
  emit(s, action, (column, rest) => {
    const open = s.find('(', rest, range.to);
    return { kind: 'addIdentity', ...target, column, identity, ...(open < range.to && { options: s.inside(open) }) };
  });
}

function statistics(s: Lowering, action: Action): void {
  const { target, node } = action;
  // An index has no column names to give: its columns go by number.
  const number = node.num === undefined ? undefined : String(node.num);
  emit(s, action, (name) => {
    const value = as(node.def, 'Integer');
    return { kind: 'setStatistics', ...target, column: number ?? name, target: value === undefined ? -1 : (value.ival ?? 0) };
  });
}

function options(reset: boolean): LowerAction {
  return (s, action) =>
    emit(s, action, (column, rest) => {
      const draft = { kind: 'setColumnOptions' as const, ...action.target, column, options: s.inside(s.find('(', rest)) };
      return reset ? { ...draft, reset: true } : draft;
    });
}

/** SET STORAGE and SET COMPRESSION take one word, DEFAULT among them. */
function setting(kind: 'setStorage' | 'setCompression'): LowerAction {
  return (s, action) =>
    emit(s, action, (column) => {
      const value = as(action.node.def, 'String')?.sval ?? '';
      return kind === 'setStorage'
        ? { kind, ...action.target, column, storage: value }
        : { kind, ...action.target, column, compression: value };
    });
}

export const COLUMN_ACTIONS: Readonly<Record<string, LowerAction>> = {
  AT_SetNotNull: plain('setNotNull'),
  AT_DropNotNull: plain('dropNotNull'),
  AT_DropExpression: guarded('dropExpression'),
  AT_DropIdentity: guarded('dropIdentity'),
  AT_ColumnDefault: columnDefault,
  AT_AlterColumnType: columnType,
  AT_SetExpression: (s, action) =>
    emit(s, action, (column, rest) => ({
      kind: 'setExpression',
      ...action.target,
      column,
      expression: s.inside(s.find('(', rest)),
    })),
  AT_AddIdentity: addIdentity,
  AT_SetIdentity: (s, action) =>
    emit(s, action, (column, rest) => ({ kind: 'alterIdentity', ...action.target, column, options: s.text(rest, action.range.to) })),
  AT_SetStatistics: statistics,
  AT_SetStorage: setting('setStorage'),
  AT_SetCompression: setting('setCompression'),
  AT_SetOptions: options(false),
  AT_ResetOptions: options(true),
};
