// Runs the tests that need other programs. They are installed into one folder,
// INTEGRATION_PROGRAMS or node_modules/.cache/integrations; what cannot be
// installed is skipped by its tests, which say so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const programs = process.env.INTEGRATION_PROGRAMS ?? join(root, 'node_modules/.cache/integrations');

const NPM = [
  'husky@9', 'lint-staged@16', 'lefthook@2', 'simple-git-hooks@2', 'knex@3', 'sequelize@6', 'sequelize-cli@6', 'pg@8',
  'typeorm@1', 'reflect-metadata@0.2', 'node-pg-migrate@9', 'drizzle-kit@0.31', 'drizzle-orm@0.45', 'jiti@2',
  // 7 wants a newer Node than the oldest that we run on.
  '@mikro-orm/cli@6.6.7', '@mikro-orm/core@6.6.7', '@mikro-orm/postgresql@6.6.7', '@mikro-orm/migrations@6.6.7',
  'db-migrate@0.11', 'db-migrate-pg@1', 'kysely@0.28', 'kysely-ctl@0.21', '@electric-sql/pglite-socket@0.2',
];
/** Folders of Python programs. */
const PYTHON = {
  python: ['pre-commit', 'alembic', 'sqlalchemy', 'django', 'rust-just'],
  // The last version of Alembic that knows no `exec`, as Debian 12 has it.
  'python-old': ['alembic==1.8.1', 'sqlalchemy<2', 'setuptools<81'],
  // What the demo project needs, and the last Alembic before `exec` that takes SQLAlchemy 2.
  'python-shop': ['alembic', 'sqlmodel', 'asyncpg', 'greenlet'],
  'python-shop-old': ['alembic==1.11.3', 'sqlmodel', 'asyncpg', 'greenlet'],
};

function run(command, args, cwd = programs) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) console.error(`integrations: ${command} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
  return status === 0;
}

if (!existsSync(join(root, 'dist/cli.cjs')) && !run('npm', ['run', 'build'], root)) process.exit(1);

mkdirSync(programs, { recursive: true });
if (!existsSync(join(programs, 'package.json'))) {
  writeFileSync(join(programs, 'package.json'), '{ "private": true }\n');
  // One by one: a program that cannot be had must not keep the others away.
  if (!run('npm', ['install', '--no-audit', '--no-fund', ...NPM])) for (const name of NPM) run('npm', ['install', '--no-audit', '--no-fund', name]);
}
for (const [folder, packages] of Object.entries(PYTHON)) {
  if (!existsSync(join(programs, folder)) && run('python3', ['-m', 'venv', folder])) run(join(programs, folder, 'bin/pip'), ['install', '--quiet', ...packages]);
}

const modules = join(programs, 'node_modules');
mkdirSync(join(modules, '.bin'), { recursive: true });
for (const [link, target] of [['migration-guard', root], ['.bin/migration-guard', join(root, 'bin/migration-guard.js')]]) {
  rmSync(join(modules, link), { force: true });
  symlinkSync(target, join(modules, link));
}

const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'vitest.integrations.config.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, INTEGRATION_PROGRAMS: programs },
});
process.exitCode = status ?? 1;
