import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { QualifiedName } from '../../src/operations/types.js';
import type { Arbitraries, Draft } from './parts.js';
import { condition, distinct, expression, identifier, is, listOf, name, object, oneOf, quoted, some, yes } from './parts.js';

type DataKind =
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'select'
  | 'copy'
  | 'vacuum'
  | 'analyze'
  | 'cluster'
  | 'setParameter'
  | 'resetParameter'
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'savepoint'
  | 'call'
  | 'createFunction'
  | 'createTrigger'
  | 'createRule'
  | 'createPublication'
  | 'alterPublication'
  | 'createStatistics'
  | 'grant'
  | 'utility'
  | 'unread';

const columnList = (columns: readonly string[]): string =>
  columns.length === 0 ? '' : ` (${columns.map((column) => quoted({ name: column })).join(', ')})`;
/** Two relations that are never the same one. */
const twoTables: Arbitrary<[QualifiedName, QualifiedName]> = fc
  .tuple(name, name)
  .filter(([a, b]) => quoted(a) !== quoted(b));

const insert: Arbitrary<Draft<'insert'>> = fc
  .tuple(twoTables, fc.oneof(listOf([]), distinct(identifier)), oneOf('values', 'query', 'default'), fc.integer({ min: 1, max: 3 }), oneOf('', 'nothing', 'update'))
  .map(([[table, other], named, source, rows, conflict]) => {
    const columns = source === 'default' ? [] : named;
    const body = {
      values: `VALUES ${Array.from({ length: rows }, () => "(1, 'x')").join(', ')}`,
      query: `SELECT * FROM ${quoted(other)}`,
      default: 'DEFAULT VALUES',
    }[source];
    const action = { '': '', nothing: ' ON CONFLICT DO NOTHING', update: ' ON CONFLICT (id) DO UPDATE SET a = 1' }[conflict];
    return {
      kind: 'insert',
      table,
      columns,
      source,
      ...(source === 'values' && { rows }),
      reads: source === 'query' ? [other] : [],
      ...(conflict !== '' && { onConflict: conflict }),
      text: `INSERT INTO ${quoted(table)}${columnList(columns)} ${body}${action}`,
    };
  });

const change = object({ only: yes, alias: identifier }).chain(() =>
  object<object, { only: true; alias: string; where: string; returning: string }>({}, { only: yes, alias: identifier, where: condition, returning: oneOf('id', '*') }),
);
const assignments = fc.uniqueArray(object({ column: identifier, value: fc.oneof(expression, oneOf('DEFAULT')) }), {
  minLength: 1,
  maxLength: 3,
  selector: (assignment) => assignment.column,
});

const update: Arbitrary<Draft<'update'>> = fc
  .tuple(twoTables, change, assignments, oneOf('', 'from', 'with'))
  .map(([[table, other], parts, set, source]) => ({
    kind: 'update',
    table,
    set,
    ...parts,
    ...(source === 'from' && { from: `${quoted(other)} AS o` }),
    ...(source === 'with' && { with: `WITH w AS (SELECT * FROM ${quoted(other)})` }),
    reads: source === '' ? [] : [other],
  }));
const remove: Arbitrary<Draft<'delete'>> = fc.tuple(twoTables, change, oneOf('', 'using', 'with')).map(([[table, other], parts, source]) => ({
  kind: 'delete',
  table,
  ...parts,
  ...(source === 'using' && { using: `${quoted(other)} o` }),
  ...(source === 'with' && { with: `WITH w AS (SELECT * FROM ${quoted(other)})` }),
  reads: source === '' ? [] : [other],
}));

const merge: Arbitrary<Draft<'merge'>> = twoTables.map(([table, other]) => ({
  kind: 'merge',
  table,
  reads: [other],
  actions: ['update', 'insert'],
  text: `MERGE INTO ${quoted(table)} t USING ${quoted(other)} s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)`,
}));

const select: Arbitrary<Draft<'select'>> = fc.oneof(
  name.map((table): Draft<'select'> => ({ kind: 'select', reads: [table], functions: [], text: `SELECT * FROM ${quoted(table)}` })),
  name.map((table): Draft<'select'> => ({ kind: 'select', reads: [table], locks: [table], functions: [], text: `SELECT 1 FROM ${quoted(table)} FOR UPDATE` })),
  is<Draft<'select'>>({ kind: 'select', reads: [], functions: [{ name: 'setval' }], text: "SELECT setval('s', 5)" }),
);

const copy: Arbitrary<Draft<'copy'>> = fc.oneof(
  fc.tuple(name, distinct(identifier), oneOf('from', 'to')).map(
    ([table, columns, direction]): Draft<'copy'> => ({
      kind: 'copy',
      table,
      columns,
      direction,
      reads: [],
      text: `COPY ${quoted(table)}${columnList(columns)} ${direction.toUpperCase()} '/tmp/x'`,
    }),
  ),
  name.map((table): Draft<'copy'> => ({ kind: 'copy', direction: 'to', reads: [table], text: `COPY (SELECT * FROM ${quoted(table)}) TO STDOUT` })),
);

const createFunction: Arbitrary<Draft<'createFunction'>> = fc
  .tuple(name, fc.boolean(), oneOf('immutable', 'stable', 'volatile'), fc.boolean())
  .map(([routine, orReplace, volatility, securityDefiner]) => {
    const body = 'BEGIN RETURN a + 1; END';
    return {
      kind: 'createFunction',
      routine,
      ...(orReplace && { orReplace: true as const }),
      arguments: [{ name: 'a', type: { name: 'integer' } }],
      returns: { name: 'bigint' },
      language: 'plpgsql',
      volatility,
      ...(securityDefiner && { securityDefiner: true as const }),
      body,
      text:
        `CREATE ${orReplace ? 'OR REPLACE ' : ''}FUNCTION ${quoted(routine)}(a integer) RETURNS bigint LANGUAGE plpgsql ` +
        `${volatility.toUpperCase()}${securityDefiner ? ' SECURITY DEFINER' : ''} AS $$${body}$$`,
    };
  });

const createTrigger: Arbitrary<Draft<'createTrigger'>> = fc
  .tuple(identifier, name, name, oneOf('before', 'after'), distinct(oneOf('insert', 'update', 'delete', 'truncate')), fc.boolean())
  .map(([trigger, table, routine, timing, events, orReplace]) => {
    const order = (['insert', 'update', 'delete', 'truncate'] as const).filter((event) => events.includes(event));
    return {
      kind: 'createTrigger',
      trigger,
      table,
      ...(orReplace && { orReplace: true as const }),
      timing,
      events: order,
      forEachRow: true,
      function: routine,
      text:
        `CREATE ${orReplace ? 'OR REPLACE ' : ''}TRIGGER ${quoted({ name: trigger })} ${timing.toUpperCase()} ` +
        `${order.join(' OR ').toUpperCase()} ON ${quoted(table)} FOR EACH ROW EXECUTE FUNCTION ${quoted(routine)}()`,
    };
  });

const createRule: Arbitrary<Draft<'createRule'>> = fc
  .tuple(identifier, name, oneOf('insert', 'update', 'delete'), fc.boolean())
  .map(([rule, table, event, instead]) => ({
    kind: 'createRule',
    rule,
    table,
    event,
    ...(instead && { instead: true as const }),
    text: `CREATE RULE ${quoted({ name: rule })} AS ON ${event.toUpperCase()} TO ${quoted(table)} DO ${instead ? 'INSTEAD ' : ''}NOTHING`,
  }));

const publicationTables = some(name, 2);
const createPublication: Arbitrary<Draft<'createPublication'>> = fc.oneof(
  identifier.map((publication): Draft<'createPublication'> => ({
    kind: 'createPublication',
    publication,
    allTables: true,
    tables: [],
    text: `CREATE PUBLICATION ${quoted({ name: publication })} FOR ALL TABLES`,
  })),
  fc.tuple(identifier, publicationTables).map(([publication, tables]): Draft<'createPublication'> => ({
    kind: 'createPublication',
    publication,
    tables,
    text: `CREATE PUBLICATION ${quoted({ name: publication })} FOR TABLE ${tables.map(quoted).join(', ')}`,
  })),
);
const alterPublication: Arbitrary<Draft<'alterPublication'>> = fc.oneof(
  fc.tuple(identifier, publicationTables, oneOf('add', 'set', 'drop')).map(([publication, tables, action]): Draft<'alterPublication'> => ({
    kind: 'alterPublication',
    publication,
    action,
    tables,
    text: `ALTER PUBLICATION ${quoted({ name: publication })} ${action.toUpperCase()} TABLE ${tables.map(quoted).join(', ')}`,
  })),
  identifier.map((publication): Draft<'alterPublication'> => ({
    kind: 'alterPublication',
    publication,
    action: 'options',
    tables: [],
    text: `ALTER PUBLICATION ${quoted({ name: publication })} SET (publish = 'insert')`,
  })),
);

const grant: Arbitrary<Draft<'grant'>> = fc.oneof(
  fc.tuple(some(name, 2), identifier, fc.boolean()).map(([names, role, revoke]): Draft<'grant'> => ({
    kind: 'grant',
    ...(revoke && { revoke: true as const }),
    privileges: ['SELECT', 'INSERT'],
    object: 'table',
    names,
    grantees: [role],
    text: `${revoke ? 'REVOKE' : 'GRANT'} SELECT, INSERT ON ${names.map(quoted).join(', ')} ${revoke ? 'FROM' : 'TO'} ${quoted({ name: role })}`,
  })),
  fc.tuple(identifier, identifier).map(([schema, role]): Draft<'grant'> => ({
    kind: 'grant',
    privileges: ['ALL'],
    object: 'all tables in schema',
    names: [{ name: schema }],
    grantees: [role],
    text: `GRANT ALL ON ALL TABLES IN SCHEMA ${quoted({ name: schema })} TO ${quoted({ name: role })}`,
  })),
  fc.tuple(identifier, identifier).map(([role, member]): Draft<'grant'> => ({
    kind: 'grant',
    privileges: [],
    names: [],
    roles: [role],
    grantees: [member],
    text: `GRANT ${quoted({ name: role })} TO ${quoted({ name: member })}`,
  })),
);

/** Options that stand alone, and columns only behind a table. */
const maintained = fc.oneof(
  object<object, { table: QualifiedName }>({}, { table: name }),
  object({ table: name, columns: distinct(identifier) }, { only: yes }),
);

export const data: Arbitraries<DataKind> = {
  insert,
  update,
  delete: remove,
  merge,
  select,
  copy,
  vacuum: fc.oneof(
    fc.tuple(object<{ kind: 'vacuum' }, Omit<Draft<'vacuum'>, 'kind'>>({ kind: is('vacuum') }, { full: yes, freeze: yes, verbose: yes, options: oneOf('SKIP_LOCKED', 'PARALLEL 2, SKIP_LOCKED') }), object<object, { table: QualifiedName }>({}, { table: name })).map(([vacuum, target]) => ({ ...vacuum, ...target })),
    maintained.map((target) => ({ kind: 'vacuum' as const, analyze: true as const, ...target })),
  ),
  analyze: fc
    .tuple(object<object, { verbose: true; options: string }>({}, { verbose: yes, options: oneOf('SKIP_LOCKED') }), maintained)
    .map(([options, target]) => ({ kind: 'analyze' as const, ...options, ...target })),
  cluster: fc.oneof(
    object({ kind: is('cluster' as const) }, { verbose: yes }),
    object({ kind: is('cluster' as const), table: name }, { index: identifier, verbose: yes }),
  ),
  setParameter: object(
    { kind: is('setParameter' as const), name: oneOf('lock_timeout', 'search_path', 'app.user', 'role'), value: oneOf("'5s'", 'DEFAULT') },
    { local: yes },
  ),
  resetParameter: object({ kind: is('resetParameter' as const), name: oneOf('lock_timeout', 'all', 'role', 'app.user') }),
  begin: object({ kind: is('begin' as const) }, { modes: oneOf('ISOLATION LEVEL SERIALIZABLE', 'READ ONLY') }),
  commit: object({ kind: is('commit' as const) }, { chain: yes }),
  rollback: fc.oneof(object({ kind: is('rollback' as const) }, { chain: yes }), object({ kind: is('rollback' as const), to: identifier })),
  savepoint: object({ kind: is('savepoint' as const), name: identifier }, { release: yes }),
  call: fc.oneof(
    object({ kind: is('call' as const), routine: name, text: oneOf('', "1, 'x'") }),
    object({ kind: is('call' as const), language: is('plpgsql'), text: oneOf('BEGIN NULL; END', "\nBEGIN\n  RAISE NOTICE '$$';\nEND\n") }),
  ),
  createFunction,
  createTrigger,
  createRule,
  createPublication,
  alterPublication,
  createStatistics: fc.tuple(name, name).map(([statistics, table]) => ({
    kind: 'createStatistics',
    statistics,
    table,
    text: `CREATE STATISTICS ${quoted(statistics)} ON a, b FROM ${quoted(table)}`,
  })),
  grant,
  utility: fc.constantFrom<Draft<'utility'>>(
    { kind: 'utility', command: 'CREATE OPERATOR', text: 'CREATE OPERATOR === (LEFTARG = box, RIGHTARG = box, FUNCTION = f)' },
    { kind: 'utility', command: 'LISTEN', text: 'LISTEN x' },
    { kind: 'utility', command: 'CREATE ROLE', text: 'CREATE ROLE "x" LOGIN' },
    { kind: 'utility', command: 'CREATE DATABASE', text: 'CREATE DATABASE x' },
  ),
  unread: fc.constantFrom<Draft<'unread'>>(
    { kind: 'unread', cause: 'syntax', reason: '', text: 'ALTER TABLE users ADD COLUM a int int' },
    { kind: 'unread', cause: 'syntax', reason: '', text: 'FROBNICATE "x"' },
  ),
};
