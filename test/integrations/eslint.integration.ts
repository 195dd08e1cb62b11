import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintProject } from '../../src/project.js';
import { ruleDescriptions } from '../../src/eslint/rules.js';
import { FIXTURES, fixturesOf } from '../rule-fixtures.js';
import { cellWith, copyProjects, execute, type Cell } from './cell.js';

const TOOLS = { typescript: '5.9.3', '@typescript-eslint/parser': '8.73.0' };

const VERSIONS: Record<string, Record<string, string>> = {
  'eslint-8': { eslint: '8.57.1', '@eslint/js': '8.57.1', ...TOOLS },
  'eslint-9': { eslint: '9.39.5', '@eslint/js': '9.39.5', ...TOOLS },
  'eslint-10': { eslint: '10.15.0', '@eslint/js': '10.0.1', ...TOOLS },
};

interface Place {
  path: string;
  rule: string;
  message: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

interface EslintResult {
  filePath: string;
  messages: (Omit<Place, 'path' | 'rule'> & { ruleId: string | null; fatal?: boolean })[];
}

function byPlace(a: Place, b: Place): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

const recommended = new Set(ruleDescriptions.filter((rule) => rule.recommended).map(({ id }) => id));

/** What the command line finds in the demo projects of a cell, or elsewhere in it. */
async function expected({ folder }: Cell, paths = ['projects']): Promise<Place[]> {
  const { findings } = await lintProject({ cwd: folder, paths, preset: 'all' });
  return findings
    .filter(({ suppressed, ruleId }) => suppressed === null && recommended.has(ruleId))
    .map(({ path, ruleId, message, start, end }) => ({
      path,
      rule: `migration-guard/${ruleId}`,
      message,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    }))
    .sort(byPlace);
}

function shown(cell: Cell, args: readonly string[], env: Record<string, string> = {}): Place[] {
  const { stdout, stderr, status } = cell.eslint(['-f', 'json', ...args], env);
  if (!stdout.startsWith('[')) throw new Error(`eslint exited with ${status}: ${stderr}${stdout}`);
  return (JSON.parse(stdout) as EslintResult[])
    .flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, message, line, column, endLine, endColumn }) => ({
        path: filePath.slice(cell.folder.length + 1),
        rule: ruleId ?? 'fatal',
        message,
        line,
        column,
        endLine,
        endColumn,
      })),
    )
    .sort(byPlace);
}

function flat(cell: Cell, body: string): void {
  cell.remove('.eslintrc.cjs');
  cell.write(
    'eslint.config.mjs',
    `import guard from 'eslint-plugin-migration-guard';
import js from '@eslint/js';
import * as parser from '@typescript-eslint/parser';
const typescript = { files: ['**/*.ts'], languageOptions: { parser } };
export default [{ ignores: ['*.*'] }, ${body}];
`,
  );
}

/** Every fixture of every rule, each in a project of its own, where the configuration says that migrations are. */
function writeFixtures(cell: Cell): void {
  cell.remove('fixtures-of-rules');
  cell.write('migration-guard.config.json', JSON.stringify({ paths: ['fixtures-of-rules'] }));
  for (const rule of readdirSync(FIXTURES)) {
    for (const { file, text } of fixturesOf(rule)) {
      const name = /[jt]s$/.test(file) ? `1700000000000-${file}` : file;
      cell.write(`fixtures-of-rules/${rule}-${file.replaceAll('.', '-')}/migrations/${name}`, text);
    }
  }
}

function legacy(cell: Cell): void {
  cell.remove('eslint.config.mjs');
  cell.write(
    '.eslintrc.cjs',
    `module.exports = {
  root: true,
  parserOptions: { ecmaVersion: 'latest', sourceType: 'module' },
  extends: ['plugin:migration-guard/recommended-legacy'],
  overrides: [{ files: ['*.ts'], parser: '@typescript-eslint/parser' }],
};
`,
  );
}

const RULE_TESTER = `
const { RuleTester } = require('eslint');
const { rules } = require('eslint-plugin-migration-guard');
const major = Number(require('eslint/package.json').version.split('.')[0]);
const parser = require('@typescript-eslint/parser');
RuleTester.it = (_, run) => run();
RuleTester.describe = (_, run) => run();
const tester = new RuleTester(
  major === 8 ? { parser: require.resolve('@typescript-eslint/parser') } : { languageOptions: { parser } },
);
const up = (body) => "import { MigrationInterface, QueryRunner } from 'typeorm';\\nexport class A1700000000000 implements MigrationInterface {\\n  async up(queryRunner: QueryRunner): Promise<void> {\\n    " + body + "\\n  }\\n  async down(): Promise<void> {}\\n}\\n";
const drop = up("await queryRunner.dropColumn('orders', 'note');");
const reason = '// migration-guard-disable-next-line drop-column -- TODO: why this is safe here';
tester.run('drop-column', rules['drop-column'], {
  valid: [{ filename: 'src/migrations/1700000000000-A.ts', code: up("await queryRunner.query('SELECT 1');") }, { filename: 'src/app.ts', code: 'export const dropColumn = 1;' }],
  invalid: [{
    filename: 'src/migrations/1700000000000-A.ts',
    code: drop,
    errors: [{
      messageId: 'found',
      line: 4,
      suggestions: [{ messageId: 'suppress', output: drop.replace('    await', '    ' + reason + '\\n    await') }],
    }],
  }],
});
if (major > 8) {
  const plugin = require('eslint-plugin-migration-guard');
  new RuleTester({ plugins: { 'migration-guard': plugin }, language: 'migration-guard/sql' }).run('drop-column', rules['drop-column'], {
    valid: [{ filename: 'migrations/1.sql', code: 'SELECT 1;\\n' }],
    invalid: [{
      filename: 'migrations/1.sql',
      code: 'ALTER TABLE orders DROP COLUMN note;\\n',
      errors: [{ messageId: 'found', suggestions: [{ messageId: 'suppress', output: '-- migration-guard-disable-next-line drop-column -- TODO: why this is safe here\\nALTER TABLE orders DROP COLUMN note;\\n' }] }],
    }],
  });
}
console.log('ran');
`;

const TYPED = `import guard from 'eslint-plugin-migration-guard';
import same from 'migration-guard/eslint';
import { defineConfig } from 'eslint/config';
import type { Linter } from 'eslint';

const list: Linter.Config[] = [...guard.configs.recommended, ...same.configs.strict, ...guard.configs.js];
// @ts-expect-error there is none of this name
guard.configs.reccommended;
export default defineConfig([
  list,
  { files: ['**/*.sql'], plugins: { guard }, language: 'guard/sql', rules: { 'guard/drop-column': 'error' } },
]);
`;

describe.each(Object.entries(VERSIONS))('%s', (name, dependencies) => {
  const major = Number(name.slice('eslint-'.length));
  const cell = cellWith(name, dependencies);

  const withCell = (title: string, run: (cell: Cell) => Promise<void> | void): void => {
    test.skipIf(cell === null)(title, async () => {
      if (cell === null) return;
      // Whatever a run that was broken off has left.
      for (const file of ['eslint.config.mjs', '.eslintrc.cjs', '.eslintcache', 'migration-guard.config.json', 'fixtures-of-rules']) cell.remove(file);
      copyProjects(cell);
      await run(cell);
    });
  };

  withCell('both packages load with require and with import', (at) => {
    const { stdout, stderr } = at.script(`
      const plugin = require('eslint-plugin-migration-guard');
      Promise.all([import('eslint-plugin-migration-guard'), import('migration-guard/eslint')]).then((modules) =>
        console.log(modules.every((module) => module.default === plugin), Object.keys(plugin.rules).length));`);
    expect(stderr).toBe('');
    // One more than the guard has: comments in the wrong syntax are for ESLint alone.
    expect(stdout).toBe(`true ${ruleDescriptions.length + 1}\n`);
  });

  withCell('what is published', ({ folder }) => {
    const published = (name: string): string[] => (readdirSync(join(folder, 'node_modules', name), { recursive: true }) as string[]).filter((path) => !path.startsWith('node_modules')).sort();
    expect(published('eslint-plugin-migration-guard')).toEqual(['LICENSE', 'README.md', 'index.cjs', 'index.d.cts', 'package.json']);
    const guard = published('migration-guard');
    expect(guard).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/eslint.cjs', 'dist/eslint.js', 'dist/libpg-query.wasm', 'dist/types/eslint.d.cts', 'dist/types/eslint.d.ts', 'schema.json']));
    expect(guard.filter((path) => /^(?:src|test|fixtures|bench|scripts|packages)\b|\.test\./.test(path))).toEqual([]);
  });

  if (major > 8) {
    withCell('a configuration in TypeScript has types', (at) => {
      at.write('typed/eslint.config.ts', TYPED);
      const options = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2023'];
      const { stdout } = execute(process.execPath, ['node_modules/typescript/bin/tsc', ...options, 'typed/eslint.config.ts'], at.folder);
      at.remove('typed');
      expect(stdout).toBe('');
    });
  }

  withCell('flat, through the processor', async (at) => {
    flat(at, 'typescript, ...guard.configs.js, ...guard.configs.processor');
    const found = shown(at, ['projects'], { ESLINT_USE_FLAT_CONFIG: 'true' });
    expect(found).toEqual(await expected(at));
    expect(new Set(found.map(({ path }) => path.replace(/.*\./, '')))).toEqual(new Set(['sql', 'py', 'ts']));
  });

  if (major === 8) {
    withCell('a configuration with languages is refused, which is why the others exist', (at) => {
      flat(at, '...guard.configs.recommended');
      expect(at.eslint(['projects'], { ESLINT_USE_FLAT_CONFIG: 'true' }).stderr).toContain('Unexpected key "language"');
    });
  }

  if (major < 10) {
    withCell('eslintrc', async (at) => {
      legacy(at);
      const extensions = ['--ext', '.ts,.js,.sql,.py'];
      expect(shown(at, [...extensions, 'projects'], { ESLINT_USE_FLAT_CONFIG: 'false' })).toEqual(await expected(at));
    });
  }

  if (major > 8) {
    withCell('flat, through the languages', async (at) => {
      flat(at, 'typescript, ...guard.configs.recommended');
      expect(shown(at, ['projects'])).toEqual(await expected(at));
    });

    withCell('beside unscoped JavaScript rules, all of them', async (at) => {
      flat(at, 'js.configs.all, typescript, ...guard.configs.recommended');
      const found = shown(at, ['projects']);
      const ours = ({ path, rule }: Place): boolean => !path.endsWith('.ts') || rule.startsWith('migration-guard/');
      expect(found.filter(ours)).toEqual(await expected(at));
    });

    withCell('from a cache the second time', async (at) => {
      flat(at, 'typescript, ...guard.configs.recommended');
      at.remove('.eslintcache');
      const first = shown(at, ['--cache', 'projects']);
      expect(shown(at, ['--cache', 'projects'])).toEqual(first);
      expect(first).toEqual(await expected(at));
    });

    withCell('from standard input', (at) => {
      flat(at, 'typescript, ...guard.configs.recommended');
      const file = 'projects/sql-shop/migrations/0002_country_required.sql';
      const whole = shown(at, ['projects']).filter(({ path }) => path === file);
      const { stdout } = execute('sh', ['-c', `node node_modules/eslint/bin/eslint.js -f json --stdin --stdin-filename ${file} < ${file}`], at.folder);
      const [result] = JSON.parse(stdout) as EslintResult[];
      expect(result?.messages.map(({ ruleId, line, column }) => ({ rule: ruleId, line, column })).sort((a, b) => a.line - b.line)).toEqual(
        whole.map(({ rule, line, column }) => ({ rule, line, column })).sort((a, b) => a.line - b.line),
      );
    });
  }

  withCell('every fixture of every rule', async (at) => {
    writeFixtures(at);
    try {
      if (major === 8) legacy(at);
      else flat(at, 'typescript, ...guard.configs.recommended');
      const args = major === 8 ? ['--ext', '.ts,.js,.sql,.py'] : [];
      const found = shown(at, [...args, 'fixtures-of-rules'], major === 8 ? { ESLINT_USE_FLAT_CONFIG: 'false' } : {});
      expect(found.length).toBeGreaterThan(100);
      expect(found).toEqual(await expected(at, ['fixtures-of-rules']));
    } finally {
      at.remove('fixtures-of-rules');
      at.remove('migration-guard.config.json');
    }
  });

  withCell('RuleTester', (at) => {
    const { stdout, stderr } = at.script(RULE_TESTER);
    expect(stderr).toBe('');
    expect(stdout).toBe('ran\n');
  });
});
