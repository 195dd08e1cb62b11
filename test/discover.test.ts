import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relevantHistory, touchedBy } from '../src/discover/history.js';
import { hostFor } from '../src/discover/host.js';
import { alembicRevision, chains, inOrder } from '../src/discover/order.js';
import { selectPaths } from '../src/discover/select.js';
import type { Framework, Migration } from '../src/operations/migration.js';
import { parserFor } from '../src/parsers/load.js';
import { lintProject } from '../src/project.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-discover-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function order(framework: Framework, files: Record<string, string> | readonly string[]): string[] {
  const entries = Array.isArray(files) ? (files as string[]).map((path) => ({ path, text: '' })) : Object.entries(files).map(([path, text]) => ({ path, text }));
  return inOrder(entries, framework, hostFor(folder)).map(({ path }) => path);
}

function revision(id: string, parents: string): string {
  return `"""x\n\nRevises: stale\n"""\nrevision: str = "${id}"\ndown_revision: Union[str, None] = ${parents}\n\n\ndef upgrade() -> None:\n    pass\n`;
}

describe('order', () => {
  it('Alembic: parents first, whatever the names; merges after both sides', () => {
    expect(
      order('alembic', {
        'v/a.py': revision('c3', '("b1", "b2")'),
        'v/b.py': revision('b2', '"a0"'),
        'v/c.py': revision('b1', "'a0'  # first"),
        'v/d.py': revision('a0', 'None'),
      }),
    ).toEqual(['v/d.py', 'v/c.py', 'v/b.py', 'v/a.py']);
  });

  it('Alembic: a chain of five thousand revisions', () => {
    const files = Array.from({ length: 5000 }, (_, index) => ({
      path: `v/${String(5000 - index).padStart(4, '0')}.py`,
      text: revision(`r${index}`, index === 0 ? 'None' : `"r${index - 1}"`),
    }));
    const ordered = inOrder([...files].reverse(), 'alembic', hostFor(folder));
    expect(ordered).toEqual(files);
    expect(chains(files, 'alembic', hostFor(folder))).toHaveLength(1);
  });

  it('Alembic: ids are read from the assignments only', () => {
    expect(alembicRevision(revision('a1', '[\n    "b1",\n    "b2",\n]'))).toEqual({ id: 'a1', parents: ['b1', 'b2'], labels: [] });
    expect(alembicRevision('down_revision = None\n')).toBeNull();
  });

  it('Alembic: revisions that no chain joins say nothing about each other', () => {
    const files = [['x', 'None'], ['y', 'None'], ['z', '"x"']].map(([id, parent]) => ({ path: `${id ?? ''}.py`, text: revision(id ?? '', parent ?? '') }));
    expect(chains(files, 'alembic', hostFor(folder)).map((chain) => chain.map(({ path }) => path))).toEqual([['x.py', 'z.py'], ['y.py']]);
  });

  it('TypeORM: the timestamp of the class, not of the file', () => {
    expect(
      order('typeorm', {
        '2000000000000-a.ts': 'export class A1000000000000 implements MigrationInterface {}',
        '1000000000000-b.ts': 'export class B2000000000000 implements MigrationInterface {}',
      }),
    ).toEqual(['2000000000000-a.ts', '1000000000000-b.ts']);
  });

  it('numbers as numbers, Flyway versions by segment with repeatables last, up before down', () => {
    expect(order('sql', ['10_b.sql', '9_a.sql', '100_c.sql'])).toEqual(['9_a.sql', '10_b.sql', '100_c.sql']);
    expect(order('flyway', ['R__views.sql', 'V1.10__b.sql', 'V1.9__a.sql', 'V2__c.sql'])).toEqual(['V1.9__a.sql', 'V1.10__b.sql', 'V2__c.sql', 'R__views.sql']);
    expect(order('golang-migrate', ['2_b.up.sql', '1_a.down.sql', '1_a.up.sql'])).toEqual(['1_a.up.sql', '1_a.down.sql', '2_b.up.sql']);
    expect(order('prisma', ['m/20240102000000_b/migration.sql', 'm/20240101000000_z/migration.sql'])).toEqual(['m/20240101000000_z/migration.sql', 'm/20240102000000_b/migration.sql']);
  });

  it('Drizzle: the journal', () => {
    write({ 'drizzle/meta/_journal.json': JSON.stringify({ entries: [{ idx: 0, tag: '0001_z' }, { idx: 1, tag: '0000_a' }] }) });
    expect(order('drizzle', ['drizzle/0000_a.sql', 'drizzle/0001_z.sql'])).toEqual(['drizzle/0001_z.sql', 'drizzle/0000_a.sql']);
  });
});

describe('selection', () => {
  it('a directory is filtered, a named file is not', async () => {
    write({ 'm/1.sql': '', 'm/node_modules/x/1.sql': '', 'm/seeds/1.sql': '', 'm/schema.sql': '', 'm/a.d.ts': '', 'm/README.md': '', 'm/sub/2.SQL': '' });
    const paths = async (...given: string[]): Promise<string[]> => (await selectPaths(given, folder)).files.map(({ absolute }) => absolute.slice(folder.length + 1));
    expect(await paths('m')).toEqual(['m/1.sql', 'm/sub/2.SQL']);
    expect(await paths('m/schema.sql', 'm/README.md')).toEqual(['m/schema.sql', 'm/README.md']);
    expect(await paths('m/**/*.sql')).toEqual(expect.arrayContaining(['m/1.sql', 'm/schema.sql']));
    expect(await paths('m/1.sql', 'm', './m/1.sql')).toEqual(['m/1.sql', 'm/sub/2.SQL']);
  });

  it('brackets and braces in a real name are no glob', async () => {
    write({ 'app/[id]/1.sql': '' });
    expect((await selectPaths(['app/[id]/1.sql'], folder)).files).toHaveLength(1);
  });

  it('only code of a migration tool is linted below a directory', async () => {
    write({ 'src/service.ts': 'export const sql = "DROP TABLE a";\n', 'src/app.py': 'print("DROP TABLE a")\n', 'src/migrations/1.sql': 'SELECT 1;\n' });
    const { files } = await lintProject({ cwd: folder, paths: ['.'] });
    expect(files.map(({ path }) => path)).toEqual(['src/migrations/1.sql']);
  });
});

describe('host', () => {
  it('finds what TypeScript means', () => {
    write({ 'src/names.ts': 'A', 'src/lib/index.ts': 'B', 'up.sql': 'E' });
    const resolved = (specifier: string): string | undefined => hostFor(folder).resolveImport?.('src/m/1.ts', specifier)?.text;
    expect(['../names.js', '../lib', 'typeorm', '../../up.sql'].map(resolved)).toEqual(['A', 'B', undefined, 'E']);
  });

  it('finds what Python means', () => {
    write({ 'app/db/names.py': 'C', 'migrations/versions/helpers.py': 'D' });
    const resolved = (specifier: string): string | undefined => hostFor(folder).resolveImport?.('migrations/versions/a.py', specifier)?.path;
    expect(['app.db.names', '.helpers', 'sqlalchemy'].map(resolved)).toEqual(['app/db/names.py', 'migrations/versions/helpers.py', undefined]);
  });

  it('says what stands beside a file, folders too', () => {
    write({ 'meta/x': '' });
    expect(hostFor(folder).sibling?.('a.sql', 'meta')).toEqual({ path: 'meta', text: '' });
    expect(hostFor(folder).sibling?.('a.sql', 'none')).toBeNull();
  });
});

describe('history', () => {
  function migration(path: string, text: string): Migration {
    const parsed = parserFor('sql').parse({ path, text }, {});
    if (!('up' in parsed)) throw new Error('not read');
    return parsed;
  }

  function read(pending: string, earlier: Record<string, string>): string[] {
    const files = Object.entries(earlier).map(([path, text]) => ({ path, text }));
    return relevantHistory(touchedBy([migration('m/9_now.sql', pending)]), files, (file) => migration(file.path, file.text)).map(({ path }) => path);
  }

  it('only files that name what is touched are parsed, renames and partitions followed', () => {
    const earlier = {
      'm/1.sql': 'CREATE TABLE people (id int);',
      'm/2.sql': 'CREATE TABLE orders (id int);',
      'm/3.sql': 'ALTER TABLE people RENAME TO users;',
      'm/4.sql': 'CREATE TABLE "Users_log" (id int);',
      'm/5.sql': 'ALTER TABLE USERS ADD COLUMN email text;',
    };
    expect(read('ALTER TABLE users DROP COLUMN email;', earlier)).toEqual(['m/1.sql', 'm/3.sql', 'm/5.sql']);
    expect(read('CREATE TABLE fresh (id int);', earlier)).toEqual([]);
  });

  it('an index dropped by name leads to its table; an unknown one to everything', () => {
    const earlier = { 'm/1.sql': 'CREATE TABLE t (a int);', 'm/2.sql': 'CREATE INDEX i ON t (a);', 'm/3.sql': 'CREATE TABLE other (b int); CREATE INDEX ON other (b);' };
    expect(read('DROP INDEX i;', earlier)).toEqual(['m/1.sql', 'm/2.sql']);
    expect(read('DROP INDEX other_b_idx;', earlier)).toEqual(['m/1.sql', 'm/2.sql', 'm/3.sql']);
  });

  it('what came before decides: a longer varchar is nothing, a shorter one is', async () => {
    write({
      'm/0001_init.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));\n',
      'm/0002_longer.sql': 'ALTER TABLE users ALTER COLUMN email TYPE varchar(100);\n',
      'm/0003_shorter.sql': 'ALTER TABLE users ALTER COLUMN email TYPE varchar(80);\n',
    });
    const rules = async (path: string): Promise<string[]> => (await lintProject({ cwd: folder, paths: [path] })).findings.map(({ ruleId }) => ruleId);
    expect(await rules('m/0002_longer.sql')).toEqual([]);
    expect(await rules('m/0003_shorter.sql')).toEqual(['narrowing-type-change']);
  });

  it('files without an order say nothing about each other', async () => {
    write({ 'm/a.sql': 'CREATE TABLE t (c varchar(50));\n', 'm/b.sql': 'ALTER TABLE t ALTER COLUMN c TYPE varchar(80);\n' });
    const { findings } = await lintProject({ cwd: folder, paths: ['m'] });
    expect(findings.some(({ path }) => path === 'm/b.sql')).toBe(true);
  });
});

describe('the transaction that the project sets', () => {
  const SHAPES = [
    ['alembic', { 'alembic/env.py': 'context.configure(connection=c, transaction_per_migration=True)\n', 'alembic/versions/a1_x.py': `from alembic import op\n${revision('a1', 'None').replace('    pass', '    op.drop_index("i", postgresql_concurrently=True)')}` }],
    ['typeorm', { 'data-source.ts': "export default new DataSource({ migrationsTransactionMode: 'none' });\n", 'migrations/1718000000000-a.ts': "import { QueryRunner } from 'typeorm';\nexport class A1718000000000 {\n  async up(queryRunner: QueryRunner) { await queryRunner.query('DROP INDEX CONCURRENTLY i'); }\n  async down() {}\n}\n" }],
  ] as const;

  it.each(SHAPES)('%s', async (framework, files) => {
    const { runProject } = await import('../src/project.js');
    write(files);
    const paths = [Object.keys(files)[1] ?? ''];
    const configured = await runProject({ cwd: folder, paths }, ({ file }) => file.migration.transaction);
    rmSync(join(folder, Object.keys(files)[0] ?? ''));
    const unset = await runProject({ cwd: folder, paths }, ({ file }) => file.migration.transaction);
    expect([configured, unset].map((run) => run.linted[0]?.verdict)).toEqual([framework === 'alembic' ? 'file' : 'none', 'batch']);
  });

  const ADD = "ALTER TABLE a ADD b int";
  const FILES = {
    knex: `exports.up = (knex) => knex.raw('${ADD}');\nexports.down = (knex) => knex.raw('SELECT 1');\n`,
    typeorm: `import { MigrationInterface, QueryRunner } from 'typeorm';\nexport class A1718000000000 implements MigrationInterface {\n  async up(queryRunner: QueryRunner) { await queryRunner.query('${ADD}'); }\n  async down() {}\n}\n`,
    'mikro-orm': `import { Migration } from '@mikro-orm/migrations';\nexport class Migration20240101000000 extends Migration {\n  async up() { this.addSql('${ADD}'); }\n}\n`,
    kysely: `import { Kysely, sql } from 'kysely';\nexport async function up(db: Kysely<unknown>) { await sql\`${ADD}\`.execute(db); }\n`,
    'node-pg-migrate': `import { MigrationBuilder } from 'node-pg-migrate';\nexport async function up(pgm: MigrationBuilder) { pgm.sql('${ADD}'); }\n`,
  } as const;

  it.each([
    ['knex', 'knexfile.js', 'module.exports = { migrations: { disableTransactions: true } };', 'none'],
    ['knex', 'knexfile.js', 'module.exports = { migrations: { /* disableTransactions: true */ } };', 'batch'],
    ['typeorm', 'src/data-source.ts', "new DataSource({ migrations: ['m/*.ts'], migrationsTransactionMode: 'each', entities: ['src/**/*.ts'] });", 'file'],
    ['typeorm', 'data-source.ts', "new DataSource({ // migrationsTransactionMode: 'each'\n});", 'batch'],
    ['mikro-orm', 'mikro-orm.config.ts', 'export default { migrations: { allOrNothing: false } };', 'file'],
    ['mikro-orm', 'src/mikro-orm.config.ts', 'export default { migrations: { allOrNothing: false, transactional: false } };', 'none'],
    ['kysely', 'migrate.ts', 'new Migrator({ db, provider, disableTransactions: true });', 'none'],
    ['kysely', 'migrate.ts', 'new Migrator({ db, provider, disableTransactions: isTest });', 'batch'],
    ['node-pg-migrate', 'package.json', '{ "scripts": { "migrate": "node-pg-migrate up --no-single-transaction" } }', 'file'],
    ['node-pg-migrate', 'package.json', '{ "scripts": { "migrate": "node-pg-migrate up" } }', 'batch'],
  ] as const)('%s, %s: %s', async (framework, file, text, shape) => {
    const { runProject } = await import('../src/project.js');
    write({ [file]: text, 'migrations/1718000000000_a.ts': FILES[framework] });
    const run = await runProject({ cwd: folder, paths: ['migrations/1718000000000_a.ts'] }, (one) => [one.file.migration.framework, one.file.migration.transaction]);
    expect(run.linted[0]?.verdict).toEqual([framework, shape]);
  });
});
