import fc from 'fast-check';
import fg from 'fast-glob';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { print } from '../src/operations/print.js';
import { tableOf } from '../src/operations/table-of.js';
import type { Operation, OperationDraft, OperationKind } from '../src/operations/types.js';
import type { Engine } from '../src/parsers/sql/engine/engine.js';
import { grammarEngine } from '../src/parsers/sql/engine/grammar.js';
import { fallbackEngine } from '../src/parsers/sql/fallback/engine.js';
import { parseSql, useEngine } from '../src/parsers/sql/index.js';
import { displayName } from '../src/postgres/schema.js';
import { OPERATIONS } from './arbitraries/operations.js';

afterEach(() => useEngine(undefined));

/** Kinds whose arbitrary statements the smaller grammar reads often enough. */
const READ_BY_BOTH = [
  'alterSequence',
  'begin',
  'commit',
  'createEnum',
  'createExtension',
  'createIndex',
  'createSchema',
  'createSequence',
  'createView',
  'delete',
  'dropColumn',
  'dropConstraint',
  'dropDefault',
  'dropIndex',
  'dropNotNull',
  'dropTable',
  'insert',
  'refreshMaterializedView',
  'renameColumn',
  'renameTable',
  'select',
  'setDefault',
  'setNotNull',
  'setParameter',
  'truncate',
  'update',
] as const satisfies readonly OperationKind[];

/** Statements as people write them, where the place must be the same too. */
const PLAIN = [
  'CREATE TABLE IF NOT EXISTS a.users (id serial PRIMARY KEY, name varchar(20) NOT NULL DEFAULT lower(\'X\'), CHECK (id > 0))',
  'CREATE TABLE b (LIKE a INCLUDING ALL, c int REFERENCES d (e) ON DELETE CASCADE)',
  'ALTER TABLE users ADD COLUMN age integer, ADD CONSTRAINT u UNIQUE (a, b), ALTER COLUMN c TYPE bigint, ALTER c SET NOT NULL',
  'ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES b (c)',
  'CREATE UNIQUE INDEX CONCURRENTLY i ON t USING btree (lower(a) DESC, b) WHERE c > 0',
  'CREATE MATERIALIZED VIEW m AS SELECT * FROM t WITH NO DATA',
  'DELETE FROM sessions AS s WHERE s.age > 1',
  'UPDATE t SET a = 1, b = c FROM d WHERE t.id = d.id',
  "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')",
  'TRUNCATE a, b RESTART IDENTITY CASCADE',
  'DROP FUNCTION IF EXISTS f(integer)',
  "COMMENT ON COLUMN s.t.c IS 'x'",
  "ALTER TYPE mood ADD VALUE 'new'",
  "SET LOCAL lock_timeout = '5s'",
  'BEGIN',
  'ROLLBACK',
  'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"',
  'WITH x AS (SELECT 1) SELECT * FROM x, y',
];

describe('where both engines read a statement, they say the same of it', () => {
  test.each(Object.keys(OPERATIONS) as OperationKind[])('%s', (kind) => {
    const drafts: fc.Arbitrary<OperationDraft> = OPERATIONS[kind];
    let compared = 0;
    for (const draft of fc.sample(drafts, { numRuns: 30, seed: 1 })) compared += agree(`${print(draft)};`);
    if ((READ_BY_BOTH as readonly string[]).includes(kind)) expect(compared).toBeGreaterThan(0);
  });

  test.each(PLAIN)('%s', (sql) => {
    expect(agree(sql)).toBe(1);
    const places = [grammarEngine, fallbackEngine].map((engine) => readWith(engine, sql).map(({ span }) => sql.slice(span.start, span.end)));
    expect(places[1]).toEqual(places[0]);
  });

  test('in every SQL fixture', () => {
    for (const path of fg.sync('fixtures/**/*.sql')) agree(readFileSync(path, 'utf8'), path);
  });
});

describe('the engine without WebAssembly', () => {
  test('keeps what it cannot read, for that cause', () => {
    const operations = readWith(fallbackEngine, 'DROP VIEW a; ALTER TABLE t DROP COLUMN b; CREATE POLICY p ON t;');
    expect(operations.map(({ kind }) => kind)).toEqual(['unread', 'dropColumn', 'unread']);
    expect(operations[0]).toMatchObject({ cause: 'engine', text: 'DROP VIEW a', span: { start: 0, end: 11 } });
  });

  test('points at the part that matters', () => {
    const sql = "-- größe 🦔\nALTER TABLE a.users ADD COLUMN IF NOT EXISTS age int DEFAULT (1 + 2), DROP CONSTRAINT \"C\" CASCADE;\nDROP INDEX i, j;";
    const operations = readWith(fallbackEngine, sql);
    expect(operations.map(({ span }) => sql.slice(span.start, span.end))).toEqual(['age', '"C"', 'i', 'j']);
    expect(operations[0]).toMatchObject({
      kind: 'addColumn',
      guard: 'if not exists',
      table: { schema: 'a', name: 'users' },
      column: { name: 'age', type: { name: 'integer' }, default: '(1 + 2)' },
    });
  });
});

/** Number of statements that both engines read; fails where they differ. */
function agree(sql: string, path?: string): number {
  const first = byStatement(readWith(grammarEngine, sql));
  const second = byStatement(readWith(fallbackEngine, sql));
  let compared = 0;
  for (const [start, operations] of second) {
    const others = first.get(start);
    if (others === undefined || [...operations, ...others].some(({ kind }) => kind === 'unread')) continue;
    expect(operations.map(summary), `${path ?? ''} ${sql.slice(start, start + 400)}`).toEqual(others.map(summary));
    compared++;
  }
  return compared;
}

function readWith(engine: Engine, sql: string): Operation[] {
  useEngine(engine);
  // A body is no SQL to the smaller engine.
  return parseSql(sql).filter((operation) => operation.within === undefined);
}

function byStatement(operations: readonly Operation[]): Map<number, Operation[]> {
  const statements = new Map<number, Operation[]>();
  for (const operation of operations) {
    const { start } = operation.statement.span;
    statements.set(start, [...(statements.get(start) ?? []), operation]);
  }
  return statements;
}

function summary(operation: Operation): string {
  const table = tableOf(operation);
  return `${operation.kind} ${table === null ? '' : displayName(table)}`.trim();
}
