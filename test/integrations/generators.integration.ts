import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { Project, withProgram } from './project.js';

let project: Project;

beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

function generate(...words: string[]): string {
  const { code, text } = project.run('migration-guard', 'run', '--', ...words);
  expect(text).not.toContain('internal error');
  expect(code, text).toBe(0);
  return text;
}

const NOTHING_YET = '1 new migration, nothing to check yet';

describe('run -- <generator>', () => {
  withProgram('knex', 'a new migration', () => {
    project.write('knexfile.js', "module.exports = { client: 'pg', migrations: { directory: './migrations' } };\n");
    expect(generate('knex', 'migrate:make', 'first')).toContain(NOTHING_YET);
    expect(readdirSync(join(project.folder, 'migrations'))).toHaveLength(1);
  });

  withProgram('knex', 'a stub of the project\'s own with something in it', () => {
    project.write('stub.js', "exports.up = (knex) => knex.schema.dropTable('users');\nexports.down = () => {};\n");
    project.write('knexfile.js', "module.exports = { client: 'pg', migrations: { directory: './migrations', stub: './stub.js' } };\n");
    expect(generate('knex', 'migrate:make', 'drop')).toMatch(/migrations\/\d+_drop\.js:1:[\s\S]*drop-table/);
  });

  withProgram('sequelize-cli', 'a new migration', () => {
    expect(generate('sequelize-cli', 'migration:generate', '--name', 'first')).toContain(NOTHING_YET);
  });

  withProgram('typeorm', 'a new migration', () => {
    expect(generate('typeorm', 'migration:create', 'src/migrations/First')).toContain(NOTHING_YET);
  });

  withProgram('node-pg-migrate', 'a new migration', () => {
    expect(generate('node-pg-migrate', 'create', 'first', '--migration-file-language', 'js')).toContain(NOTHING_YET);
  });

  withProgram('drizzle-kit', 'what a changed schema comes to', () => {
    project.write('drizzle.config.ts', "export default { dialect: 'postgresql', schema: './schema.ts', out: './drizzle' };\n");
    const columns = (rest: string): string =>
      `import { pgTable, integer, text } from 'drizzle-orm/pg-core';\nexport const users = pgTable('users', { id: integer().primaryKey()${rest} });\n`;
    project.write('schema.ts', columns(', name: text()'));
    expect(generate('drizzle-kit', 'generate')).toContain('No findings');
    project.write('schema.ts', columns(''));
    expect(generate('drizzle-kit', 'generate')).toMatch(/drizzle\/0001_\w+\.sql:1:[\s\S]*drop-column/);
  });
});

describe('Alembic', () => {
  const TEMPLATE = 'from alembic import op\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\ndef upgrade():\n    op.drop_table("users")\n\ndef downgrade():\n    pass\n';

  function initialise(ini: string): void {
    expect(project.run('alembic', 'init', 'alembic').code).toBe(0);
    project.write('alembic/script.py.mako', TEMPLATE);
    const own = project.read('alembic.ini').replace('[post_write_hooks]', `[post_write_hooks]\n${ini}`);
    project.write('alembic.ini', own);
  }

  withProgram('alembic', 'exec hook', () => {
    initialise('hooks = migration_guard\nmigration_guard.type = exec\nmigration_guard.executable = npx\nmigration_guard.options = --no-install migration-guard REVISION_SCRIPT_FILENAME\n');
    const { code, text } = project.run('alembic', 'revision', '-m', 'drop');
    expect(text).toMatch(/alembic\/versions\/\w+_drop\.py:6:[\s\S]*drop-table/);
    expect(code).toBe(0);
  });

  withProgram('alembic', 'hook registered in env.py, for versions without exec', () => {
    initialise('hooks = guard\nguard.type = migration_guard\n');
    project.write('alembic.ini', project.read('alembic.ini').replace('[alembic]', '[alembic]\nrevision_environment = true'));
    project.write(
      'alembic/env.py',
      'import subprocess\nfrom alembic.script import write_hooks\n\n@write_hooks.register("migration_guard")\ndef _migration_guard(filename, options):\n    subprocess.run(["npx", "--no-install", "migration-guard", filename], check=False)\n',
    );
    const { code, text } = project.run('alembic', 'revision', '-m', 'drop');
    expect(text).toContain('drop-table');
    expect(code, text).toBe(0);
  });

  withProgram('alembic', 'run --', () => {
    initialise('');
    expect(generate('alembic', 'revision', '-m', 'drop')).toMatch(/_drop\.py:6:[\s\S]*drop-table/);
  });
});
