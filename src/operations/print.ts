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

const inTables = (): typeof tables => tables;
const inColumns = (): typeof columns => columns;
const inSettings = (): typeof tableSettings => tableSettings;
const inIndexes = (): typeof indexes => indexes;
const inTypes = (): typeof types => types;
const inViews = (): typeof views => views;
const inObjects = (): typeof objects => objects;
const inWritten = (): typeof asWritten => asWritten;
const inData = (): typeof data => data;
const inSession = (): typeof session => session;

/**
 * Where each kind is printed. Behind functions: a bundle whose imports are lazy
 * runs the parts that are asked for, and most runs print two or three kinds.
 */
const PRINTERS: { readonly [K in OperationKind]: () => Printers<K> } = {
    createTable: inTables, createTableAs: inTables, dropTable: inTables, truncate: inTables, lockTable: inTables,
    addColumn: inColumns, dropColumn: inColumns, renameColumn: inColumns, alterColumnType: inColumns, setNotNull: inColumns, dropNotNull: inColumns,
  setDefault: inColumns, dropDefault: inColumns, setExpression: inColumns, dropExpression: inColumns, addIdentity: inColumns, alterIdentity:
  inColumns, dropIdentity: inColumns, setStatistics: inColumns, setStorage: inColumns, setCompression: inColumns, setColumnOptions: inColumns,
    renameTable: inSettings, renameConstraint: inSettings, setTableSchema: inSettings, addConstraint: inSettings, alterConstraint: inSettings,
  validateConstraint: inSettings, dropConstraint: inSettings, setTablespace: inSettings, setLogged: inSettings, setAccessMethod: inSettings,
  setClusterIndex: inSettings, setTableOptions: inSettings, setInherit: inSettings, setTableType: inSettings, setTableOwner: inSettings,
  setReplicaIdentity: inSettings, setRowSecurity: inSettings, toggleTrigger: inSettings, toggleRule: inSettings, attachPartition: inSettings,
  detachPartition: inSettings,
    createIndex: inIndexes, dropIndex: inIndexes, reindex: inIndexes,
    createEnum: inTypes, addEnumValue: inTypes, renameEnumValue: inTypes, createDomain: inTypes, alterDomain: inTypes, createCompositeType: inTypes,
  alterCompositeType: inTypes,
    createView: inViews, createMaterializedView: inViews, refreshMaterializedView: inViews, createSequence: inViews, alterSequence: inViews,
    dropObject: inObjects, renameObject: inObjects, setObjectSchema: inObjects, setObjectOwner: inObjects, comment: inObjects, createSchema:
  inObjects, createExtension: inObjects, updateExtension: inObjects, createPolicy: inObjects, alterPolicy: inObjects,
    createFunction: inWritten, createTrigger: inWritten, createRule: inWritten, createPublication: inWritten, alterPublication: inWritten,
  createStatistics: inWritten, grant: inWritten, insert: inWritten, merge: inWritten, select: inWritten, copy: inWritten, utility: inWritten, unread:
  inWritten,
    update: inData, delete: inData, vacuum: inData, analyze: inData, cluster: inData,
    setParameter: inSession, resetParameter: inSession, begin: inSession, commit: inSession, rollback: inSession, savepoint: inSession, call:
  inSession,
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
  return (PRINTERS[kind]() as { readonly [P in K]: (draft: Draft<P>) => string })[kind](operation);
}

/** Statements with their semicolons, each on a line of its own. */
export function printAll(operations: readonly OperationDraft[]): string {
  return operations.map((operation) => `${print(operation)};`).join('\n');
}
