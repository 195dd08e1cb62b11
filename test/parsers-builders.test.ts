import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Framework, Migration, Skipped } from '../src/operations/migration.js';
import type { Operation, OperationDraft } from '../src/operations/types.js';
import { parserFor } from '../src/parsers/load.js';
import { frontEnds } from '../src/parsers/javascript/front-ends.js';
import type { Host } from '../src/parsers/parser.js';

const parser = parserFor('javascript');
const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const FRAMEWORKS = ['mikro-orm', 'kysely', 'node-pg-migrate', 'db-migrate', 'tagged-sql'] as const;

function read(text: string, host?: Host, file = 'migrations/1700000000000_a.js'): Migration | Skipped {
  return parser.parse({ path: file, text }, host === undefined ? {} : { host });
}

function migration(text: string, host?: Host, file?: string): Migration {
  const result = read(text, host, file);
  if ('skipped' in result) throw new Error(result.skipped);
  return result;
}

const kinds = (operations: readonly Operation[]): string[] => operations.map(({ kind }) => kind);
const recognised = (text: string, file = 'migrations/1700000000000_a.ts'): Framework | null => parser.recognise({ path: file, text });

describe.each(FRAMEWORKS)('%s', (framework) => {
  const folder = path.join(fixtures, 'parsers', framework);
  test.each(readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)))('%s', (file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const { up, down, transaction, transactionSetBy, revision, notices } = migration(text, undefined, file);
    const shown = (operations: readonly Operation[]) =>
      operations.map(({ span, statement, ...operation }) => ({
        ...operation,
        at: text.slice(span.start, span.end),
        statement: { id: statement.id, call: statement.call, at: text.slice(statement.span.start, statement.span.end) },
      }));
    const result = JSON.parse(JSON.stringify({ revision, transaction, transactionSetBy, notices, up: shown(up), down: down === null ? null : shown(down) })) as unknown;
    const expected = path.join(folder, file.replace(/\.[jt]s$/, '.operations.json'));
    if (!existsSync(expected) || process.env['UPDATE'] === '1') writeFileSync(expected, `${JSON.stringify(result, null, 2)}\n`);
    expect(result).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });

  test('says a safe rewrite in its own words', () => {
    const base: Migration = { path: 'm/1_a.ts', language: 'javascript', framework, revision: null, parents: null, transaction: 'batch', transactionSetBy: null, up: [], down: null, comments: [], notices: [] };
    const operation = { kind: 'createIndex', index: 'i', table: { name: 't' }, keys: [{ column: 'a' }], concurrently: true } satisfies OperationDraft;
    const inside = parser.write({ operations: [operation] }, base);
    expect(inside.code).toContain('`CREATE INDEX CONCURRENTLY i ON t (a)`');
    expect(recognised(`import '${{ 'mikro-orm': '@mikro-orm/migrations', 'tagged-sql': 'pg' }[framework as string] ?? framework}';`)).toBeNull();
    const apart = parser.write({ operations: [operation], transaction: 'none' }, base);
    expect(apart.note).not.toBe('');
    expect(apart.transaction).toBe('none');
  });
});

describe('recognition', () => {
  const cases = readdirSync(path.join(fixtures, 'differential')).flatMap((framework) => {
    const folder = path.join(fixtures, 'differential', framework);
    return readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)).map((name) => ({ framework, name, text: readFileSync(path.join(folder, name), 'utf8') }));
  });

  test('no file belongs to two front-ends', () => {
    for (const { framework, name, text } of cases) {
      const names = frontEnds.filter((frontEnd) => frontEnd.recognise({ path: `migrations/${name}`, text })).map((frontEnd) => frontEnd.framework);
      expect(names, `${framework}/${name}`).toEqual([framework]);
    }
  });

  const NONE: [string, string][] = [
    ['MongoDB', "export const up = async (db) => { await db.collection('a').updateMany({}, {}); };"],
    ['migrate-mongo', "module.exports = { async up(db, client) { await db.collection('a').drop(); }, async down(db) {} };"],
    ['MikroORM for MongoDB', "import { Migration } from '@mikro-orm/migrations-mongodb'; export class Migration20240101000000 extends Migration { async up() { await this.getCollection('a').drop(); } }"],
    ['db-migrate for MongoDB', "exports.up = function (db, callback) { db.createCollection('a', callback); };"],
    ['mysql2', "import mysql from 'mysql2/promise'; export async function up(client) { await client.query('ALTER TABLE `a` ADD b int'); }"],
    ['a service', "import { sql } from 'kysely'; export class A { find() { return sql`select 1`; } }"],
    ['a list of migrations', "import * as a from './a.js'; export const migrations = { a };"],
  ];
  test.each(NONE)('%s is none of them', (_, text) => {
    expect(recognised(text)).toBeNull();
  });

  const OTHERS: [Framework, string][] = [
    ['kysely', "export async function up(db) { await db.schema.createTable('t').addColumn('id', 'serial').execute(); }"],
    ['node-pg-migrate', "exports.up = (pgm) => { pgm.dropTable('t'); };"],
    ['db-migrate', "exports.up = function (db, cb) { return db.runSql('SELECT 1', cb); };"],
    ['db-migrate', "exports.up = (db, cb) => async.series([db.addColumn.bind(db, 't', 'a', 'int')], cb);"],
    ['tagged-sql', 'export const up = async (sql) => { await sql`ALTER TABLE t ADD a int`; };'],
    ['tagged-sql', "module.exports = { up: async (pool) => { await pool.query('ALTER TABLE t ADD a int'); }, down: async () => {} };"],
    ['tagged-sql', "import { PrismaClient } from '@prisma/client'; export async function up(prisma: PrismaClient) { await prisma.$executeRaw`DELETE FROM t`; }"],
    ['mikro-orm', "import { Migration } from '../base.js'; export class Migration20240101000000 extends Migration { async up() { this.addSql('select 1'); } }"],
    ['knex', "exports.up = (knex) => knex.schema.dropTable('t');"],
  ];
  test.each(OTHERS)('%s: %s', (framework, text) => {
    expect(recognised(text)).toBe(framework);
  });
});

describe('what no library has to be asked for', () => {
  test('a stub that reads its SQL from a file beside it', () => {
    const stub = (direction: string) => `exports.${direction} = function (db) {
  var filePath = path.join(__dirname, 'sqls', '20240101000000-a-${direction}.sql');
  return new Promise(function (resolve, reject) {
    fs.readFile(filePath, { encoding: 'utf-8' }, function (err, data) {
      if (err) return reject(err);
      console.log('received data: ' + data);
      resolve(data);
    });
  }).then(function (data) {
    return db.runSql(data);
  });
};`;
    const text = `'use strict';\nvar dbm;\nvar fs = require('fs');\nvar path = require('path');\nexports.setup = function (options, seedLink) { dbm = options.dbmigrate; };\n${stub('up')}\n${stub('down')}\nexports._meta = { version: 1 };`;
    const host: Host = { resolveImport: (_from, specifier) => (specifier.endsWith('-up.sql') ? { path: 'sqls/up.sql', text: 'ALTER TABLE t ADD a int; DROP TABLE u;' } : { path: 'sqls/down.sql', text: 'ALTER TABLE t DROP a;' }) };
    const { up, down, transaction } = migration(text, host);
    expect(kinds(up)).toEqual(['addColumn', 'dropTable']);
    expect(kinds(down ?? [])).toEqual(['dropColumn']);
    expect(transaction).toBe('file');
    expect(migration(text).up).toMatchObject([{ kind: 'unread', cause: 'dynamic' }]);
  });

  test('clients a migration opens itself', () => {
    const { up } = migration(`const { Pool } = require('pg'); exports.up = async () => { const pool = new Pool(); const client = await pool.connect(); await client.query('BEGIN'); await client.query('DROP TABLE a'); await client.query('COMMIT'); client.release(); };`);
    expect(kinds(up)).toEqual(['begin', 'dropTable', 'commit']);
    const neon = migration("import { neon } from '@neondatabase/serverless'; export async function up() { const sql = neon(process.env.URL); await sql`ALTER TABLE a ADD b int`; await sql.transaction([sql`DROP TABLE c`, sql`DROP TABLE d`]); }");
    expect(kinds(neon.up)).toEqual(['addColumn', 'begin', 'dropTable', 'dropTable', 'commit']);
    const vercel = migration("import { sql } from '@vercel/postgres'; export async function up() { await sql`ALTER TABLE a ADD b int`; }");
    expect(kinds(vercel.up)).toEqual(['addColumn']);
  });

  test('pg-promise writes values into the text', () => {
    const { up } = migration("const pgp = require('pg-promise')(); const db = pgp('x'); exports.up = async () => { await db.none('ALTER TABLE $1:name ADD COLUMN ${c:raw} int'.replace('${c:raw}', 'b'), ['t']); await db.none('DROP TABLE ${name:name}', { name: 'u' }); await db.tx((t) => t.none('DELETE FROM t WHERE a = $1', ['x'])); };");
    expect(up).toMatchObject([{ kind: 'addColumn', table: { name: 't' }, column: { name: 'b' } }, { kind: 'dropTable', table: { name: 'u' } }, { kind: 'begin' }, { kind: 'delete', where: "a = 'x'" }, { kind: 'commit' }]);
  });

  test('Prisma in a migration by hand', () => {
    const { up } = migration("import { Prisma, PrismaClient } from '@prisma/client'; export async function up(prisma: PrismaClient) { await prisma.$executeRaw`UPDATE t SET a = ${1}`; await prisma.$executeRawUnsafe('DROP TABLE t'); await prisma.$transaction(async (tx) => { await tx.$executeRaw(Prisma.sql`DELETE FROM u`); }); }", undefined, 'm/1_a.ts');
    expect(kinds(up)).toEqual(['update', 'dropTable', 'begin', 'delete', 'commit']);
  });

  test('a way back that node-pg-migrate cannot work out', () => {
    const { down, notices } = migration("exports.up = (pgm) => { pgm.addColumn('t', { a: 'int' }); pgm.sql('SELECT 1'); };");
    expect(down).toBeNull();
    expect(notices).toEqual([expect.stringContaining('pgm.sql()')]);
  });

  test('holes keep their place', () => {
    const { up } = migration('exports.up = (pgm) => { pgm.addColumn(process.env.TABLE, { a: "int" }); pgm.dropColumns("t", unknown()); };');
    expect(up).toMatchObject([{ kind: 'addColumn', partial: true }, { kind: 'dropColumn', table: { name: 't' }, partial: true }]);
  });

  test.each(['', '((((', 'exports.up = (pgm) => { pgm.', 'export async function up(db) { await db.schema.alterTable().addColumn().execute(); }', 'exports.up = (pgm) => { pgm.createTable(); pgm.addIndex(); pgm.createFunction(); };'])('never throws on %#', (text) => {
    for (const { framework } of frontEnds) expect(() => parser.parse({ path: 'a.ts', text }, { framework })).not.toThrow();
  });
});
