import { existsTest } from '../evaluate/conditions.js';
import { textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { targetOf } from './attributes.js';
import { bulkDelete, bulkInsert, bulkUpdate } from './data.js';
import { replaced } from './expressions.js';
import { addConstraint, addIndex, removeIndex } from './indexes.js';
import { sequelizeMember } from './library.js';
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

/** `queryInterface.sequelize`. */
function connection(session: Session): Value {
  return {
    kind: 'host',
    host: {
      name: 'sequelize',
      carrier: true,
      get: (property) => {
        if (property === 'query') return hostFunction(property, (args, site) => query(session, args, site));
        if (property === 'transaction') return hostFunction(property, (args, site) => session.transaction(args, site));
        if (property === 'getQueryInterface') return hostFunction(property, () => queryInterface(session));
        if (property === 'queryInterface') return queryInterface(session);
        if (property === 'getDialect') return hostFunction(property, () => textAt('postgres', null));
        if (property === 'dialect' || property === 'options') return { kind: 'dictionary', open: true, properties: new Map([['name', { value: textAt('postgres', null) }], ['dialect', { value: textAt('postgres', null) }]]) };
        if (property === 'escape') return hostFunction(property, ([value], { span }) => (value?.kind === 'text' && value.holes.length === 0 ? textAt(`'${value.text.replaceAll("'", "''")}'`, span) : undefined));
        if (property === 'config' || property === 'models') return unknown(property);
        return sequelizeMember(property) ?? (['close', 'authenticate', 'define', 'model', 'isDefined', 'databaseVersion'].includes(property) ? hostFunction(property, () => unknown(property)) : undefined);
      },
    },
  };
}

/** `query(sql, { replacements, bind, transaction })`; what comes back only the database knows. */
function query(session: Session, [first, options]: readonly Value[], site: Site): Value {
  const given = first?.kind === 'dictionary' ? first.properties.get('query')?.value : first;
  const values = options?.kind === 'dictionary' ? options.properties : null;
  const one = (sql: Value | undefined): Value | undefined => (sql?.kind === 'text' ? replaced(sql, values?.get('replacements')?.value, values?.get('bind')?.value) : sql);
  const sql = given?.kind === 'either' ? { ...given, options: given.options.map((option) => one(option) ?? option) } : one(given);
  session.on(options, () => void session.recorder.sql(sql, site));
  return unknown(`${spelt(textAt(site.callee, null), 'query').text}()`, site.span);
}
