import type { Operation, OperationKind } from '../operations/types.js';

/**
 * ALTER TABLE works through its actions in passes, not in the order written:
 * what goes first, then types, new columns, column properties, keys, other
 * constraints and defaults, and last everything else.
 */
const PASS: { readonly [K in OperationKind]?: number } = {
  dropColumn: 0,
  dropConstraint: 0,
  dropNotNull: 0,
  dropExpression: 0,
  dropIdentity: 0,
  dropDefault: 0,
  alterColumnType: 1,
  setExpression: 2,
  addColumn: 3,
  setNotNull: 4,
  alterIdentity: 4,
  setDefault: 6,
  addIdentity: 6,
};

const OTHER_CONSTRAINT = 6;
const KEY = 5;
const LAST = 7;

/** Actions that one ALTER TABLE may hold beside each other and that are in no pass of their own. */
const MISCELLANEOUS: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'setStatistics', 'setStorage', 'setCompression', 'setColumnOptions', 'alterConstraint', 'validateConstraint', 'setTablespace', 'setLogged',
  'setAccessMethod', 'setClusterIndex', 'setTableOptions', 'setInherit', 'setTableType', 'setTableOwner', 'setReplicaIdentity', 'setRowSecurity',
  'toggleTrigger', 'toggleRule',
]);

function passOf(operation: Operation): number | null {
  if (operation.kind === 'addConstraint') {
    const { type } = operation.constraint;
    return type === 'primary key' || type === 'unique' || type === 'exclude' ? KEY : OTHER_CONSTRAINT;
  }
  return PASS[operation.kind] ?? (MISCELLANEOUS.has(operation.kind) ? LAST : null);
}

/** The positions of the operations in the order in which the server carries them out. */
export function executionOrder(operations: readonly Operation[]): number[] {
  const order = operations.map((_, index) => index);
  for (let start = 0; start < operations.length; ) {
    let end = start + 1;
    while (end < operations.length && operations[end]?.statement.id === operations[start]?.statement.id) end++;
    if (end - start > 1) sortStatement(order, operations, start, end);
    start = end;
  }
  return order;
}

function sortStatement(order: number[], operations: readonly Operation[], start: number, end: number): void {
  const passes = operations.slice(start, end).map(passOf);
  if (passes.some((pass) => pass === null)) return;
  const sorted = order.slice(start, end).sort((a, b) => (passes[a - start] ?? 0) - (passes[b - start] ?? 0) || a - b);
  order.splice(start, end - start, ...sorted);
}
