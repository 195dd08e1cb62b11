import { existsTest } from '../evaluate/conditions.js';
import { textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { targetOf } from './attributes.js';
import { bulkDelete, bulkInsert, bulkUpdate, decrement, deleteRow, increment, insertRow, updateRow, upsertRow } from './data.js';

import { addConstraint, addIndex, removeIndex } from './indexes.js';
import { sequelizeMember } from './library.js';
import { modelOf } from './models.js';
import { replaced } from './replacements.js';
import { routineCalls } from './routines.js';
import type { Session } from './session.js';
import { addColumn, changeColumn, createSchema, createTable, dropEnum, dropSchema, dropTable, removeColumn, removeConstraint, renameColumn, renameTable } from './tables.js';

type Call = (session: Session, args: readonly Value[], site: Site) => void;

/** What goes is known only to the database. */
const everything =
  (objects: string): Call =>
  (session, _args, site) =>
    session.recorder.unread(site.span, `drops every ${objects} that the database has`, 'dynamic', site.callee);

/** Calls that change the database, and where each takes its options. */
const CALLS: Record<string, { call: Call; options: number } | undefined> = {
  createTable: { call: createTable, options: 2 },
  dropTable: { call: dropTable, options: 1 },
  renameTable: { call: renameTable, options: 2 },
  addColumn: { call: addColumn, options: 3 },
  removeColumn: { call: removeColumn, options: 2 },
  changeColumn: { call: changeColumn, options: 3 },
  renameColumn: { call: renameColumn, options: 3 },
  addIndex: { call: addIndex, options: 2 },
  removeIndex: { call: removeIndex, options: 2 },
  addConstraint: { call: addConstraint, options: 1 },
  removeConstraint: { call: removeConstraint, options: 2 },
  createSchema: { call: createSchema, options: 1 },
  dropSchema: { call: dropSchema, options: 1 },
  dropEnum: { call: dropEnum, options: 1 },
  bulkInsert: { call: bulkInsert, options: 2 },
  bulkUpdate: { call: bulkUpdate, options: 3 },
  bulkDelete: { call: bulkDelete, options: 2 },
  insert: { call: insertRow, options: 3 },
  upsert: { call: upsertRow, options: 4 },
  update: { call: updateRow, options: 4 },
  delete: { call: deleteRow, options: 3 },
  increment: { call: increment, options: 5 },
  decrement: { call: decrement, options: 5 },
  dropAllTables: { call: everything('table'), options: 0 },
  dropAllEnums: { call: everything('enum type'), options: 0 },
  dropAllSchemas: { call: everything('schema'), options: 0 },
  ...routineCalls,
};

const READ_ONLY = new Set([
  'showAllTables', 'showAllSchemas', 'showIndex', 'showConstraint', 'getForeignKeysForTables', 'getForeignKeyReferencesForTable', 'databaseVersion', 'pgListEnums', 'rawSelect', 'select',
  'quoteIdentifier', 'quoteIdentifiers', 'quoteTable', 'escape', 'normalizeAttribute', 'assertTableHasColumn',
]);

/** What `up` is handed. */
export function queryInterface(session: Session): Value {
  const self: HostObject = { name: 'queryInterface', carrier: true, get: (property) => member(session, property) };
  return { kind: 'host', host: self };
}

function member(session: Session, property: string): Value | undefined {
  const known = CALLS[property];
  if (known !== undefined) {
    return hostFunction(property, (args, site) => {
      // Options stand second where the fields do not.
      const options = args[property === 'addIndex' && args[1]?.kind !== 'list' ? 1 : property === 'addConstraint' && args[1]?.kind === 'list' ? 2 : known.options];
      session.on(options, () => known.call(session, args, site));
      return property === 'bulkInsert' ? unknown(`${site.callee}()`) : nothing;
    });
  }
  if (property === 'sequelize') return connection(session);
  if (property === 'describeTable') return hostFunction(property, ([table]) => description(targetOf(table).name.name));
  if (property === 'tableExists') return hostFunction(property, ([table]) => existsTest('table', targetOf(table).name.name));
  if (property === 'queryGenerator' || property === 'QueryGenerator') return unknown(property);
  return READ_ONLY.has(property) ? hostFunction(property, (_, { callee }) => unknown(`${callee}()`)) : undefined;
}

/** `(await describeTable('t')).column` asks whether the column is there. */
function description(table: string): Value {
  return {
    kind: 'host',
    host: {
      name: 'description',
      get: (column) => {
        const test = existsTest('column', column, table);
        return { kind: 'host', host: { name: column, truth: test, get: (property) => (property === 'type' || property === 'allowNull' ? unknown(`${column}.${property}`) : undefined) } };
      },
    },
  };
}

type Member = (session: Session) => Value;

const postgres = textAt('postgres', null);
const settings: Value = { kind: 'dictionary', open: true, properties: new Map([['name', { value: postgres }], ['dialect', { value: postgres }]]) };

/** What hangs on `queryInterface.sequelize` besides the library's own exports. */
const CONNECTION: Record<string, Member | undefined> = {
  query: (session) => hostFunction('query', (args, site) => query(session, args, site)),
  transaction: (session) => hostFunction('transaction', (args, site) => session.transaction(args, site)),
  getQueryInterface: (session) => hostFunction('getQueryInterface', () => queryInterface(session)),
  queryInterface: (session) => queryInterface(session),
  getDialect: () => hostFunction('getDialect', () => postgres),
  dialect: () => settings,
  options: () => settings,
  escape: () => hostFunction('escape', ([value], { span }) => (value?.kind === 'text' && value.holes.length === 0 ? textAt(`'${value.text.replaceAll("'", "''")}'`, span) : undefined)),
  config: () => unknown('config'),
  models: () => unknown('models'),
  define: (session) => hostFunction('define', (args) => modelOf(session, args)),
};

const WITHOUT_EFFECT = new Set(['close', 'authenticate', 'model', 'isDefined', 'databaseVersion', 'import']);

/** `queryInterface.sequelize`. */
function connection(session: Session): Value {
  const get = (property: string): Value | undefined =>
    CONNECTION[property]?.(session) ?? sequelizeMember(property) ?? (WITHOUT_EFFECT.has(property) ? hostFunction(property, () => unknown(property)) : undefined);
  return { kind: 'host', host: { name: 'sequelize', carrier: true, get } };
}

/** `query(sql, { replacements, bind, transaction })`; what comes back only the database knows. */
function query(session: Session, [first, options]: readonly Value[], site: Site): Value {
  const given = first?.kind === 'dictionary' ? first.properties.get('query')?.value : first;
  const values = options?.kind === 'dictionary' ? options.properties : null;
  const replacements = values?.get('replacements')?.value ?? (first?.kind === 'dictionary' ? first.properties.get('values')?.value : undefined);
  const one = (sql: Value | undefined): Value | undefined => (sql?.kind === 'text' ? replaced(sql, replacements, values?.get('bind')?.value) : sql);
  const sql = given?.kind === 'either' ? { ...given, options: given.options.map((option) => one(option) ?? option) } : one(given);
  session.on(options, () => void session.recorder.sql(sql, site));
  return unknown(`${spelt(textAt(site.callee, null), 'query').text}()`, site.span);
}
