import type { AlterTableCmd, AlterTableStmt } from 'libpg-query';
import type { OperationDraft, QualifiedName, RelationKind, Span } from '../../../operations/types.js';
import { COLUMN_ACTIONS } from './alter-column.js';
import { alterCompositeType } from './composite-types.js';
import { columnOf } from './columns.js';
import { constraintNode, constraintOf, constraintSpan, type Range } from './constraints.js';
import { partitionBounds } from './create-table.js';
import { ownGuarded } from './own-guard.js';
import { as, cascade, ifExists, ifNotExists, indexOf, qualified, relation, role, type Lowering } from './tree.js';

/** What every action of one ALTER TABLE shares. */
export interface Target {
  table: QualifiedName;
  only?: true;
  relation?: Exclude<RelationKind, 'table'>;
  guard?: 'if exists';
}

/** One action of an ALTER TABLE at its place. */
export interface Action {
  node: AlterTableCmd;
  target: Target;
  range: Range;
  /** The table's name, for actions that name nothing better. */
  tableSpan: Span;
}

export type LowerAction = (s: Lowering, action: Action) => void;

const RELATIONS: Readonly<Record<string, Target['relation']>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign table',
};

export function relationKind(objectType: string | undefined): Target['relation'] | undefined {
  return RELATIONS[objectType ?? ''];
}

export function alterTable(s: Lowering, node: AlterTableStmt): void {
  if (node.objtype === 'OBJECT_TYPE') {
    alterCompositeType(s, node);
    return;
  }
  const kind = relationKind(node.objtype);
  const target: Target = {
    table: relation(s, node.relation),
    ...(node.relation?.inh !== true && isOnly(s, node) && { only: true }),
    ...(kind !== undefined && { relation: kind }),
    ...(node.missing_ok === true && { guard: 'if exists' }),
  };
  const name = indexOf(s, node.relation?.location);
  let from = s.afterName(name);
  if (s.word(from) === '*' || s.word(from) === ')') from++;
  const tableSpan = s.span(name, s.afterName(name));
  const ranges = s.list(from, s.last);
  (node.cmds ?? []).forEach((command, index) => {
    const cmd = as(command, 'AlterTableCmd') ?? {};
    const action: Action = { node: cmd, target, range: ranges[index] ?? { from, to: s.last }, tableSpan };
    const lower = ACTIONS[cmd.subtype ?? ''] ?? COLUMN_ACTIONS[cmd.subtype ?? ''] ?? unknown;
    lower(s, action);
  });
}

function isOnly(s: Lowering, node: AlterTableStmt): boolean {
  const name = indexOf(s, node.relation?.location);
  return s.word(name - 1) === 'only' || s.has(name - 2, 'only', '(');
}

/** The span of the name an action speaks of: behind its verb, its noun and its guard. */
export function actionName(s: Lowering, range: Range, ...nouns: readonly string[]): Span {
  let at = range.from + 1;
  for (const noun of nouns) at = s.skip(at, noun);
  return s.span(s.skipGuard(at));
}

/** An action that touches nothing we model: the options of a foreign table. */
function unknown(s: Lowering, { range, tableSpan }: Action): void {
  s.emit({ kind: 'utility', command: 'ALTER TABLE', text: `${s.text(s.first, s.indexAt(tableSpan.end))} ${s.text(range.from, range.to)}` }, tableSpan);
}

function addColumn(s: Lowering, { node, target, range }: Action): void {
  const at = s.skipGuard(s.skip(range.from + 1, 'column'));
  const column = columnOf(s, as(node.def, 'ColumnDef') ?? {}, { from: at, to: range.to });
  s.emit({ kind: 'addColumn', ...ownGuarded(target), column, ...ifNotExists(node.missing_ok) }, s.span(at));
}

function dropColumn(s: Lowering, { node, target, range }: Action): void {
  s.emit(
    {
      kind: 'dropColumn',
      ...ownGuarded(target),
      column: s.name(node.name ?? ''),
      ...cascade(node.behavior),
      ...ifExists(node.missing_ok),
    },
    actionName(s, range, 'column'),
  );
}

function addConstraint(s: Lowering, { node, target, range }: Action): void {
  const tree = constraintNode(node.def) ?? {};
  const body = { from: range.from + 1, to: range.to };
  const constraint = constraintOf(s, tree, body);
  if (constraint !== undefined) s.emit({ kind: 'addConstraint', ...target, constraint }, constraintSpan(s, tree, body));
}

function alterConstraint(s: Lowering, { node, target, range }: Action): void {
  const name = range.from + 2;
  const constraint = s.name(as(node.def, 'ATAlterConstraint')?.conname ?? '');
  s.emit({ kind: 'alterConstraint', ...target, constraint, options: s.text(name + 1, range.to) }, s.span(name));
}

function dropConstraint(s: Lowering, { node, target, range }: Action): void {
  s.emit(
    {
      kind: 'dropConstraint',
      ...ownGuarded(target),
      constraint: s.name(node.name ?? ''),
      ...cascade(node.behavior),
      ...ifExists(node.missing_ok),
    },
    actionName(s, range, 'constraint'),
  );
}

/** Actions that say nothing but a name. */
function simple(build: (action: Action, name: string) => OperationDraft): LowerAction {
  return (s, action) => s.emit(build(action, s.name(action.node.name ?? '')), action.tableSpan);
}

function options(reset: boolean): LowerAction {
  return (s, { target, range, tableSpan }) => {
    const draft = { kind: 'setTableOptions' as const, ...target, options: s.inside(s.find('(', range.from)) };
    s.emit(reset ? { ...draft, reset: true } : draft, tableSpan);
  };
}

function inherit(on: boolean): LowerAction {
  return (s, { node, target, tableSpan }) =>
    s.emit({ kind: 'setInherit', ...target, parent: relation(s, as(node.def, 'RangeVar')), inherit: on }, tableSpan);
}

function trigger(mode: 'enable' | 'enable always' | 'enable replica' | 'disable', all?: 'all' | 'user'): LowerAction {
  return (s, { node, target, range, tableSpan }) => {
    const draft = { kind: 'toggleTrigger' as const, ...target, mode, trigger: s.name(node.name ?? '') };
    if (all === undefined) s.emit(draft, s.span(range.to - 1));
    else s.emit({ ...draft, all }, tableSpan);
  };
}

function rule(mode: 'enable' | 'enable always' | 'enable replica' | 'disable'): LowerAction {
  return (s, { node, target, range }) =>
    s.emit({ kind: 'toggleRule', ...target, mode, rule: s.name(node.name ?? '') }, s.span(range.to - 1));
}

function rowSecurity(mode: 'enable' | 'disable' | 'force' | 'no force'): LowerAction {
  return simple(({ target }) => ({ kind: 'setRowSecurity', ...target, mode }));
}

const IDENTITIES: Readonly<Record<string, 'default' | 'full' | 'nothing' | 'index'>> = { d: 'default', f: 'full', n: 'nothing', i: 'index' };

function replicaIdentity(s: Lowering, { node, target, tableSpan }: Action): void {
  const identity = as(node.def, 'ReplicaIdentityStmt');
  s.emit(
    {
      kind: 'setReplicaIdentity',
      ...target,
      identity: IDENTITIES[identity?.identity_type ?? ''] ?? 'default',
      ...(identity?.name !== undefined && { index: s.name(identity.name) }),
    },
    tableSpan,
  );
}

function attachPartition(s: Lowering, { node, target, range }: Action): void {
  const command = as(node.def, 'PartitionCmd');
  const at = indexOf(s, command?.name?.location);
  const bounds = command?.bound === undefined || command.bound.is_default === true ? undefined : partitionBounds(s, at);
  s.emit(
    { kind: 'attachPartition', ...target, partition: relation(s, command?.name), ...(bounds !== undefined && { bounds }) },
    s.span(at, Math.min(s.afterName(at), range.to)),
  );
}

function detachPartition(finalize: boolean): LowerAction {
  return (s, { node, target }) => {
    const command = as(node.def, 'PartitionCmd');
    const at = indexOf(s, command?.name?.location);
    s.emit(
      {
        kind: 'detachPartition',
        ...target,
        partition: relation(s, command?.name),
        ...(command?.concurrent === true && { concurrently: true }),
        ...(finalize && { finalize: true }),
      },
      s.span(at, s.afterName(at)),
    );
  };
}

const ACTIONS: Readonly<Record<string, LowerAction>> = {
  AT_AddColumn: addColumn,
  AT_DropColumn: dropColumn,
  AT_AddConstraint: addConstraint,
  AT_AlterConstraint: alterConstraint,
  AT_ValidateConstraint: (s, { node, target, range }) =>
    s.emit({ kind: 'validateConstraint', ...target, constraint: s.name(node.name ?? '') }, actionName(s, range, 'constraint')),
  AT_DropConstraint: dropConstraint,
  AT_ChangeOwner: (s, { node, target, tableSpan }) =>
    s.emit({ kind: 'setTableOwner', ...target, owner: role(s, node.newowner) }, tableSpan),
  AT_ClusterOn: simple(({ target }, index) => ({ kind: 'setClusterIndex', ...target, index })),
  AT_DropCluster: simple(({ target }) => ({ kind: 'setClusterIndex', ...target })),
  AT_SetLogged: simple(({ target }) => ({ kind: 'setLogged', ...target, logged: true })),
  AT_SetUnLogged: simple(({ target }) => ({ kind: 'setLogged', ...target, logged: false })),
  AT_SetAccessMethod: simple(({ target, node }, method) => ({
    kind: 'setAccessMethod',
    ...target,
    ...(node.name !== undefined && { method }),
  })),
  AT_SetTableSpace: simple(({ target }, tablespace) => ({ kind: 'setTablespace', ...target, tablespace })),
  AT_SetRelOptions: options(false),
  AT_ResetRelOptions: options(true),
  AT_EnableTrig: trigger('enable'),
  AT_EnableAlwaysTrig: trigger('enable always'),
  AT_EnableReplicaTrig: trigger('enable replica'),
  AT_DisableTrig: trigger('disable'),
  AT_EnableTrigAll: trigger('enable', 'all'),
  AT_DisableTrigAll: trigger('disable', 'all'),
  AT_EnableTrigUser: trigger('enable', 'user'),
  AT_DisableTrigUser: trigger('disable', 'user'),
  AT_EnableRule: rule('enable'),
  AT_EnableAlwaysRule: rule('enable always'),
  AT_EnableReplicaRule: rule('enable replica'),
  AT_DisableRule: rule('disable'),
  AT_AddInherit: inherit(true),
  AT_DropInherit: inherit(false),
  AT_AddOf: (s, { node, target, tableSpan }) =>
    s.emit({ kind: 'setTableType', ...target, type: qualified(s, as(node.def, 'TypeName')?.names) }, tableSpan),
  AT_DropOf: simple(({ target }) => ({ kind: 'setTableType', ...target })),
  AT_ReplicaIdentity: replicaIdentity,
  AT_EnableRowSecurity: rowSecurity('enable'),
  AT_DisableRowSecurity: rowSecurity('disable'),
  AT_ForceRowSecurity: rowSecurity('force'),
  AT_NoForceRowSecurity: rowSecurity('no force'),
  AT_AttachPartition: attachPartition,
  AT_DetachPartition: detachPartition(false),
  AT_DetachPartitionFinalize: detachPartition(true),
};

