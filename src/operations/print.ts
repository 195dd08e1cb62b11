import { columns } from './print/alter-column.js';
import { tableSettings } from './print/alter-table.js';
import { asWritten, data } from './print/data.js';
import type { Draft, Printers } from './print/draft.js';
import { indexes } from './print/indexes.js';
import { objects } from './print/objects.js';
import { session } from './print/session.js';
import { tables } from './print/tables.js';
import { types } from './print/types.js';
import { views } from './print/views.js';
import type { OperationDraft, OperationKind } from './types.js';

const PRINTERS: Printers<OperationKind> = {
  ...tables,
  ...columns,
  ...tableSettings,
  ...indexes,
  ...types,
  ...views,
  ...objects,
  ...asWritten,
  ...data,
  ...session,
};

/**
 * The SQL an operation stands for: one statement without its semicolon, broken
 * at its clauses where one line would be long. Parsed again it is the same
 * operation. What an `unread` operation holds is printed as it was found.
 */
export function print(operation: OperationDraft): string {
  return printKind(operation.kind, operation as never);
}

function printKind<K extends OperationKind>(kind: K, operation: Draft<K>): string {
  return (PRINTERS[kind] as (draft: Draft<K>) => string)(operation);
}

/** Statements with their semicolons, each on a line of its own. */
export function printAll(operations: readonly OperationDraft[]): string {
  return operations.map((operation) => `${print(operation)};`).join('\n');
}
