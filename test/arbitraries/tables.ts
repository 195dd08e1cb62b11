import fc from 'fast-check';
import type { ColumnDefinition, Constraint } from '../../src/operations/types.js';
import type { Arbitraries, Draft } from './parts.js';
import {
  addedConstraint,
  column,
  condition,
  dataType,
  distinct,
  expression,
  identifier,
  ifExists,
  ifNotExists,
  indexKey,
  inheritedColumn,
  is,
  name,
  object,
  oneOf,
  partitionKey,
  query,
  some,
  tableConstraint,
  yes,
} from './parts.js';

type TableKind = 'createTable' | 'createTableAs' | 'dropTable' | 'truncate' | 'lockTable' | 'createIndex' | 'dropIndex' | 'reindex';
type ColumnKind =
  | 'addColumn'
  | 'dropColumn'
  | 'renameColumn'
  | 'alterColumnType'
  | 'setNotNull'
  | 'dropNotNull'
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
type SettingKind =
  | 'renameTable'
  | 'renameConstraint'
  | 'setTableSchema'
  | 'addConstraint'
  | 'alterConstraint'
  | 'validateConstraint'
  | 'dropConstraint'
  | 'setTablespace'
  | 'setLogged'
  | 'setAccessMethod'
  | 'setClusterIndex'
  | 'setTableOptions'
  | 'setInherit'
  | 'setTableType'
  | 'setTableOwner'
  | 'setReplicaIdentity'
  | 'setRowSecurity'
  | 'toggleTrigger'
  | 'toggleRule'
  | 'attachPartition'
  | 'detachPartition';

const bounds = oneOf('FOR VALUES FROM (1) TO (10)', "FOR VALUES IN ('a', NULL)", 'FOR VALUES WITH (MODULUS 4, REMAINDER 1)', "FOR VALUES FROM (MINVALUE) TO ('2025-01-01')");
const storageParameters = oneOf('fillfactor = 70', "autovacuum_enabled = 'false', fillfactor=80", 'toast.autovacuum_enabled = off');
const onCommit = oneOf('preserve rows', 'delete rows', 'drop');
const persistence = oneOf('temporary', 'unlogged');
const partitionBy = fc.oneof(
  object({ strategy: oneOf('range', 'hash'), keys: some(partitionKey) }),
  object({ strategy: is('list'), keys: some(partitionKey, 1) }),
);

const createTable: fc.Arbitrary<Draft<'createTable'>> = fc.oneof(
  { arbitrary: object(
    { kind: is('createTable'), table: name, columns: some(column, 4), constraints: fc.array(tableConstraint, { maxLength: 3 }) },
    {
      guard: ifNotExists,
      persistence: is('unlogged'),
      inherits: some(name, 2),
      like: some(object({ table: name }, { options: oneOf('INCLUDING ALL', 'INCLUDING DEFAULTS EXCLUDING INDEXES') }), 2),
      accessMethod: is('heap'),
      options: storageParameters,
      tablespace: identifier,
    },
  ), weight: 3 },
  object({ kind: is('createTable'), table: name, columns: is<ColumnDefinition[]>([]), constraints: is<Constraint[]>([]) }, { partitionBy, persistence: is('temporary'), onCommit }),
  object(
    { kind: is('createTable'), table: name, columns: fc.array(inheritedColumn, { maxLength: 2 }), constraints: fc.array(tableConstraint, { maxLength: 2 }), partitionOf: object({ parent: name }, { bounds }) },
    { guard: ifNotExists, partitionBy, options: storageParameters },
  ),
  object({ kind: is('createTable'), table: name, columns: fc.array(inheritedColumn, { maxLength: 2 }), constraints: is<Constraint[]>([]), ofType: name }, { guard: ifNotExists }),
  object(
    { kind: is('createTable'), table: name, columns: some(column, 2), constraints: is<Constraint[]>([]), server: identifier },
    { guard: ifNotExists, serverOptions: oneOf("schema_name 'a', table_name 'b'") },
  ),
);

export const tables: Arbitraries<TableKind> = {
  createTable,
  createTableAs: object(
    { kind: is('createTableAs'), table: name, query },
    { guard: ifNotExists, columns: distinct(identifier), persistence, withNoData: yes, options: storageParameters, tablespace: identifier, onCommit },
  ),
  dropTable: object({ kind: is('dropTable'), table: name }, { guard: ifExists, cascade: yes, foreign: yes }),
  truncate: object({ kind: is('truncate'), table: name }, { only: yes, restartIdentity: yes, cascade: yes }),
  lockTable: object(
    {
      kind: is('lockTable'),
      table: name,
      mode: oneOf('ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'),
    },
    { only: yes, nowait: yes },
  ),
  createIndex: fc.oneof(
    object(
      { kind: is('createIndex'), table: name, keys: some(indexKey), index: identifier },
      {
        guard: ifNotExists,
        only: yes,
        include: distinct(identifier),
        unique: yes,
        concurrently: yes,
        nullsNotDistinct: yes,
        method: oneOf('gin', 'btree', 'hash'),
        where: condition,
        options: storageParameters,
        tablespace: identifier,
      },
    ),
    object({ kind: is('createIndex'), table: name, keys: some(indexKey) }, { concurrently: yes }),
  ),
  dropIndex: object({ kind: is('dropIndex'), index: name }, { guard: ifExists, concurrently: yes, cascade: yes }),
  reindex: fc.oneof(
    object({ kind: is('reindex'), target: oneOf('index', 'table'), name }, { concurrently: yes, tablespace: identifier, verbose: yes }),
    object({ kind: is('reindex'), target: oneOf('schema', 'database', 'system'), name: object({ name: identifier }) }, { verbose: yes }),
    object({ kind: is('reindex'), target: oneOf('database', 'system') }),
  ),
};

const tableAction = { table: name };
const tableOptions = { only: yes, guard: ifExists };
const ownGuard = { ...tableOptions, tableGuard: ifExists };
const columnAction = { ...tableAction, column: identifier };

export const columns: Arbitraries<ColumnKind> = {
  addColumn: fc.oneof(
    object({ kind: is('addColumn'), ...tableAction, column }, { only: yes, guard: ifNotExists, tableGuard: ifExists }),
    object({ kind: is('addColumn'), ...tableAction, column, relation: is('foreign table') }),
  ),
  dropColumn: object({ kind: is('dropColumn'), ...columnAction }, { ...ownGuard, cascade: yes }),
  renameColumn: fc.oneof(
    object({ kind: is('renameColumn'), ...columnAction, to: identifier }, tableOptions),
    object({ kind: is('renameColumn'), ...columnAction, to: identifier, relation: oneOf('view', 'materialized view', 'foreign table') }, { guard: ifExists }),
  ),
  alterColumnType: object(
    { kind: is('alterColumnType'), ...columnAction, type: dataType },
    { ...tableOptions, using: fc.oneof(expression, condition), collation: name },
  ),
  setNotNull: object({ kind: is('setNotNull'), ...columnAction }, tableOptions),
  dropNotNull: object({ kind: is('dropNotNull'), ...columnAction }, tableOptions),
  setDefault: fc.oneof(
    object({ kind: is('setDefault'), ...columnAction, default: expression }, tableOptions),
    object({ kind: is('setDefault'), ...columnAction, default: expression, relation: is('view') }),
  ),
  dropDefault: object({ kind: is('dropDefault'), ...columnAction }, tableOptions),
  setExpression: object({ kind: is('setExpression'), ...columnAction, expression }, tableOptions),
  dropExpression: object({ kind: is('dropExpression'), ...columnAction }, ownGuard),
  addIdentity: object({ kind: is('addIdentity'), ...columnAction, identity: oneOf('always', 'by default') }, { ...tableOptions, options: oneOf('START WITH 5') }),
  alterIdentity: object({ kind: is('alterIdentity'), ...columnAction, options: oneOf('SET GENERATED ALWAYS', 'RESTART WITH 5', 'SET GENERATED BY DEFAULT SET INCREMENT BY 2') }, tableOptions),
  dropIdentity: object({ kind: is('dropIdentity'), ...columnAction }, ownGuard),
  setStatistics: fc.oneof(
    object({ kind: is('setStatistics'), ...columnAction, target: fc.integer({ min: -1, max: 10_000 }) }, tableOptions),
    object({ kind: is('setStatistics'), ...tableAction, column: oneOf('1', '12'), relation: is('index'), target: fc.integer({ min: -1, max: 10_000 }) }),
  ),
  setStorage: object({ kind: is('setStorage'), ...columnAction, storage: oneOf('plain', 'external', 'extended', 'main') }, tableOptions),
  setCompression: object({ kind: is('setCompression'), ...columnAction, compression: oneOf('pglz', 'lz4') }, tableOptions),
  setColumnOptions: fc.oneof(
    object({ kind: is('setColumnOptions'), ...columnAction, options: oneOf('n_distinct = 5', 'n_distinct=-0.2') }, tableOptions),
    object({ kind: is('setColumnOptions'), ...columnAction, options: is('n_distinct'), reset: yes }, tableOptions),
  ),
};

export const tableSettings: Arbitraries<SettingKind> = {
  renameTable: fc.oneof(
    object({ kind: is('renameTable'), ...tableAction, to: identifier }, tableOptions),
    object({ kind: is('renameTable'), ...tableAction, to: identifier, relation: oneOf('view', 'materialized view', 'index', 'sequence', 'foreign table') }, { guard: ifExists }),
  ),
  renameConstraint: object({ kind: is('renameConstraint'), ...tableAction, constraint: identifier, to: identifier }, tableOptions),
  setTableSchema: fc.oneof(
    object({ kind: is('setTableSchema'), ...tableAction, to: identifier }, tableOptions),
    object({ kind: is('setTableSchema'), ...tableAction, to: identifier, relation: oneOf('view', 'materialized view', 'sequence', 'foreign table') }, { guard: ifExists }),
  ),
  addConstraint: object({ kind: is('addConstraint'), ...tableAction, constraint: addedConstraint }, tableOptions),
  alterConstraint: object(
    { kind: is('alterConstraint'), ...tableAction, constraint: identifier, options: oneOf('DEFERRABLE INITIALLY DEFERRED', 'NOT DEFERRABLE', 'NOT ENFORCED', 'ENFORCED', 'INHERIT', 'NO INHERIT') },
    tableOptions,
  ),
  validateConstraint: object({ kind: is('validateConstraint'), ...tableAction, constraint: identifier }, tableOptions),
  dropConstraint: object({ kind: is('dropConstraint'), ...tableAction, constraint: identifier }, { ...ownGuard, cascade: yes }),
  setTablespace: object({ kind: is('setTablespace'), ...tableAction, tablespace: identifier }, { guard: ifExists, relation: oneOf('index', 'materialized view') }),
  setLogged: object({ kind: is('setLogged'), ...tableAction, logged: fc.boolean() }, tableOptions),
  setAccessMethod: object({ kind: is('setAccessMethod'), ...tableAction }, { ...tableOptions, method: is('heap') }),
  setClusterIndex: object({ kind: is('setClusterIndex'), ...tableAction }, { ...tableOptions, index: identifier }),
  setTableOptions: fc.oneof(
    object({ kind: is('setTableOptions'), ...tableAction, options: storageParameters }, { guard: ifExists, relation: oneOf('index', 'view') }),
    object({ kind: is('setTableOptions'), ...tableAction, options: oneOf('fillfactor', 'fillfactor, autovacuum_enabled'), reset: yes }, tableOptions),
  ),
  setInherit: object({ kind: is('setInherit'), ...tableAction, parent: name, inherit: fc.boolean() }, tableOptions),
  setTableType: object({ kind: is('setTableType'), ...tableAction }, { ...tableOptions, type: name }),
  setTableOwner: object({ kind: is('setTableOwner'), ...tableAction, owner: fc.oneof(identifier, is('current_user')) }, { guard: ifExists, relation: oneOf('view', 'materialized view', 'sequence') }),
  setReplicaIdentity: fc.oneof(
    object({ kind: is('setReplicaIdentity'), ...tableAction, identity: oneOf('default', 'full', 'nothing') }, tableOptions),
    object({ kind: is('setReplicaIdentity'), ...tableAction, identity: is('index'), index: identifier }, tableOptions),
  ),
  setRowSecurity: object({ kind: is('setRowSecurity'), ...tableAction, mode: oneOf('enable', 'disable', 'force', 'no force') }, tableOptions),
  toggleTrigger: fc.oneof(
    object({ kind: is('toggleTrigger'), ...tableAction, mode: oneOf('enable', 'enable always', 'enable replica', 'disable'), trigger: identifier }, tableOptions),
    object({ kind: is('toggleTrigger'), ...tableAction, mode: oneOf('enable', 'disable'), trigger: is(''), all: oneOf('all', 'user') }, tableOptions),
  ),
  toggleRule: object({ kind: is('toggleRule'), ...tableAction, mode: oneOf('enable', 'enable always', 'enable replica', 'disable'), rule: identifier }, tableOptions),
  attachPartition: fc.oneof(
    object({ kind: is('attachPartition'), ...tableAction, partition: name }, { guard: ifExists, bounds }),
    object({ kind: is('attachPartition'), ...tableAction, partition: name, relation: is('index') }),
  ),
  detachPartition: fc.oneof(
    object({ kind: is('detachPartition'), ...tableAction, partition: name }, { guard: ifExists, concurrently: yes }),
    object({ kind: is('detachPartition'), ...tableAction, partition: name, finalize: yes }),
  ),
};
