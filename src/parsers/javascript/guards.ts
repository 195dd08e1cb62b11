import type { Operation } from '../../operations/types.js';
import type { Condition } from './evaluate/value.js';

/**
 * An operation as the conditions around it make it: a question put to the
 * database about the very object acts like IF [NOT] EXISTS, anything else
 * leaves it open whether the operation runs.
 */
export function underConditions(operation: Operation, conditions: readonly Condition[]): Operation {
  let result = operation;
  for (const condition of conditions) {
    const meaning = meaningOf(condition, operation);
    if (meaning === 'conditional') result = { ...result, conditional: true };
    else if (meaning !== 'none' && result.guard === undefined) result = { ...result, guard: meaning };
  }
  return result;
}

type Meaning = 'if exists' | 'if not exists' | 'conditional' | 'none';

function meaningOf(condition: Condition, operation: Operation): Meaning {
  if (condition.kind === 'unknown') return 'conditional';
  const { exists } = condition;
  if (names(MAKES[condition.object]?.(operation), condition)) return exists ? 'conditional' : 'if not exists';
  if (names(DROPS[condition.object]?.(operation), condition)) return exists ? 'if exists' : 'conditional';
  return concerns(operation, condition) ? 'none' : 'conditional';
}

interface Named {
  name: string;
  table?: string;
}

type Reader = (operation: Operation) => Named | null;

const MAKES: Partial<Record<string, Reader>> = {
  table: (operation) => (operation.kind === 'createTable' || operation.kind === 'createTableAs' ? { name: operation.table.name } : null),
  column: (operation) => (operation.kind === 'addColumn' ? { name: operation.column.name, table: operation.table.name } : null),
  index: (operation) => (operation.kind === 'createIndex' && operation.index !== undefined ? { name: operation.index } : null),
  constraint: (operation) => (operation.kind === 'addConstraint' && operation.constraint.name !== undefined ? { name: operation.constraint.name } : null),
  type: (operation) => (operation.kind === 'createEnum' ? { name: operation.type.name } : null),
  schema: (operation) => (operation.kind === 'createSchema' && operation.schema !== undefined ? { name: operation.schema } : null),
};

const DROPS: Partial<Record<string, Reader>> = {
  table: (operation) => (operation.kind === 'dropTable' ? { name: operation.table.name } : null),
  column: (operation) => (operation.kind === 'dropColumn' ? { name: operation.column, table: operation.table.name } : null),
  index: (operation) => (operation.kind === 'dropIndex' ? { name: operation.index.name } : null),
  constraint: (operation) => (operation.kind === 'dropConstraint' ? { name: operation.constraint } : null),
  type: (operation) => (operation.kind === 'dropObject' ? { name: operation.name.name } : null),
  schema: (operation) => (operation.kind === 'dropObject' ? { name: operation.name.name } : null),
};

function names(object: Named | null | undefined, condition: Extract<Condition, { kind: 'exists' }>): boolean {
  if (object == null || object.name !== condition.name) return false;
  return object.table === undefined || condition.table === undefined || object.table === condition.table;
}

/**
 * Operations on the object itself need no guard: with the object there they
 * run, and one that made it has just been seen to.
 */
function concerns(operation: Operation, condition: Extract<Condition, { kind: 'exists' }>): boolean {
  const table = 'table' in operation ? operation.table?.name : undefined;
  if (condition.object === 'table') return table === condition.name;
  if (condition.object !== 'column' || !condition.exists || table !== condition.table) return false;
  return 'column' in operation && operation.column === condition.name;
}
