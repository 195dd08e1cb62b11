import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import { parserFor } from '../src/parsers/load.js';

const parser = parserFor('javascript');

function parse(text: string, file: string): Migration {
  const migration = parser.parse({ path: file, text }, {});
  if ('skipped' in migration) throw new Error(migration.skipped);
  return migration;
}

describe.each(['knex', 'sequelize'])('%s fixtures', (framework) => {
  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'parsers', framework);
  test.each(readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)))('%s', (file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const migration = parse(text, file);
    expect(migration.framework).toBe(framework);
    const shown = (operations: readonly Operation[]) =>
      operations.map(({ span, statement, ...operation }) => ({
        ...operation,
        at: text.slice(span.start, span.end),
        statement: { id: statement.id, call: statement.call, at: text.slice(statement.span.start, statement.span.end) },
      }));
    const { transaction, transactionSetBy, notices } = migration;
    const result = JSON.parse(JSON.stringify({ transaction, transactionSetBy, notices, up: shown(migration.up), down: shown(migration.down ?? []) })) as unknown;
    const expected = path.join(folder, file.replace(/\.[jt]s$/, '.operations.json'));
    if (!existsSync(expected) || process.env['UPDATE'] === '1') writeFileSync(expected, `${JSON.stringify(result, null, 2)}\n`);
    expect(result).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });
});

describe('whose file it is', () => {
  const CASES: [string, string, string | null][] = [
    ["import { Knex } from 'knex';\nexport async function up(db: Knex) { await db.raw('SELECT 1'); }", 'm/1_a.ts', 'knex'],
    ['exports.up = (knex) => knex.schema.dropTable("a");', 'm/1_a.js', 'knex'],
    ['exports.up = (k) => k.schema.createTable("a", (t) => { t.increments(); });', 'm/1_a.js', 'knex'],
    ['exports.seed = (knex) => knex("a").insert({});', 'seeds/a.js', null],
    ['module.exports = { up: (queryInterface) => queryInterface.bulkInsert("a", []) };', 'seeders/1-a.js', null],
    ['module.exports = { up(queryInterface, Sequelize) { return queryInterface.dropTable("a"); } };', 'm/1-a.js', 'sequelize'],
    ['exports.up = async ({ context: qi }) => qi.dropTable("a");', 'm/1-a.js', 'sequelize'],
    ["import { Kysely } from 'kysely';\nexport async function up(db: Kysely<any>) { await db.schema.dropTable('a').execute(); }", 'm/1.ts', 'kysely'],
    ['exports.up = (pgm) => { pgm.dropTable("a"); };', 'm/1_a.js', 'node-pg-migrate'],
  ];
  test.each(CASES)('%s', (text, file, framework) => {
    expect(parser.recognise({ path: file, text })).toBe(framework);
  });
});

describe('safe rewrites', () => {
  const step = { operations: [{ kind: 'createIndex' as const, index: 'i', table: { name: 't' }, keys: [{ column: 'a' }], concurrently: true as const }], transaction: 'none' as const };

  test('Knex leaves its transaction by the exported config', () => {
    const written = parser.write(step, parse('exports.up = (knex) => knex.schema.dropTable("a");', '1_a.js'));
    expect(written.code).toContain('exports.config = { transaction: false };');
    expect(written.code).toContain('await knex.raw(`CREATE INDEX CONCURRENTLY i ON t (a)`);');
  });

  test('Knex would read a question mark as a binding', () => {
    const written = parser.write({ code: "SELECT '{}'::jsonb ? 'a'" }, parse('exports.up = (knex) => knex.schema.dropTable("a");', '1_a.js'));
    expect(written.code).toBe("await knex.raw(`SELECT '{}'::jsonb \\\\? 'a'`);");
  });

  test('Sequelize opens none', () => {
    const written = parser.write(step, parse('module.exports = { up: (queryInterface) => queryInterface.dropTable("a") };', '1-a.js'));
    expect(written.code).toBe('await queryInterface.sequelize.query(`CREATE INDEX CONCURRENTLY i ON t (a)`);');
  });
});
