import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Framework, Migration, Skipped, TransactionShape } from '../src/operations/migration.js';
import type { Operation, Span } from '../src/operations/types.js';
import type { Host } from '../src/parsers/parser.js';
import { parseEmbedded, parseSql, sqlChunk } from '../src/parsers/sql/index.js';
import { parseTree } from '../src/parsers/sql/engine/postgres.js';

const { parser } = sqlChunk;
const FIXTURES = join(import.meta.dirname, '../fixtures/parsers/sql');
const UPDATE = process.env.UPDATE_FIXTURES === '1';

function parse(path: string, text: string, host: Host = {}): Migration {
  const read = parser.parse({ path, text }, { host });
  if ('skipped' in read) throw new Error(`skipped: ${read.skipped}`);
  return read;
}

function skipped(path: string, text: string, host: Host = {}): string | undefined {
  const read: Migration | Skipped = parser.parse({ path, text }, { host });
  return 'skipped' in read ? read.skipped : undefined;
}

function place(text: string, { start, end }: Span): string {
  const before = text.slice(0, start).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1} ${text.slice(start, end)}`;
}

/** Spans as the text they mark, statements as their numbers: what a reader can check. */
function readable(text: string, operations: readonly Operation[] | null): unknown {
  return operations?.map(({ kind, span, statement, ...rest }) => ({
    kind,
    at: place(text, span),
    statement: `${statement.id} of call ${statement.call}`,
    ...(JSON.parse(
      JSON.stringify(rest, (key, value: unknown) => (key === 'span' ? place(text, value as Span) : value)),
    ) as object),
  }));
}

describe('fixtures', () => {
  for (const file of readdirSync(FIXTURES).filter((name) => name.endsWith('.sql'))) {
    it(file, () => {
      const text = readFileSync(join(FIXTURES, file), 'utf8');
      const { framework, transaction, transactionSetBy, up, down } = parse(`migrations/${file}`, text);
      const actual = { framework, transaction, transactionSetBy, up: readable(text, up), down: readable(text, down) };
      const expected = join(FIXTURES, file.replace(/\.sql$/, '.operations.json'));
      if (UPDATE || !existsSync(expected)) writeFileSync(expected, `${JSON.stringify(actual, null, 2)}\n`);
      expect(actual).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
    });
  }
});

describe('the grammar', () => {
  it('answers in the same turn it is first asked, and after the runtime has started', async () => {
    expect(parseTree('SELECT 1').stmts).toHaveLength(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(parseTree('SELECT 1; SELECT 2').stmts).toHaveLength(2);
  });

  it('goes on after a stack overflow', () => {
    const operations = parseSql(`SELECT ${'1+'.repeat(100_000)}1;\nDROP TABLE t;`);
    expect(operations.map(({ kind }) => kind)).toEqual(['unread', 'dropTable']);
  });
});

describe('bad input', () => {
  const kinds = (text: string): string[] => parseSql(text).map(({ kind }) => kind);

  it.each([
    ['nothing', '', []],
    ['comments', '-- a\n/* b */;;', []],
    ['a NUL', 'DROP TABLE a;\nSELECT \0 1;\nDROP TABLE b;', ['dropTable', 'unread', 'dropTable']],
    ['a control character', "SELECT '\u0001';DROP TABLE b;", ['select', 'dropTable']],
    ['ten thousand parentheses', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)};DROP TABLE b;`, ['unread', 'dropTable']],
    ['an open quote', "DROP TABLE a;\nSELECT 'x;\nDROP TABLE b;", ['dropTable', 'unread']],
    ['an open parenthesis', 'CREATE TABLE a (b int;\nDROP TABLE x;', ['unread', 'dropTable']],
    ['a lone surrogate', 'DROP TABLE "\ud800";DROP TABLE b;', ['dropTable', 'dropTable']],
    ['CRLF', 'DROP TABLE a;\r\n-- x\r\nDROP TABLE b;\r\n', ['dropTable', 'dropTable']],
  ])('%s', (_name, text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  it('says why in one line', () => {
    const [unread] = parseSql(`SELECT 'x\n${'y'.repeat(100)}`);
    expect(unread).toMatchObject({ cause: 'syntax', reason: `unterminated quoted string at or near "'x…"` });
  });

  it('reads a long file in pieces and finds the broken statement in it', () => {
    const line = 'ALTER TABLE "größe" ADD COLUMN b int;\n';
    const text = `${line.repeat(8000)}ALTER TABEL x;\n${line.repeat(8000)}`;
    const operations = parseSql(text);
    expect(operations).toHaveLength(16_001);
    const unread = operations[8000];
    expect(unread?.kind).toBe('unread');
    expect(text.slice(unread?.span.start, unread?.span.end)).toBe('TABEL');
    const last = operations.at(-1);
    expect(text.slice(last?.span.start, last?.span.end)).toBe('b');
  });
});

describe('statements that PostgreSQL parses and no operation models', () => {
  it.each([
    'CREATE AGGREGATE a (int) (SFUNC = f, STYPE = int)',
    'CREATE CAST (text AS int) WITH FUNCTION f(text)',
    'CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()',
    'CREATE FOREIGN DATA WRAPPER w',
    'CREATE SERVER s FOREIGN DATA WRAPPER w',
    'CREATE USER MAPPING FOR u SERVER s',
    'CREATE LANGUAGE l HANDLER h',
    'CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = f)',
    'CREATE ROLE r',
    'CREATE SUBSCRIPTION s CONNECTION \'x\' PUBLICATION p',
    'CREATE TABLESPACE t LOCATION \'/x\'',
    'CREATE DATABASE d',
    'CREATE COLLATION c (locale = \'de\')',
    'CREATE ACCESS METHOD m TYPE INDEX HANDLER h',
    'CREATE TRANSFORM FOR int LANGUAGE l (FROM SQL WITH FUNCTION f(internal))',
    'ALTER ROLE r SET search_path = a',
    'ALTER DATABASE d SET timezone = \'UTC\'',
    'ALTER SYSTEM RESET ALL',
    'IMPORT FOREIGN SCHEMA s FROM SERVER v INTO l',
    'SECURITY LABEL ON TABLE t IS \'x\'',
    'REASSIGN OWNED BY a TO b',
    'DROP OWNED BY a',
    'EXPLAIN SELECT 1',
    'LISTEN a',
    'LOAD \'x\'',
    'PREPARE p AS SELECT 1',
    'EXECUTE p(1)',
    'DEALLOCATE ALL',
    'DECLARE c CURSOR FOR SELECT 1',
    'SHOW ALL',
    'DISCARD PLANS',
  ])('%s', (sql) => {
    const [utility, ...rest] = parseSql(sql);
    expect(rest).toEqual([]);
    expect(utility).toMatchObject({ kind: 'utility', text: sql });
    const { command } = utility as Extract<Operation, { kind: 'utility' }>;
    expect(sql.toUpperCase().startsWith(command.split(' ')[0] ?? '?')).toBe(true);
  });

  it('are called as their manual page is', () => {
    const command = (sql: string): unknown => (parseSql(sql)[0] as { command?: string }).command;
    expect(command('CREATE DEFAULT CONVERSION c FOR \'UTF8\' TO \'LATIN1\' FROM f')).toBe('CREATE CONVERSION');
    expect(command('CREATE TRUSTED LANGUAGE l HANDLER h')).toBe('CREATE LANGUAGE');
    expect(command('ALTER TEXT SEARCH DICTIONARY d (a = 1)')).toBe('ALTER TEXT SEARCH DICTIONARY');
    expect(command('CREATE USER u')).toBe('CREATE USER');
  });
});

const neighbours =
  (files: Record<string, string>): NonNullable<Host['sibling']> =>
  (_from, path) =>
    files[path] === undefined ? null : { path, text: files[path] };

describe('frameworks', () => {
  const rows: [path: string, text: string, framework: Framework, shape: TransactionShape, siblings?: Record<string, string>][] = [
    ['db/0002_add.sql', 'SELECT 1', 'sql', 'none'],
    ['prisma/migrations/20240101000000_x/migration.sql', 'SELECT 1', 'prisma', 'implicit'],
    ['m/a/migration.sql', 'SELECT 1', 'prisma', 'implicit', { '../migration_lock.toml': 'provider = "postgresql"' }],
    ['drizzle/0000_x.sql', 'SELECT 1', 'drizzle', 'batch', { 'meta/_journal.json': '{"dialect":"postgresql"}' }],
    ['drizzle/20240101_x/migration.sql', 'SELECT 1', 'drizzle', 'batch', { 'snapshot.json': '{}' }],
    ['supabase/migrations/20240101000000_x.sql', 'select 1', 'supabase', 'implicit'],
    ['db/migration/V1_2__x.sql', 'SELECT 1', 'flyway', 'file'],
    ['db/V1__x.sql', 'CREATE INDEX CONCURRENTLY i ON t (a)', 'flyway', 'none'],
    ['db/R__views.sql', 'SELECT 1', 'flyway', 'file'],
    ['db/V1__x.sql', 'SELECT 1', 'flyway', 'none', { 'V1__x.sql.conf': 'executeInTransaction=false' }],
    ['db/migrations/1_x.sql', '-- migrate:up\nSELECT 1', 'dbmate', 'file'],
    ['db/migrations/1_x.sql', '-- migrate:up transaction:false\nSELECT 1', 'dbmate', 'implicit'],
    ['m/00001_x.sql', '-- +goose Up\nSELECT 1', 'goose', 'file'],
    ['m/00001_x.sql', '-- +goose no transaction\n-- +goose up\nSELECT 1', 'goose', 'none'],
    ['m/000001_x.up.sql', 'SELECT 1', 'golang-migrate', 'implicit'],
    ['migrations/2024-01-01-000000_x/up.sql', 'SELECT 1', 'diesel', 'file'],
    ['migrations/2024-01-01-000000_x/up.sql', 'SELECT 1', 'diesel', 'implicit', { 'metadata.toml': 'run_in_transaction = false' }],
    ['migrations/default/1704067200000_x/up.sql', 'SELECT 1', 'hasura', 'implicit'],
    ['migrations/20240101_x.sql', '-- no-transaction\nSELECT 1', 'sqlx', 'implicit'],
    ['deploy/x.sql', '-- Deploy app:x to pg\nBEGIN; COMMIT;', 'sqitch', 'none'],
    ['changelog.sql', '--liquibase formatted sql\n--changeset a:1\nSELECT 1;', 'liquibase', 'file'],
    ['m/1.sql', 'SELECT 1', 'atlas', 'file', { 'atlas.sum': 'h1:' }],
    ['m/1.sql', '-- atlas:txmode none\n\nSELECT 1', 'atlas', 'none'],
    ['migrations/committed/000001.sql', '--! Previous: -\n--! no-transaction\nSELECT 1', 'graphile-migrate', 'none'],
    ['m/1_x.sql', '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2', 'node-pg-migrate', 'batch'],
    ['migrations/sqls/20240101-x-up.sql', 'SELECT 1', 'db-migrate', 'file'],
    ['m/1_x.sql', '-- +migrate Up notransaction\nSELECT 1', 'sql', 'none'],
    ['out.sql', 'BEGIN;\n-- Running upgrade a -> b\nCOMMIT;', 'alembic-offline', 'none'],
  ];
  it.each(rows)('%s %j: %s, %s', (path, text, framework, shape, siblings = {}) => {
    const host = { sibling: neighbours(siblings) };
    expect(parser.recognise({ path, text }, host)).toBe(framework);
    const migration = parse(path, text, host);
    expect(migration).toMatchObject({ framework, transaction: shape });
    expect(migration.up.length).toBeGreaterThan(0);
  });

  it.each(['db/schema.sql', 'db/structure.sql', 'seeds/a.sql', 'supabase/seed.sql'])('%s is no migration', (path) => {
    expect(parser.recognise({ path, text: 'SELECT 1' })).toBeNull();
  });

  it('says what in the file chose the transaction', () => {
    expect(parse('1.sql', '-- atlas:txmode none\n\nSELECT 1').transactionSetBy).toBe('-- atlas:txmode none');
    expect(parse('1.sql', 'SELECT 1').transactionSetBy).toBeNull();
  });

  it.each(['m/1_x.down.sql', 'm/1_x/down.sql', 'sqls/1-x-down.sql', 'U1__x.sql', 'revert/x.sql'])('%s goes down', (path) => {
    const { up, down } = parse(path, 'DROP TABLE t');
    expect(up).toEqual([]);
    expect(down).toMatchObject([{ kind: 'dropTable' }]);
  });

  it('one call for a file that is one string, one for each statement elsewhere', () => {
    const calls = (path: string): number[] => parse(path, 'SELECT 1; SELECT 2').up.map(({ statement }) => statement.call);
    expect(calls('1_x.up.sql')).toEqual([0, 0]);
    expect(calls('x.sql')).toEqual([0, 1]);
  });

  it('opens what Liquibase opens around each changeset', () => {
    const text = readFileSync(join(FIXTURES, 'liquibase.sql'), 'utf8');
    const kinds = parse('x.sql', text).up.map(({ kind, implied }) => (implied === true ? `(${kind})` : kind));
    expect(kinds).toEqual(['(begin)', 'addColumn', '(commit)', 'createIndex', '(begin)', 'dropTable', '(commit)']);
  });
});

describe('files left alone', () => {
  it.each([
    ['migrations/mysql/1.sql', 'SELECT 1', 'written for MySQL'],
    ['migrations_sqlite/1.sql', 'SELECT 1', 'written for SQLite'],
    ['m/1.clickhouse.sql', 'SELECT 1', 'written for ClickHouse'],
    ['m/1.sql', 'CREATE TABLE `a` (`id` INT AUTO_INCREMENT) ENGINE=InnoDB;', 'written for MySQL'],
    ['m/1.sql', 'PRAGMA foreign_keys=OFF;\nCREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);', 'written for SQLite'],
    ['m/1.sql', 'CREATE TABLE [dbo].[a] ([id] INT IDENTITY(1,1), [n] NVARCHAR(10));\nGO', 'written for SQL Server'],
    ['m/1.up.sql', 'CREATE TABLE a ON CLUSTER default (id Int64) ENGINE = ReplicatedMergeTree ORDER BY id', 'written for ClickHouse'],
    ['dump.sql', '--\n-- PostgreSQL database dump\n--\nCREATE TABLE a (b int);', 'a schema dump, not a migration'],
    ['verify/x.sql', '-- Verify app:x on pg\nSELECT 1;', 'checks a deployment and changes nothing'],
  ])('%s %j: %s', (path, text, reason) => {
    expect(skipped(path, text)).toBe(reason);
  });

  it.each([
    ['migrations/mysql/postgres/1.sql', 'SELECT 1'],
    ['m/20240101_from_mysql.sql', 'SELECT 1'],
    ['m/1.sql', "SELECT '`a` `b`', a[1] FROM engine; -- `a` `b` AUTO_INCREMENT"],
    ['m/1.sql', "INSERT INTO t VALUES ('ENGINE = MergeTree')"],
    ['m/V1__baseline.sql', '--\n-- PostgreSQL database dump\n--\nCREATE TABLE a (b int);'],
  ])('%s %j is read', (path, text) => {
    expect(skipped(path, text)).toBeUndefined();
  });

  it('asks the lock file of Prisma for its database', () => {
    const host = { sibling: neighbours({ '../migration_lock.toml': 'provider = "sqlite"' }) };
    expect(skipped('prisma/migrations/1_x/migration.sql', 'SELECT 1', host)).toBe('written for SQLite');
  });
});

describe('SQL inside other files', () => {
  it('maps every span and shares the call', () => {
    let next = 7;
    const operations = parseEmbedded({
      text: 'ALTER TABLE t ADD COLUMN a int, DROP COLUMN b; DELETE FROM __x',
      toSpan: (start, end) => ({ start: start + 100, end: end + 100 }),
      holes: [{ start: 59, end: 62 }],
      call: 3,
      nextStatement: () => next++,
      conditional: true,
    });
    expect(operations).toMatchObject([
      { kind: 'addColumn', span: { start: 125, end: 126 }, statement: { id: 7, call: 3 }, conditional: true, column: { span: { start: 125, end: 130 } } },
      { kind: 'dropColumn', statement: { id: 7, call: 3 } },
      { kind: 'delete', statement: { id: 8, call: 3 }, partial: true },
    ]);
    expect(operations[0]).not.toHaveProperty('partial');
  });
});

describe('comments', () => {
  it('are kept with their places', () => {
    const text = "SELECT '-- no'; -- one\n/* two /* nested */ */";
    const { comments } = parse('x.sql', text);
    expect(comments.map(({ text: words }) => words)).toEqual(['one', 'two /* nested */']);
    expect(comments.map(({ span }) => text.slice(span.start, span.end))).toEqual(['-- one', '/* two /* nested */ */']);
  });
});

describe('safe rewrites', () => {
  const step = { operations: [{ kind: 'dropTable' as const, table: { name: 'Order' } }], transaction: 'none' as const };

  it('are SQL in the words of the tool', () => {
    expect(parser.write(step, parse('x.sql', ''))).toEqual({ note: '', code: 'DROP TABLE "Order";', language: 'sql', transaction: 'none' });
    expect(parser.write(step, parse('x.sql', '-- +goose Up\n')).code).toBe('-- +goose NO TRANSACTION\nDROP TABLE "Order";');
    expect(parser.write({ ...step, note: 'First:' }, parse('1_x/up.sql', '')).note).toBe('First:');
  });
});
