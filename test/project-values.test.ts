import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostFor } from '../src/discover/host.js';
import { TypeScriptProject } from '../src/discover/typescript.js';
import { parserFor } from '../src/parsers/load.js';

let folder: string;
let compiler: TypeScriptProject;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-values-'));
  compiler = new TypeScriptProject(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The tables that a TypeORM migration drops, `?` where a name is not known. */
function dropped(imports: string, ...names: string[]): string[] {
  const calls = names.map((name) => `    await queryRunner.query(\`DROP TABLE \${${name}}\`);\n`).join('');
  return read(
    'src/migrations/1718000000000-a.ts',
    `import { MigrationInterface, QueryRunner } from 'typeorm';\n${imports}\nexport class A1718000000000 implements MigrationInterface {\n  async up(queryRunner: QueryRunner) {\n${calls}  }\n  async down() {}\n}\n`,
  );
}

function read(path: string, text: string): string[] {
  const migration = parserFor('javascript').parse({ path, text }, { host: hostFor(folder, compiler) });
  if (!('up' in migration)) throw new Error(migration.skipped);
  return migration.up.map((operation) => (operation.kind === 'dropTable' && operation.partial === undefined ? operation.table.name : '?'));
}

const PATHS = JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@db/*': ['app/database/*'] } } });

describe('values from other files', () => {
  it('path mapping: an enum, a constant object, a template, a function, one passed on', () => {
    write({
      'tsconfig.json': PATHS,
      'app/database/names.ts': "export enum Table { Users = 'users', Orders = 'orders' }\nexport const tables = { invoices: 'invoices' } as const;\nconst prefix = 'app';\nexport const Audit = `${prefix}_audit`;\nexport function archived(name: string) { return `${name}_archive`; }\n",
      'app/database/index.ts': "export * from './names';\nexport { Table as Renamed } from '@db/names';\n",
    });
    const found = dropped("import { Table, tables, Audit, archived, Renamed } from '@db/index';", 'Table.Users', 'tables.invoices', 'Audit', "archived('users')", 'Renamed.Orders');
    expect(found).toEqual(['users', 'invoices', 'app_audit', 'users_archive', 'orders']);
  });

  it('path mapping that stands in a configuration extended, and wins over a folder that only looks right', () => {
    write({
      'tsconfig.base.json': PATHS,
      'tsconfig.json': '{ "extends": "./tsconfig.base.json" /* comments are allowed */ }',
      'app/database/names.ts': "export const T = 'mapped';\n",
      'src/@db/names.ts': "export const T = 'guessed';\n",
      'src/db/names.ts': "export const T = 'guessed';\n",
    });
    expect(dropped("import { T } from '@db/names';", 'T')).toEqual(['mapped']);
  });

  it('what only types tell', () => {
    write({
      'tsconfig.json': PATHS,
      'app/database/declared.d.ts': "export declare const Users: 'users';\nexport declare function prefixed<T extends string>(name: T): `app_${T}`;\nexport declare const Any: string;\n",
    });
    expect(dropped("import { Users, prefixed, Any } from '@db/declared';", 'Users', "prefixed('users')", 'Any')).toEqual(['users', 'app_users', '?']);
  });

  it('JavaScript without a tsconfig: the exports of the package itself, its imports, and a workspace', () => {
    write({
      'package.json': JSON.stringify({ name: 'shop', exports: { './names': './lib/names.js' }, imports: { '#names': './lib/names.js' }, dependencies: { shared: 'workspace:*' } }),
      'lib/names.js': "exports.USERS = 'users';\n",
      'packages/shared/package.json': JSON.stringify({ name: 'shared', exports: { './tables': './src/tables.js' } }),
      'packages/shared/src/tables.js': "exports.ORDERS = 'orders';\n",
      'node_modules/.keep': '',
    });
    symlinkSync(join(folder, 'packages/shared'), join(folder, 'node_modules/shared'), 'junction');
    const text = "const { USERS } = require('shop/names');\nconst names = require('#names');\nconst { ORDERS } = require('shared/tables');\nexports.up = async (knex) => {\n  await knex.raw(`DROP TABLE ${USERS}`);\n  await knex.raw(`DROP TABLE ${names.USERS}`);\n  await knex.raw(`DROP TABLE ${ORDERS}`);\n};\nexports.down = async (knex) => {};\n";
    expect(read('migrations/20240101000000_a.js', text)).toEqual(['users', 'users', 'orders']);
  });

  it('packages are not followed', () => {
    write({ 'tsconfig.json': PATHS, 'node_modules/names/package.json': '{ "name": "names", "main": "index.js" }', 'node_modules/names/index.js': "exports.T = 'users';\n" });
    expect(dropped("import { T } from 'names';", 'T')).toEqual(['?']);
    expect(compiler.isLoaded).toBe(false);
  });
});

describe('the compiler', () => {
  it('is not loaded for files that do not need it', () => {
    write({ 'tsconfig.json': PATHS, 'package.json': '{ "dependencies": { "typeorm": "^0.3.0", "ulid": "^2.0.0" } }', 'src/names.ts': "export enum Table { Users = 'users' }\n" });
    expect(dropped("import { Table } from '../names';\nimport { ulid } from 'ulid';\nimport { join } from 'node:path';", 'Table.Users', 'ulid()', 'process.env.TABLE')).toEqual(['users', '?', '?']);
    expect(compiler.isLoaded).toBe(false);
  });

  it('is loaded for those that do', () => {
    write({ 'tsconfig.json': PATHS, 'app/database/names.ts': "export const T = 'users';\n" });
    expect(dropped("import { T } from '@db/names';", 'T')).toEqual(['users']);
    expect(compiler.isLoaded).toBe(true);
    expect(compiler.takeNotice()).toBeNull();
  });

  it('is missed once', () => {
    compiler = new TypeScriptProject(folder, () => null);
    write({ 'tsconfig.json': PATHS, 'app/database/names.ts': "export const T = 'users';\n" });
    expect(dropped("import { T } from '@db/names';", 'T')).toEqual(['?']);
    expect([compiler.takeNotice(), compiler.takeNotice()]).toEqual([expect.stringContaining('add typescript 5 or 6'), null]);
  });
});
