import type { OperationKind, OperationOf, QualifiedName } from '../../operations/types.js';
import { isBuiltIn, isFixedLength } from '../casts.js';
import { mismatchOfDefault } from '../default-value.js';
import type { Outcome } from '../outcome.js';
import { ownerOfIndex, relationKey } from '../schema.js';
import { baseType } from '../type-change.js';
import { alterColumnType } from './column-type.js';
import { hasOtherParents, isInherited } from './column-uses.js';
import { dropColumn } from './drop-column.js';
import { isMissingFunction } from './routines.js';
import { isInteger, requireColumn, requireTable, type Handlers } from './handler.js';

type ColumnKinds =
  | 'dropColumn'
  | 'renameColumn'
  | 'alterColumnType'
  | 'setDefault'
  | 'dropDefault'
  | 'setExpression'
  | 'dropExpression'
  | 'addIdentity'
  | 'alterIdentity'
  | 'dropIdentity'
  | 'setStatistics'
  | 'setStorage'
  | 'setCompression'
  | 'setColumnOptions';

/** Actions that stop no writer, and those that this cannot be said of in general. */
const WEAK: ReadonlySet<OperationKind> = new Set<OperationKind>(['setStatistics', 'setColumnOptions', 'setTableOptions', 'setClusterIndex', 'validateConstraint', 'toggleTrigger', 'addConstraint']);

/** Catalogue changes that go down to partitions and children. */
function recursing<O extends { table: QualifiedName; column: string; only?: true }>(operation: O, outcome: Outcome): boolean {
  if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return false;
  outcome.lockAll(outcome.family(operation.table, operation.only), 'ACCESS EXCLUSIVE');
  return true;
}

/** Identity columns of partitions follow their parent since 17. */
function identity<O extends { kind: OperationKind; table: QualifiedName; column: string; only?: true }>(operation: O, outcome: Outcome): boolean {
  if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return false;
  const { table, only } = operation;
  if (operation.kind === 'addIdentity') refuseUncountable(operation, outcome);
  if (outcome.version >= 17 && outcome.relation(table)?.partitionOf) outcome.fail('42P16', 'always');
  outcome.lock(table, 'ACCESS EXCLUSIVE');
  if (outcome.version >= 17 && !only) outcome.lockAll(outcome.partitions(table), 'ACCESS EXCLUSIVE');
  return true;
}

function refuseUncountable({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  const type = outcome.relation(table)?.columns.get(column)?.type;
  if (type && (outcome.schema.types.has(relationKey(type)) || isBuiltIn(type)) && !isInteger(type)) outcome.fail('22023', 'always');
}

export const columns: Handlers<ColumnKinds> = {
  dropColumn,
  renameColumn(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    const { table, only, to } = operation;
    if (only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
    const relation = outcome.relation(table);
    if (outcome.refuseTyped(table)) return;
    if (relation !== undefined && (isInherited(relation, operation.column, outcome) || hasOtherParents(operation, outcome))) outcome.fail('42P16', 'always');
    if (relation?.columns.has(to)) outcome.fail('42701', 'always');
    outcome.lockAll(outcome.family(table, only), 'ACCESS EXCLUSIVE');
  },

  alterColumnType,
  setDefault(operation, outcome) {
    if (!recursing(operation, outcome)) return;
    refuseOnGenerated(operation, outcome);
    refuseValue(operation, outcome);
  },
  dropDefault(operation, outcome) {
    if (recursing(operation, outcome)) refuseOnGenerated(operation, outcome);
  },

  setExpression(operation, outcome) {
    if (!recursing(operation, outcome)) return;
    if (outcome.version < 17) return outcome.fail('42601', 'always');
    const { table, column, only } = operation;
    const generated = outcome.relation(table)?.columns.get(column)?.generated;
    if (generated === null) return outcome.fail('55000', 'always');
    if (generated === undefined) outcome.assume(`whether "${column}" is stored`);
    if (generated !== undefined && generated.stored !== true) return;
    for (const member of outcome.family(table, only)) outcome.rewrite(member);
  },
  dropExpression(operation, outcome) {
    if (!recursing(operation, outcome)) return;
    if (outcome.version < 13) outcome.fail('42601', 'always');
    const relation = outcome.relation(operation.table);
    if (relation !== undefined && isInherited(relation, operation.column, outcome)) outcome.fail('42P16', 'always');
    const generated = outcome.relation(operation.table)?.columns.get(operation.column)?.generated;
    if (generated === null && operation.guard !== 'if exists') outcome.fail('55000', 'always');
    if (generated && generated.stored !== true && outcome.version >= 18) outcome.fail('0A000', 'always');
  },

  addIdentity(operation, outcome) {
    if (!identity(operation, outcome)) return;
    const column = outcome.relation(operation.table)?.columns.get(operation.column);
    if (column?.notNull === false) outcome.fail('55000', 'always');
    if (column?.identity || (column?.default !== undefined && column.default !== null)) outcome.fail('55000', 'always');
  },
  alterIdentity(operation, outcome) {
    if (identity(operation, outcome)) refuseWithoutIdentity(operation, outcome);
  },
  dropIdentity(operation, outcome) {
    if (identity(operation, outcome) && operation.guard !== 'if exists') refuseWithoutIdentity(operation, outcome);
  },

  setStatistics(operation, outcome) {
    if (operation.relation === 'index') return refuseStatistics(operation, outcome);
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    // One ALTER TABLE takes every table in the strongest mode that any of its actions asks for.
    const alone = outcome.siblings.every(({ kind }) => WEAK.has(kind));
    outcome.lockAll(outcome.family(operation.table, operation.only), alone ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  },
  setStorage(operation, outcome) {
    if (recursing(operation, outcome) && !/^(?:plain|default)$/i.test(operation.storage)) refuseFixedLength(operation, outcome);
  },
  setCompression(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    if (outcome.version < 14) return outcome.fail('42601', 'always');
    refuseFixedLength(operation, outcome);
    outcome.lock(operation.table, 'ACCESS EXCLUSIVE');
  },
  setColumnOptions(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    outcome.lock(operation.table, 'SHARE UPDATE EXCLUSIVE');
  },
};

/** What is never out of line cannot be compressed or moved there. */
function refuseFixedLength({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  const type = outcome.relation(table)?.columns.get(column)?.type;
  if (!type) return;
  const base = baseType(type, outcome.schema);
  const isEnum = (base.dimensions ?? 0) === 0 && outcome.schema.types.get(relationKey(base))?.kind === 'enum';
  if (isEnum || isFixedLength(base)) outcome.fail('0A000', 'always');
}

/** Only the expressions of an index have statistics of their own. */
function refuseStatistics({ table, column }: OperationOf<'setStatistics'>, outcome: Outcome): void {
  const index = ownerOfIndex(outcome.schema, table)?.indexes.get(table.name);
  const key = index?.keys[Number(column) - 1];
  if (index !== undefined && Number(column) > index.keys.length + index.include.length) outcome.fail('42703', 'always');
  if (key?.column !== undefined) outcome.fail('0A000', 'always');
}

/** 42804, 22P02 …: the default is no value of the column. */
function refuseValue({ table, column, default: value }: OperationOf<'setDefault'>, outcome: Outcome): void {
  const type = outcome.relation(table)?.columns.get(column)?.type;
  if (isMissingFunction(value, outcome)) outcome.fail('42883', 'always');
  const wrong = type ? mismatchOfDefault(value, type, outcome.schema) : null;
  if (wrong !== null) outcome.fail(wrong, 'always');
}

function refuseOnGenerated({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  const found = outcome.relation(table)?.columns.get(column);
  if (found?.generated || found?.identity) outcome.fail('42601', 'always');
}

function refuseWithoutIdentity({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  if (outcome.relation(table)?.columns.get(column)?.identity === null) outcome.fail('55000', 'always');
}
