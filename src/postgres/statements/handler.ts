import type { DataType, OperationKind, OperationOf, QualifiedName } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Column, type Relation } from '../schema.js';

/** Records what one kind of operation does. */
export type Handler<K extends OperationKind> = (operation: OperationOf<K>, outcome: Outcome) => void;

export type Handlers<K extends OperationKind> = { readonly [Kind in K]: Handler<Kind> };

/** Types that count upwards: only they can be an identity. */
export function isInteger({ name, dimensions }: DataType): boolean {
  return (dimensions ?? 0) === 0 && (name === 'smallint' || name === 'integer' || name === 'bigint');
}

interface OnTable {
  kind?: OperationKind;
  table: QualifiedName;
  guard?: 'if exists' | 'if not exists';
  tableGuard?: 'if exists';
}

/** Actions of ALTER TABLE whose guard speaks of the column or the constraint. */
const OWN_GUARD: ReadonlySet<OperationKind> = new Set<OperationKind>(['dropColumn', 'dropConstraint', 'dropExpression', 'dropIdentity']);

function guardsTable({ kind, guard, tableGuard }: OnTable): boolean {
  return tableGuard !== undefined || (guard === 'if exists' && !(kind !== undefined && OWN_GUARD.has(kind)));
}

/** False when the relation is known to be missing: nothing happens then, or the statement fails. */
export function requireTable(operation: OnTable, outcome: Outcome): boolean {
  if (outcome.mayExist(operation.table)) return true;
  // ALTER TABLE also takes the name of an index, whose table it leaves alone.
  if (outcome.schema.indexes.has(relationKey(operation.table))) return false;
  if (!guardsTable(operation)) outcome.fail('42P01', 'always');
  return false;
}

/** The column, or null when it is known to be missing, which fails without IF EXISTS. */
export function requireColumn(
  operation: OnTable & { column: string },
  outcome: Outcome,
): { column: Column | undefined } | null {
  const relation = outcome.relation(operation.table);
  const column = relation?.columns.get(operation.column);
  if (column !== undefined || relation === undefined || !hasAllColumns(relation)) return { column };
  if (operation.kind !== 'dropColumn' || operation.guard !== 'if exists') outcome.fail('42703', 'always');
  return null;
}

/** True when a column that is not among those known is not there: also of a view whose query told its columns. */
function hasAllColumns({ complete, query, columns }: Relation): boolean {
  return complete || (query !== null && columns.size > 0);
}

export function missingColumns(table: QualifiedName, columns: readonly string[], outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined || !relation.complete) return false;
  if (columns.every((column) => relation.columns.has(column))) return false;
  outcome.fail('42703', 'always');
  return true;
}
