import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { analysisOf } from '../src/eslint/analysis.js';
import type { Finding } from '../src/finding.js';
import { lintProject } from '../src/project.js';
import { rules } from '../src/rules/index.js';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'migration-guard-editor-'));
  mkdirSync(join(cwd, '.git'));
});

afterEach(() => rmSync(cwd, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

const RECOMMENDED = new Set(rules.filter(({ meta }) => meta.presets.includes('recommended')).map(({ meta }) => meta.id));

function shown({ ruleId, message, start, end, suppressed }: Finding): string {
  return `${start.line}:${start.column}-${end.line}:${end.column} ${ruleId}${suppressed === null ? '' : ` (${suppressed.kind})`}: ${message}`;
}

/** What an editor shows for the file as it lies on the disk. */
function inEditor(path: string): string[] {
  return analysisOf(readFileSync(join(cwd, path), 'utf8'), path, cwd, {}, RECOMMENDED).findings.map(shown);
}

async function onCommandLine(path: string): Promise<string[]> {
  return (await lintProject({ cwd, paths: [path] })).findings.map(shown);
}

async function same(path: string): Promise<string[]> {
  const found = inEditor(path);
  expect(found).toEqual(await onCommandLine(path));
  return found;
}

const LONGER = 'ALTER TABLE users ALTER COLUMN name TYPE varchar(100);\n';
const created = (length: number): string => `CREATE TABLE users (id bigint PRIMARY KEY, name varchar(${length}));\n`;

describe('what lies before the file is never stale', () => {
  beforeEach(() => {
    write('migrations/0001_users.sql', created(50));
    write('migrations/0002_other.sql', 'CREATE TABLE other (id bigint PRIMARY KEY);\n');
    write('migrations/0003_longer.sql', LONGER);
  });

  const rewrites = (found: readonly string[]): boolean => found.some((one) => one.includes(' narrowing-type-change'));

  test('an earlier file is edited, in the same moment and to the same size', async () => {
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(false);
    write('migrations/0001_users.sql', created(50).replace('varchar(50)', 'varchar(200)'));
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(true);
    write('migrations/0001_users.sql', created(500));
    const { atime, mtime } = statSync(join(cwd, 'migrations/0001_users.sql'));
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(true);
    write('migrations/0001_users.sql', created(100));
    utimesSync(join(cwd, 'migrations/0001_users.sql'), atime, mtime);
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(false);
  });

  test('a file appears, is renamed behind the edited one, and goes', async () => {
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(false);
    write('migrations/0002b_shorter.sql', 'ALTER TABLE users ALTER COLUMN name TYPE varchar(300);\n');
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(true);
    renameSync(join(cwd, 'migrations/0002b_shorter.sql'), join(cwd, 'migrations/0004_shorter.sql'));
    expect(rewrites(await same('migrations/0003_longer.sql'))).toBe(false);
    rmSync(join(cwd, 'migrations/0001_users.sql'));
    await same('migrations/0003_longer.sql');
  });

  test('the edited text comes to speak of another table', async () => {
    await same('migrations/0003_longer.sql');
    write('migrations/0003_longer.sql', 'ALTER TABLE other ALTER COLUMN id TYPE text;\n');
    await same('migrations/0003_longer.sql');
    write('migrations/0002_other.sql', 'CREATE TABLE another (id bigint PRIMARY KEY);\nALTER TABLE another RENAME TO other;\n');
    await same('migrations/0003_longer.sql');
    write('migrations/0003_longer.sql', 'DROP INDEX users_name;\n');
    await same('migrations/0003_longer.sql');
  });

  test('each file of the project in turn', async () => {
    for (const file of ['0003_longer', '0001_users', '0002_other', '0003_longer']) await same(`migrations/${file}.sql`);
  });
});

describe('other tools', () => {
  const revision = (id: string, parent: string | null, body: string): string =>
    `from alembic import op\nimport sqlalchemy as sa\nrevision = '${id}'\ndown_revision = ${parent === null ? 'None' : `'${parent}'`}\n\ndef upgrade():\n    ${body}\n`;
  const alter = "op.alter_column('users', 'name', existing_type=sa.String(50), type_=sa.String(100))";
  const create = (length: number): string => `op.create_table('users', sa.Column('id', sa.BigInteger, primary_key=True), sa.Column('name', sa.String(${length})))`;

  test('Alembic: the chain is joined anew when a parent is another, and folders below count', async () => {
    write('alembic/versions/b.py', revision('b', 'a', alter));
    await same('alembic/versions/b.py');
    write('alembic/versions/2024/a.py', revision('a', null, create(50)));
    await same('alembic/versions/b.py');
    write('alembic/versions/b.py', revision('b', null, alter));
    await same('alembic/versions/b.py');
    write('alembic/env.py', 'context.configure(transaction_per_migration=True)\n');
    await same('alembic/versions/b.py');
  });

  test('what the neighbours say: two heads, a missing parent, a number taken twice, a name that a later file makes', async () => {
    write('alembic/versions/a.py', revision('a', null, create(50)));
    write('alembic/versions/b.py', revision('b', 'a', alter));
    write('alembic/versions/c.py', revision('c', 'a', alter));
    expect(await same('alembic/versions/c.py')).toEqual(expect.arrayContaining([expect.stringContaining('branched-history')]));
    write('alembic/versions/b.py', revision('b', 'gone', alter));
    await same('alembic/versions/b.py');
    await same('alembic/versions/c.py');
    write('migrations/0001_a.sql', 'ALTER TABLE later ADD COLUMN x int;\n');
    write('migrations/0001_b.sql', 'CREATE TABLE later (id bigint PRIMARY KEY);\n');
    expect((await same('migrations/0001_a.sql')).length).toBeGreaterThan(0);
    write('migrations/0001_b.sql', 'CREATE TABLE another (id bigint PRIMARY KEY);\n');
    await same('migrations/0001_a.sql');
  });

  test('TypeORM: an imported name becomes another one', async () => {
    const migration = (stamp: number, body: string): string =>
      `import { MigrationInterface, QueryRunner } from 'typeorm';\nimport { TABLE } from '../names';\nexport class A${stamp} implements MigrationInterface {\n  async up(queryRunner: QueryRunner): Promise<void> {\n    ${body}\n  }\n  async down(): Promise<void> {}\n}\n`;
    write('src/names.ts', "export const TABLE = 'users';\n");
    write('src/migrations/1700000000000-A.ts', migration(1700000000000, 'await queryRunner.query(`CREATE TABLE ${TABLE} (id bigint PRIMARY KEY, name varchar(50))`);'));
    write('src/migrations/1700000000001-B.ts', migration(1700000000001, 'await queryRunner.query(`ALTER TABLE users ALTER COLUMN name TYPE varchar(100)`);'));
    const before = await same('src/migrations/1700000000001-B.ts');
    write('src/names.ts', "export const TABLE = 'people';\n");
    const after = await same('src/migrations/1700000000001-B.ts');
    expect(after).not.toEqual(before);
    write('src/data-source.ts', "export const source = new DataSource({ migrationsTransactionMode: 'none' });\n");
    await same('src/migrations/1700000000001-B.ts');
  });

  test('Drizzle: the journal orders', async () => {
    const journal = (...tags: string[]): string => JSON.stringify({ entries: tags.map((tag, idx) => ({ idx, tag })) });
    write('drizzle/0000_b.sql', created(50));
    write('drizzle/0001_a.sql', LONGER);
    write('drizzle/meta/_journal.json', journal('0000_b', '0001_a'));
    const before = await same('drizzle/0001_a.sql');
    write('drizzle/meta/_journal.json', journal('0001_a', '0000_b'));
    expect(await same('drizzle/0001_a.sql')).not.toEqual(before);
  });
});

describe('what the deployed release uses', () => {
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], { cwd, stdio: 'ignore' });

  test('is said of a new migration, and no more once the release is another', async () => {
    rmSync(join(cwd, '.git'), { recursive: true });
    git('init', '-q', '-b', 'main');
    write('migrations/0001_orders.sql', 'CREATE TABLE orders (id bigint PRIMARY KEY, note text, gone text);\n');
    write('src/orders.ts', "export const sql = 'SELECT note FROM orders';\n");
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    write('migrations/0002_drop.sql', 'ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders DROP COLUMN gone;\n');
    const before = await same('migrations/0002_drop.sql');
    expect(before.join('\n')).toContain('src/orders.ts:1');
    expect(await same('migrations/0002_drop.sql')).toEqual(before);
    write('migrations/0002_drop.sql', '-- moved\nALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders DROP COLUMN gone;\n');
    expect((await same('migrations/0002_drop.sql')).join('\n')).toContain('src/orders.ts:1');
    write('src/orders.ts', 'export const sql = null;\n');
    git('add', 'src');
    git('commit', '-q', '-m', 'two');
    expect((await same('migrations/0002_drop.sql')).join('\n')).not.toContain('src/orders.ts:1');
    write('migration-guard.config.json', JSON.stringify({ deployed: 'none' }));
    await same('migrations/0002_drop.sql');
  });
});

describe('the configuration file counts as it does on the command line', () => {
  const UNSAFE = 'CREATE INDEX users_name ON users (name);\nALTER TABLE users DROP COLUMN note;\nALTER TABLE logs ALTER COLUMN body TYPE text;\n';

  beforeEach(() => write('db/changes/0001_all.sql', UNSAFE));

  test.each<[string, object]>([
    ['paths', { paths: ['db/changes'] }],
    ['rules', { paths: ['db/changes'], rules: { 'drop-column': 'off' } }],
    ['overrides', { paths: ['db/changes'], overrides: [{ files: ['db/changes/0001*'], rules: { 'drop-column': 'off' } }] }],
    ['overrides of another file', { paths: ['db/changes'], overrides: [{ files: ['db/changes/0002*'], rules: { 'drop-column': 'off' } }] }],
    ['tables', { paths: ['db/changes'], tables: { users: 'small' } }],
    ['settings', { paths: ['db/changes'], settings: { lockTimeout: '2s', statementTimeout: '1min' } }],
    ['postgres', { paths: ['db/changes'], postgres: 11 }],
    ['framework', { paths: ['db/changes'], framework: 'flyway' }],
    ['transaction', { paths: ['db/changes'], transaction: 'file' }],
    ['schema', { paths: ['db/changes'], schema: 'db/schema.sql' }],
  ])('%s', async (_, config) => {
    write('db/schema.sql', 'CREATE TABLE users (id bigint PRIMARY KEY, name text, note text);\nCREATE TABLE logs (body varchar(20));\n');
    write('migration-guard.config.json', JSON.stringify(config));
    expect((await same('db/changes/0001_all.sql')).length).toBeGreaterThan(0);
  });

  test('a change of it is noticed', async () => {
    write('migration-guard.config.json', JSON.stringify({ paths: ['db/changes'] }));
    const before = await same('db/changes/0001_all.sql');
    write('migration-guard.config.json', JSON.stringify({ paths: ['db/changes'], rules: { 'drop-column': 'off' } }));
    expect(await same('db/changes/0001_all.sql')).not.toEqual(before);
  });

  test('a baseline sets aside what it knows', async () => {
    write('migration-guard.config.json', JSON.stringify({ paths: ['db/changes'], baseline: 'known.json' }));
    await lintProject({ cwd, paths: ['db/changes'], updateBaseline: true });
    write('db/changes/0001_all.sql', `${UNSAFE}ALTER TABLE users DROP COLUMN more;\n`);
    const found = await same('db/changes/0001_all.sql');
    expect(found.filter((one) => one.includes('(baseline)')).length).toBeGreaterThan(0);
    expect(found.filter((one) => !one.includes('(baseline)')).length).toBeGreaterThan(0);
  });

  test('what it leaves alone stays unread', () => {
    write('migration-guard.config.json', JSON.stringify({ paths: ['db/changes'], ignore: ['db/changes/0001*'] }));
    expect(inEditor('db/changes/0001_all.sql')).toEqual([]);
    write('migration-guard.config.json', JSON.stringify({ paths: ['db/changes'] }));
    expect(inEditor('db/changes/0001_all.sql')).not.toEqual([]);
    write('migrations/0001_all.sql', UNSAFE);
    expect(inEditor('migrations/0001_all.sql')).toEqual([]);
  });
});
