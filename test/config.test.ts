import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, loadConfigNow, readConfig } from '../src/config.js';
import { configSchema } from '../src/config/schema.js';
import { globMatcher } from '../src/discover/glob.js';
import { lintProject, type ProjectOptions } from '../src/project.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

async function found(options: ProjectOptions = {}): Promise<string[]> {
  const { findings } = await lintProject({ cwd: folder, ...options });
  return findings.map(({ path, severity, ruleId }) => `${path} ${severity} ${ruleId}`);
}

const NAME = 'migration-guard.config.json';

describe('extends', () => {
  it('begins with others, the later over the earlier, paths meaning what they meant there', async () => {
    write('shared/a.json', { preset: 'strict', rules: { 'drop-table': 'off', 'drop-column': 'info' }, paths: ['sql'], tables: { a: 'hot' } });
    write('shared/b.json', { rules: { 'drop-table': 'warning' }, postgres: 14 });
    write(NAME, { extends: ['./shared/a.json', './shared/b.json'], rules: { 'drop-column': 'error' }, tables: { b: 'small' } });
    const expected = {
      preset: 'strict',
      postgres: 14,
      rules: { 'drop-table': 'warning', 'drop-column': 'error' },
      paths: [join(folder, 'shared/sql')],
      tables: { a: 'hot', b: 'small' },
    };
    expect((await loadConfig(folder, folder)).config).toEqual(expected);
    expect(loadConfigNow(folder, folder).config).toEqual(expected);
  });

  it('takes packages, and modules in them', async () => {
    write('node_modules/guard-rules/package.json', { name: 'guard-rules', main: 'index.cjs' });
    write('node_modules/guard-rules/index.cjs', "module.exports = { preset: 'all' };");
    write(NAME, { extends: 'guard-rules' });
    expect((await loadConfig(folder, folder)).config).toEqual({ preset: 'all' });
  });

  it('names what is not there, and a circle', async () => {
    write(NAME, { extends: './none.json' });
    await expect(loadConfig(folder, folder)).rejects.toThrow(`"extends": there is no ${join(folder, 'none.json')}.`);
    write(NAME, { extends: 'none' });
    await expect(loadConfig(folder, folder)).rejects.toThrow('there is no "none"; a path begins with "./".');
    write('a.json', { extends: `./${NAME}` });
    write(NAME, { extends: './a.json' });
    await expect(loadConfig(folder, folder)).rejects.toThrow('leads back to');
  });
});

it('a TypeScript configuration is read by Node or by jiti, else the way out is named', async () => {
  write('migration-guard.config.ts', "const preset: string = 'strict';\nexport default { preset };\n");
  write('node_modules/jiti/package.json', { name: 'jiti', main: 'index.cjs' });
  write('node_modules/jiti/index.cjs', "module.exports = { createJiti: () => ({ import: async () => ({ default: { preset: 'strict' } }) }) };");
  expect((await loadConfig(folder, folder)).config).toEqual({ preset: 'strict' });
});

describe('overrides', () => {
  it('switch rules for the files they match, relative to the configuration; the last wins, arguments over all', async () => {
    write('migrations/legacy/1.sql', 'DROP TABLE a;\n');
    write('migrations/legacy/new/2.sql', 'DROP TABLE b;\n');
    write('migrations/3.sql', 'DROP TABLE c;\n');
    write(NAME, {
      overrides: [
        { files: ['migrations/legacy/**'], rules: { 'drop-table': 'off' } },
        { files: 'migrations/legacy/new/', rules: { 'drop-table': 'info' } },
      ],
    });
    expect(await found()).toEqual(['migrations/3.sql error drop-table', 'migrations/legacy/new/2.sql info drop-table']);
    expect(await found({ rules: { 'drop-table': 'warning' } })).toHaveLength(3);
  });

  it.each([
    ['**/*.sql', 'a/b.sql', true],
    ['**/*.sql', 'b.sql', true],
    ['*.sql', 'a/b.sql', false],
    ['a/*.{sql,py}', 'a/b.py', true],
    ['./a/', 'a/b/c.sql', true],
    ['a/v[12].sql', 'a/v2.sql', true],
    ['a/v[!12].sql', 'a/v2.sql', false],
    ['a.sql', 'axsql', false],
  ])('%s, %s: %s', (glob, path, matches) => {
    expect(globMatcher(glob).test(path)).toBe(matches);
  });
});

describe('what is known of the database', () => {
  it('a small table is read in a moment, a hot one is never idle', async () => {
    write('migrations/1.sql', "SET lock_timeout = '1s';\nCREATE INDEX i ON countries (a);\nCREATE INDEX j ON orders (a);\n");
    expect(await found()).toEqual(['migrations/1.sql error create-index-blocking', 'migrations/1.sql error create-index-blocking']);
    write(NAME, { tables: { countries: 'small' } });
    expect(await found()).toEqual(['migrations/1.sql info create-index-blocking', 'migrations/1.sql error create-index-blocking']);
  });

  it('what loses data loses it on a small table too', async () => {
    write('migrations/1.sql', 'DROP TABLE countries;\n');
    write(NAME, { tables: { countries: 'small' } });
    expect(await found()).toEqual(['migrations/1.sql error drop-table']);
  });

  it('a setting in force is as good as one in the file, until the file takes it away', async () => {
    write('migrations/1.sql', 'ALTER TABLE a ADD COLUMN b int;\n');
    const options = { rules: { 'brief-access-exclusive': 'warning' } } as const;
    expect(await found(options)).toContain('migrations/1.sql warning brief-access-exclusive');
    write(NAME, { settings: { lockTimeout: '2s' } });
    expect(await found(options)).toEqual([]);
    write('migrations/1.sql', 'SET lock_timeout = 0;\nALTER TABLE a ADD COLUMN b int;\n');
    expect(await found(options)).toContain('migrations/1.sql warning brief-access-exclusive');
    write('migrations/1.sql', 'SET lock_timeout = 0;\nRESET lock_timeout;\nALTER TABLE a ADD COLUMN b int;\n');
    expect(await found(options)).not.toContain('migrations/1.sql warning brief-access-exclusive');
  });
});

describe('mistakes are named with what was meant', () => {
  it.each([
    [{ tabels: {} }, 'unknown key "tabels". Did you mean "tables"?'],
    [{ tables: { a: 'big' } }, '"tables": "a" must be one of hot, small'],
    [{ settings: { locktimeout: '1s' } }, 'unknown setting "locktimeout". Did you mean "lockTimeout"?'],
    [{ settings: { lockTimeout: 1 } }, '"settings": "lockTimeout" must be a string.'],
    [{ overrides: [{ file: 'a', rules: {} }] }, 'unknown key "file". Did you mean "files"?'],
    [{ overrides: [{ files: 'a', rules: { 'drop-tabel': 'off' } }] }, 'Did you mean "drop-table"?'],
  ])('%j', (config, message) => {
    expect(() => readConfig(config, 'config')).toThrow(message);
  });
});

describe('schema.json', () => {
  interface Schema {
    properties: Record<string, { enum?: unknown[]; properties?: object }>;
  }
  const schema = JSON.parse(readFileSync(resolve(import.meta.dirname, '../schema.json'), 'utf8')) as Schema;

  it('knows every key that the reader knows, and its values', () => {
    for (const [key, { enum: values }] of Object.entries(schema.properties)) {
      if (key === '$schema') continue;
      const refused = (value: unknown): string => {
        try {
          readConfig({ [key]: value }, '');
          return '';
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(refused(Symbol.iterator)).not.toContain('unknown key');
      for (const value of values ?? []) expect(refused(value)).toBe('');
    }
    for (const key of Object.keys(configSchema([]))) expect(schema).toHaveProperty([key]);
  });
});
