import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lintProject } from '../src/project.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'place-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): void {
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function commit(): void {
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
}

/** What the history's own rules say of the files that changed on the branch. */
async function told(): Promise<string[]> {
  const { findings } = await lintProject({ cwd: folder, config: false });
  return findings.filter(({ category }) => category === 'reversibility').map(({ ruleId, path, message }) => `${ruleId} ${path.split('/').at(-1) ?? ''}: ${message}`);
}

const revision = (id: string, parent: string | null, table: string): string => `from alembic import op
import sqlalchemy as sa

revision = "${id}"
down_revision = ${parent === null ? 'None' : `"${parent}"`}


def upgrade() -> None:
    op.create_table("${table}", sa.Column("id", sa.BigInteger(), primary_key=True))


def downgrade() -> None:
    op.drop_table("${table}")
`;

it('finds two heads of a revision graph, and not in one chain', async () => {
  write('alembic.ini', '[alembic]\n');
  write('alembic/versions/a_first.py', revision('aaaaaaaaaaaa', null, 'a'));
  write('alembic/versions/b_second.py', revision('bbbbbbbbbbbb', 'aaaaaaaaaaaa', 'b'));
  commit();
  git('checkout', '-q', '-b', 'feature');
  write('alembic/versions/c_third.py', revision('cccccccccccc', 'bbbbbbbbbbbb', 'c'));
  expect(await told()).toEqual([]);
  write('alembic/versions/c_third.py', revision('cccccccccccc', 'aaaaaaaaaaaa', 'c'));
  expect(await told()).toEqual(['branched-history c_third.py: This history has another end: "versions/b_second.py".']);
});

it('finds a file before deployed ones, a number given twice and an edit of a deployed file', async () => {
  write('migrations/0001_a.sql', 'CREATE TABLE a (id bigint PRIMARY KEY);\n');
  write('migrations/0003_c.sql', 'CREATE TABLE c (id bigint PRIMARY KEY);\n');
  commit();
  git('checkout', '-q', '-b', 'feature');
  write('migrations/0002_b.sql', 'CREATE TABLE b (id bigint PRIMARY KEY);\n');
  expect(await told()).toEqual(['branched-history 0002_b.sql: "migrations/0003_c.sql" is deployed already and comes after this file.']);
  rmSync(join(folder, 'migrations/0002_b.sql'));

  write('migrations/0004_d.sql', 'CREATE TABLE d (id bigint PRIMARY KEY);\n');
  expect(await told()).toEqual([]);
  write('migrations/0004_e.sql', 'CREATE TABLE e (id bigint PRIMARY KEY);\n');
  expect(await told()).toEqual([
    'branched-history 0004_d.sql: "migrations/0004_e.sql" claims the same number.',
    'branched-history 0004_e.sql: "migrations/0004_d.sql" claims the same number.',
  ]);
  rmSync(join(folder, 'migrations/0004_d.sql'));
  rmSync(join(folder, 'migrations/0004_e.sql'));

  write('migrations/0001_a.sql', '-- a comment\nCREATE TABLE a (id bigint PRIMARY KEY);\n');
  expect(await told()).toEqual([]);
  write('migrations/0001_a.sql', 'CREATE TABLE a (id bigint PRIMARY KEY, name text);\n');
  expect(await told()).toEqual(['edited-applied-migration 0001_a.sql: This migration is on the default branch already, and does something else here.']);
});

it('finds a table that only a later file creates', async () => {
  write('migrations/0001_a.sql', 'ALTER TABLE b ADD COLUMN x text;\n');
  write('migrations/0002_b.sql', 'CREATE TABLE b (id bigint PRIMARY KEY);\n');
  expect(await told()).toEqual(['object-used-before-created 0001_a.sql: Table "b" is created only by a later migration.']);
});
