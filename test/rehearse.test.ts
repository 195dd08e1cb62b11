import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hostFor } from '../src/discover/host.js';
import type { PostgresVersion } from '../src/postgres/effects.js';
import { runProject, type ReplayedFile } from '../src/project.js';
import { ProjectReader } from '../src/project/reader.js';
import { markdownReport } from '../src/rehearse/markdown.js';
import { finderFrom, openPGlite } from '../src/rehearse/pglite.js';
import { EmptyDatabase } from '../src/rehearse/empty-database.js';
import { readProbe } from '../src/rehearse/probe.js';
import { rehearse, type RehearsalInput } from '../src/rehearse/rehearse.js';
import { textReport } from '../src/rehearse/report.js';
import { planOf, refusalOf } from '../src/rehearse/server/borrowed.js';
import { transactionEnd } from '../src/rehearse/server/transaction-end.js';
import type { RehearsalReport, RehearsedMigration } from '../src/rehearse/types.js';

const root = resolve(import.meta.dirname, '..');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'migration-guard-project-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function run(files: Record<string, string>, paths: string[], options: Partial<RehearsalInput> = {}): Promise<RehearsalReport> {
  const cwd = project(files);
  const find = finderFrom([root]);
  return rehearse({
    place: { open: (extensions) => openPGlite(extensions, find), close: () => Promise.resolve() },
    async select(version) {
      const selected: ReplayedFile[] = [];
      const { root: top } = await runProject({ cwd, paths, postgres: version as PostgresVersion, config: false }, (one) => selected.push(one));
      return { files: selected, reader: new ProjectReader(top, hostFor(top), 'given', {}), deploy: 'each' };
    },
    expected: 18,
    schema: null,
    rows: 50,
    seed: 1,
    roundTrip: false,
    queries: [],
    tell: () => undefined,
    ...options,
  });
}

function only(report: RehearsalReport): RehearsedMigration {
  const [migration] = report.projects.flatMap(({ migrations }) => migrations);
  if (migration === undefined) throw new Error('nothing was rehearsed');
  return migration;
}

const BASE = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{2}$');
CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, age int CHECK (age BETWEEN 18 AND 99), feel mood NOT NULL, country code NOT NULL, note text);
CREATE TABLE posts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), author bigint NOT NULL REFERENCES users, parent uuid REFERENCES posts, title text NOT NULL, a int, b int, CHECK (num_nonnulls(a, b) = 1), CHECK (length(title) > 3));
`;

/** One database costs seconds where many tests run beside each other, so that most facts stand in few of them. */
describe('rehearse', () => {
  it('fills every table, and finds NOT NULL on populated rows at its line', async () => {
    const report = await run(
      { 'migrations/1_base.sql': BASE, 'migrations/2_add.sql': 'ALTER TABLE posts\n  ADD COLUMN slug text,\n  ADD COLUMN tenant int NOT NULL;\nCREATE INDEX posts_slug ON posts (slug);\n' },
      ['migrations/2_add.sql'],
    );
    const [one] = report.projects;
    expect(one?.schema).toMatchObject({ source: 'history', unreplayed: [], unfilled: [], tables: 2, rows: 100 });
    const migration = only(report);
    expect(migration.outcome).toBe('failed');
    expect(migration.failure).toMatchObject({ sqlstate: '23502', at: { line: 3 } });
    expect(migration.steps.map(({ outcome, note }) => [outcome, note])).toEqual([['failed', null], ['done', 'seen over empty tables']]);
    expect(migration.differences).toBe(0);
    const text = textReport(report, (path) => path);
    expect(text).toContain('FAILS      23502');
    expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(markdownReport(report, (path) => path)).toContain('**fails: 23502');
  }, 120_000);

  it('holds locks to the commit, and refuses CONCURRENTLY in a transaction', async () => {
    const report = await run(
      {
        'migrations/1_base.sql': BASE,
        'migrations/2_index.sql': 'BEGIN; SET LOCAL lock_timeout = 1000; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nALTER TABLE users ADD COLUMN x int;\nUPDATE posts SET a = a;\nCOMMIT;\nBEGIN;\nCREATE INDEX CONCURRENTLY i ON users (x);\nCOMMIT;\n',
      },
      ['migrations/2_index.sql'],
    );
    const migration = only(report);
    expect(migration.locks).toContainEqual(expect.objectContaining({ table: 'users', mode: 'ACCESS EXCLUSIVE', from: 3, to: 5 }));
    expect(migration.steps[4]?.observed?.rows).toEqual([{ table: 'posts', count: 50 }]);
    expect(migration.failure).toMatchObject({ sqlstate: '25001', at: { line: 6 } });
    expect(migration.differences).toBe(0);
  }, 120_000);

  it('names what a way down loses and which queries break', async () => {
    const up = "exports.up = (pgm) => { pgm.dropColumn('users', 'note'); };\nexports.down = (pgm) => { pgm.addColumn('users', { note: { type: 'text' } }); };\n";
    const report = await run(
      { 'package.json': '{"devDependencies":{"node-pg-migrate":"9"}}', 'migrations/1_base.js': `exports.up = (pgm) => { pgm.sql(\`${BASE}\`); };\n`, 'migrations/2_drop.js': up },
      ['migrations/2_drop.js'],
      { roundTrip: true, queries: ['SELECT note FROM users WHERE id = $1', 'SELECT * FROM users', 'SELECT id FROM users', 'SELECT nothing FROM users'] },
    );
    const migration = only(report);
    expect(migration.roundTrip?.lost).toEqual([expect.stringMatching(/^data: \d+ of \d+ values of users\.note$/)]);
    expect(migration.probe?.broken).toEqual([expect.objectContaining({ query: 'SELECT note FROM users WHERE id = $1', sqlstate: '42703' })]);
    expect(report.projects[0]?.unusable.map(({ sqlstate }) => sqlstate)).toEqual(['42703']);
    expect(report.summary).toMatchObject({ lost: 1, broken: 1, differences: 0 });
  }, 120_000);

  it('lists what could not be replayed and marks what needs it', async () => {
    const report = await run(
      { 'migrations/1_base.sql': 'CREATE TABLE t (id int, x nosuchtype);\nCREATE TABLE u (id int);\n', 'migrations/2_next.sql': 'ALTER TABLE t ADD COLUMN y int;\n' },
      ['migrations/2_next.sql'],
    );
    expect(report.projects[0]?.schema.unreplayed).toEqual([expect.objectContaining({ sqlstate: '42704', start: expect.objectContaining({ line: 1 }) as unknown })]);
    expect(only(report).steps[0]?.dependsOn).toMatch(/1_base\.sql:1$/);
  }, 120_000);
});

describe('the empty database that PGlite begins with', () => {
  it('is kept for its release, and is none when it has been cut short or changed', async () => {
    const folder = project({ 'node_modules/pglite/package.json': '{"name":"pglite","version":"1.2.3"}', 'node_modules/pglite/dist/package.json': '{"type":"commonjs"}' });
    const kept = new EmptyDatabase(join(folder, 'node_modules/pglite/dist/index.js'));
    expect(kept.read()).toBeNull();
    await kept.write(new Blob(['an archive']));
    expect(await kept.read()?.text()).toBe('an archive');
    const cache = join(folder, 'node_modules/.cache/migration-guard/rehearse');
    const [name = ''] = readdirSync(cache);
    expect(name).toContain('1.2.3');
    const bytes = readFileSync(join(cache, name));
    for (const broken of [bytes.subarray(0, -1), bytes.subarray(0, 10), Buffer.alloc(0), Buffer.from(bytes.toString('latin1').replace('archive', 'arXhive'), 'latin1')]) {
      writeFileSync(join(cache, name), broken);
      expect(kept.read()).toBeNull();
    }
  });
});

describe('a probe', () => {
  it('is SQL, or an export of pg_stat_statements as CSV or JSON', () => {
    const folder = project({
      'q.sql': 'SELECT 1; -- one\nSET x = 1;\nINSERT INTO t VALUES ($1);',
      'q.csv': 'calls,query\n1,"SELECT ""a"", 1\nFROM t"\n2,BEGIN\n',
      'q.json': '[{"query":"SELECT 2","calls":1},{"query":"COMMIT"}]',
    });
    expect(readProbe(join(folder, 'q.sql'))).toEqual(['SELECT 1', 'INSERT INTO t VALUES ($1)']);
    expect(readProbe(join(folder, 'q.csv'))).toEqual(['SELECT "a", 1\nFROM t']);
    expect(readProbe(join(folder, 'q.json'))).toEqual(['SELECT 2']);
  });
});

describe('a database of somebody else', () => {
  it('is sent nothing that ends the transaction', () => {
    for (const sql of ['COMMIT', 'select 1; /* x */ end work', 'ABORT', 'ROLLBACK', "PREPARE TRANSACTION 'x'", 'commit and chain', '-- a\nCommit;', "SELECT ';'; rollback"]) {
      expect(transactionEnd(sql), sql).not.toBeNull();
    }
    for (const sql of [
      '', 'SAVEPOINT a', 'ROLLBACK TO a', 'rollback work to savepoint a; release a', 'PREPARE q AS SELECT 1', "SELECT '; COMMIT'", '-- COMMIT\nSELECT 1', 'SELECT 1; /* ; COMMIT */ SELECT 2',
      'DO $$ BEGIN COMMIT; END $$', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT 1', 'INSERT INTO t VALUES (1)', 'SELECT "commit" FROM t',
    ]) {
      expect(transactionEnd(sql), sql).toBeNull();
    }
  });

  const condition = { name: 'app on db', version: 16, tables: 3, sessions: 0, standby: false };
  it('is left alone unless it is empty or said to be a copy', () => {
    expect(refusalOf(condition, false)).toMatch(/not empty.*--on-copy/);
    expect(refusalOf(condition, true)).toBeNull();
    expect(refusalOf({ ...condition, tables: 0 }, false)).toBeNull();
    expect(refusalOf({ ...condition, standby: true }, true)).toMatch(/standby/);
    expect(planOf(condition, null).join(' ')).toMatch(/rolled back/);
  });
});
