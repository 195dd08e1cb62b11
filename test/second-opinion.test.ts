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

/** Kinds the smaller grammar reads at least in their plain form. */
const READ_BY_BOTH = [
  'addColumn',
  'addConstraint',
  'addEnumValue',
  'alterColumnType',
  'alterSequence',
  'begin',
  'comment',
  'commit',
  'createEnum',
  'createExtension',
  'createIndex',
  'createMaterializedView',
  'createSchema',
  'createSequence',
  'createTable',
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
  'rollback',
  'select',
  'setDefault',
  'setNotNull',
  'setParameter',
  'truncate',
  'update',
] as const satisfies readonly OperationKind[];

describe('where both engines read a statement, they say the same of it', () => {
  test.each(Object.keys(OPERATIONS) as OperationKind[])('%s', (kind) => {
    const drafts: fc.Arbitrary<OperationDraft> = OPERATIONS[kind];
    let compared = 0;
    for (const draft of fc.sample(drafts, { numRuns: 60, seed: 1 })) compared += agree(`${print(draft)};`);
    if ((READ_BY_BOTH as readonly string[]).includes(kind)) expect(compared).toBeGreaterThan(0);
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
