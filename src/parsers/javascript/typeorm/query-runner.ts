import { existsTest } from '../evaluate/conditions.js';
import { host, type HostObject, hostFunction, nothing, primitive, type Site, unknown, type Value } from '../evaluate/value.js';
import { textAt } from '../evaluate/text.js';
import { spelt } from '../options.js';
import { changeColumn, changeColumns, renameColumn } from './change-column.js';
import { addColumn, addColumns, columnMeant, dropColumn, dropColumns } from './column-calls.js';
import { constraintCalls, each } from './constraint-calls.js';
import { createIndex, dropIndex } from './indexes.js';
import { manager } from './manager.js';
import { objectCalls } from './object-calls.js';
import type { State } from './state.js';
import { changeTableComment, clearTable, createTable, dropTable, renameTable } from './tables.js';
import { tableValue } from './table-value.js';

type Call = (state: State, args: readonly Value[], site: Site) => void;

/** Every call of the query runner that changes the database. */
const CALLS: Record<string, Call | undefined> = {
  createTable,
  dropTable,
  renameTable,
  clearTable,
  changeTableComment,
  addColumn,
  addColumns,
  dropColumn,
  dropColumns,
  renameColumn,
  changeColumn,
  changeColumns,
  createIndex,
  createIndices: each(createIndex),
  dropIndex,
  dropIndices: each(dropIndex),
  createViewIndex: createIndex,
  createViewIndices: each(createIndex),
  dropViewIndex: dropIndex,
  ...constraintCalls,
  ...objectCalls,
};

/** Calls that only read, or that touch nothing but the connection. */
const READ_ONLY = new Set([
  'getDatabases', 'getSchemas', 'getCurrentDatabase', 'getCurrentSchema', 'hasDatabase', 'getTables', 'getView', 'getViews', 'getReplicationMode',
  'connect', 'release', 'enableSqlMemory', 'disableSqlMemory', 'clearSqlMemory', 'getMemorySql', 'executeMemoryUpQueries', 'executeMemoryDownQueries',
  'getTypeormMetadataTableName',
]);

/** The object a migration is handed. */
export function queryRunner(state: State): Value {
  const self: HostObject = {
    name: 'queryRunner',
    carrier: true,
    get: (property) => PROPERTIES[property]?.(state) ?? called(state, property),
  };
  return host(self);
}

function called(state: State, property: string): Value | undefined {
  const call = CALLS[property];
  if (call !== undefined) {
    return hostFunction(property, (args, site) => {
      call(state, args, site);
      return nothing;
    });
  }
  return READ_ONLY.has(property) ? hostFunction(property, (_, { callee }) => unknown(`${callee}()`)) : undefined;
}

const PROPERTIES: Record<string, ((state: State) => Value) | undefined> = {
  query: (state) => rawQuery(state),
  stream: (state) => rawQuery(state),
  hasTable: (state) =>
    hostFunction('hasTable', ([table]) => {
      const { path } = state.target(table);
      return existsTest('table', path.name);
    }),
  hasSchema: () => hostFunction('hasSchema', ([schema]) => existsTest('schema', spelt(schema, 'schema').text)),
  hasColumn: (state) =>
    hostFunction('hasColumn', ([table, column]) => {
      const { path, known } = state.target(table);
      return existsTest('column', columnMeant(known, column).name, path.name);
    }),
  getTable: (state) => hostFunction('getTable', ([table]) => tableValue(state, state.target(table))),
  manager: (state) => manager(state),
  connection: (state) => dataSource(state),
  dataSource: (state) => dataSource(state),
  isTransactionActive: (state) => primitive(state.depth > 0),
  isReleased: () => primitive(false),
  data: () => unknown('data'),
};

/** `query(sql, parameters)`: what comes back only the database knows. */
export function rawQuery(state: State): Value {
  return hostFunction('query', ([sql], site) => {
    state.learn(state.recorder.sql(sql, site));
    return unknown(`${site.callee}()`, site.span);
  });
}

/** The connection behind the runner: its dialect is PostgreSQL, whatever the file asks it for. */
export function dataSource(state: State): Value {
  const options: HostObject = { name: 'options', get: (property) => (property === 'type' ? textAt('postgres', null) : undefined) };
  const driver: HostObject = {
    name: 'driver',
    get: (property) => (property === 'options' ? host(options) : property === 'escape' ? hostFunction('escape', ([name]) => name) : undefined),
  };
  return host({
    name: 'connection',
    carrier: true,
    get: (property) => {
      if (property === 'options') return host(options);
      if (property === 'driver') return host(driver);
      if (property === 'query') return rawQuery(state);
      if (property === 'manager') return manager(state);
      if (property === 'createQueryRunner') return hostFunction(property, () => queryRunner(state));
      if (property === 'name') return unknown('name');
      const own = manager(state);
      return own.kind === 'host' ? own.host.get?.(property, { start: 0, end: 0 }) : undefined;
    },
  });
}
