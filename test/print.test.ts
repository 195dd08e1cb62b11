import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { print, printAll } from '../src/operations/print.js';
import type { Operation, OperationDraft, OperationKind } from '../src/operations/types.js';
import { sqlChunk } from '../src/parsers/sql/index.js';
import { OPERATIONS } from './arbitraries/operations.js';

const KINDS = Object.keys(OPERATIONS) as OperationKind[];

describe('what is printed is read back as the same operation', () => {
  test.each(KINDS)('%s', (kind) => {
    const drafts: fc.Arbitrary<OperationDraft> = OPERATIONS[kind];
    fc.assert(
      fc.property(drafts, (draft) => {
        const sql = print(draft);
        expect(parse(sql).map(comparable), sql).toEqual([comparable(draft)]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a statement reads well', () => {
  test('short ones stay on one line', () => {
    expect(print({ kind: 'addColumn', table: { name: 'users' }, column: { name: 'age', type: { name: 'integer' } } })).toBe(
      'ALTER TABLE users ADD COLUMN age integer',
    );
  });

  test('long ones break at their clauses', () => {
    expect(
      print({
        kind: 'addConstraint',
        table: { name: 'posts' },
        constraint: {
          type: 'foreign key',
          name: 'posts_author_fk',
          columns: ['author_id'],
          references: { table: { name: 'users' }, columns: ['id'] },
          notValid: true,
        },
      }),
    ).toBe('ALTER TABLE posts ADD CONSTRAINT posts_author_fk\n  FOREIGN KEY (author_id) REFERENCES users (id) NOT VALID');
  });

  test('a table with many columns gets a line for each', () => {
    const columns = ['id', 'account_id', 'created_at', 'updated_at'].map((name) => ({ name, type: { name: 'bigint' }, notNull: true }));
    expect(print({ kind: 'createTable', table: { schema: 'app', name: 'Order' }, columns, constraints: [] })).toBe(
      [
        'CREATE TABLE app."Order" (',
        '  id bigint NOT NULL,',
        '  account_id bigint NOT NULL,',
        '  created_at bigint NOT NULL,',
        '  updated_at bigint NOT NULL',
        ')',
      ].join('\n'),
    );
  });

  test('several end in semicolons', () => {
    expect(printAll([{ kind: 'begin' }, { kind: 'dropTable', table: { name: 'a' }, cascade: true }])).toBe('BEGIN;\nDROP TABLE a CASCADE;');
  });

  test('only a plain call goes without parentheses in an index', () => {
    const index = (expression: string): string =>
      print({ kind: 'createIndex', index: 'i', table: { name: 't' }, keys: [{ expression }] });
    expect(index('lower(a)')).toBe('CREATE INDEX i ON t (lower(a))');
    expect(index('lower(a) || lower(b)')).toBe('CREATE INDEX i ON t ((lower(a) || lower(b)))');
    expect(index('row(a)')).toBe('CREATE INDEX i ON t ((row(a)))');
  });

  test('a body that holds dollar quotes gets longer ones', () => {
    expect(print({ kind: 'call', text: "PERFORM $$x$$; --$do$" })).toBe('DO $do1$PERFORM $$x$$; --$do$$do1$');
  });
});

function parse(sql: string): Operation[] {
  let statement = 0;
  const operations = sqlChunk.parseEmbedded?.({
    text: sql,
    toSpan: (start, end) => ({ start, end }),
    holes: [],
    call: 0,
    nextStatement: () => statement++,
  });
  if (operations === undefined) throw new Error('the SQL chunk parses nothing');
  // What a DO block holds follows it as operations of their own.
  return operations.filter((operation) => operation.within === undefined);
}

/** Without what only reading tells: places, why something is `unread`, whether a body could be read. */
function comparable(operation: OperationDraft): unknown {
  return JSON.parse(JSON.stringify(operation, (key, value: unknown) => (FOUND_BY_READING.has(key) ? undefined : value)));
}

const FOUND_BY_READING = new Set(['span', 'statement', 'reason', 'opaque']);
