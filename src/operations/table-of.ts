import type { Operation, QualifiedName } from './types.js';

/** The relation an operation is about, or null when it is about none. */
export function tableOf(operation: Operation): QualifiedName | null {
  switch (operation.kind) {
    case 'createView':
    case 'createMaterializedView':
    case 'refreshMaterializedView':
      return operation.view;
    case 'createSequence':
    case 'alterSequence':
      return operation.sequence;
    case 'dropObject':
      return operation.on ?? (isRelation(operation.object) ? operation.name : null);
    case 'renameObject':
    case 'comment':
      return operation.on ?? null;
    case 'reindex':
      return operation.target === 'table' ? (operation.name ?? null) : null;
    default:
      return 'table' in operation ? (operation.table ?? null) : null;
  }
}

function isRelation(object: string): boolean {
  return object === 'view' || object === 'materialized view' || object === 'sequence';
}
