import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { ruleDescriptions } from '../../src/eslint/rules.js';
import { lintProject } from '../../src/project.js';
import { cellWith, copyProjects, execute, type Cell } from './cell.js';

const recommended = new Set(ruleDescriptions.filter((rule) => rule.recommended).map(({ id }) => id));

const NEIGHBOURS = {
  typescript: '5.9.3',
  'typescript-eslint': '8.73.0',
  'eslint-plugin-unicorn': '59.0.1',
  'eslint-plugin-import-x': '4.18.1',
  'eslint-plugin-n': '18.5.0',
  'eslint-plugin-prettier': '5.5.7',
  prettier: '3.10.1',
  '@eslint/json': '2.1.1',
  '@eslint/markdown': '8.0.3',
};

const VERSIONS: Record<string, Record<string, string>> = {
  'neighbours-9': { eslint: '9.39.5', '@eslint/js': '9.39.5', ...NEIGHBOURS },
  'neighbours-10': { eslint: '10.15.0', '@eslint/js': '10.0.1', ...NEIGHBOURS },
};

/** None of the configurations for JavaScript says which files it is for. */
const UNSCOPED = `import guard from 'eslint-plugin-migration-guard';
import js from '@eslint/js';
import json from '@eslint/json';
import markdown from '@eslint/markdown';
import importX from 'eslint-plugin-import-x';
import n from 'eslint-plugin-n';
import prettier from 'eslint-plugin-prettier';
import unicorn from 'eslint-plugin-unicorn';
import typescript from 'typescript-eslint';
const everywhere = ({ files, ...config }) => config;
export default [
  { linterOptions: { reportUnusedDisableDirectives: 'warn' } },
  js.configs.all,
  ...typescript.configs.recommended,
  everywhere(unicorn.configs.recommended),
  everywhere(importX.flatConfigs.recommended),
  everywhere(n.configs['flat/recommended']),
  { plugins: { prettier }, rules: { 'prettier/prettier': 'warn' } },
  { files: ['**/*.json'], plugins: { json }, language: 'json/json', ...json.configs.recommended },
  ...markdown.configs.recommended,
  ...guard.configs.recommended,
];
`;

interface Message {
  ruleId: string | null;
  message: string;
  line: number;
  column: number;
}

function messages(cell: Cell, args: readonly string[]): { path: string; messages: Message[] }[] {
  const { stdout, stderr, status } = cell.eslint(['-f', 'json', ...args]);
  if (!stdout.startsWith('[')) throw new Error(`eslint exited with ${status}: ${stderr}${stdout}`);
  return (JSON.parse(stdout) as { filePath: string; messages: Message[] }[]).map(({ filePath, messages: found }) => ({ path: filePath.slice(cell.folder.length + 1), messages: found }));
}

function lines(path: string, found: readonly Message[]): string[] {
  return found.map(({ ruleId, line, column, message }) => `${path}:${line}:${column} ${ruleId} ${message}`);
}

async function expected({ folder }: Cell, language: RegExp): Promise<string[]> {
  const { findings } = await lintProject({ cwd: folder, paths: ['projects'], preset: 'all' });
  return findings
    .filter(({ suppressed, ruleId, path }) => suppressed === null && recommended.has(ruleId) && language.test(path))
    .map(({ path, ruleId, start, message }) => `${path}:${start.line}:${start.column} migration-guard/${ruleId} ${message}`)
    .sort();
}

describe.each(Object.entries(VERSIONS))('%s', (name, dependencies) => {
  const cell = cellWith(name, dependencies);
  beforeEach(() => {
    // Whatever a run that was broken off has left.
    for (const path of ['migrations', 'alembic', 'directives', 'eslint.config.mjs', 'migration-guard.config.json']) cell?.remove(path);
  });

  test.skipIf(cell === null)('rules for JavaScript without a scope neither fail on SQL and Python nor find anything there', async () => {
    if (cell === null) return;
    copyProjects(cell);
    cell.write('eslint.config.mjs', UNSCOPED);
    // Prettier's rule takes what it does not know for JavaScript, in whatever language: its users have to scope it.
    const found = messages(cell, ['projects/**/*.sql', 'projects/**/*.py']).flatMap(({ path, messages: own }) => lines(path, own.filter(({ ruleId }) => ruleId !== 'prettier/prettier')));
    expect(found.sort()).toEqual(await expected(cell, /\.(?:sql|py)$/));
    const scripts = messages(cell, ['projects/**/*.ts']).flatMap(({ path, messages: own }) => lines(path, own.filter(({ ruleId }) => ruleId?.startsWith('migration-guard/'))));
    expect(scripts.sort()).toEqual(await expected(cell, /\.ts$/));
  });

  test.skipIf(cell === null)('directives with descriptions count, and those that do nothing are told of and taken out', () => {
    if (cell === null) return;
    cell.write('eslint.config.mjs', UNSCOPED);
    const rule = 'migration-guard/drop-column';
    const sql = (directive = ''): string => `${directive}\nALTER TABLE orders DROP COLUMN note;\n`;
    const python = (directive = ''): string => `from alembic import op\n\nrevision = "1"\ndown_revision = None\n\n\ndef upgrade():\n    op.drop_column("orders", "note")  ${directive}\n`;
    const files: Record<string, string> = {
      'directives/a/migrations/1.sql': sql(),
      'directives/b/migrations/1.sql': sql(`-- eslint-disable-next-line ${rule} -- unused since May`),
      'directives/c/migrations/1.sql': sql(`/* eslint-disable ${rule} -- unused\n   since May */`),
      'directives/d/alembic/versions/1.py': python(),
      'directives/e/alembic/versions/1.py': python(`# eslint-disable-line ${rule} -- unused since May`),
      'directives/f/migrations/1.sql': sql('-- eslint-disable-next-line migration-guard/drop-table -- nothing of the kind'),
    };
    // One run for all of them: with this many plugins each takes seconds to start.
    const found = (): Record<string, string[]> => {
      const results = messages(cell, ['directives']);
      return Object.fromEntries(Object.keys(files).map((path) => [path.charAt('directives/'.length), (results.find((one) => one.path === path)?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message)]));
    };
    try {
      for (const [path, text] of Object.entries(files)) cell.write(path, text);
      const { a, b, c, d, e, f } = found();
      expect([a, d, f].map((one) => one?.includes(rule))).toEqual([true, true, true]);
      expect([b, c, e].map((one) => one?.includes(rule))).toEqual([false, false, false]);
      const unused = (one?: string[]): boolean => one?.some((message) => message.startsWith('Unused eslint-disable')) === true;
      expect([a, b, c, d, e, f].map(unused)).toEqual([false, false, false, false, false, true]);
      cell.eslint(['--fix', 'directives/f']);
      expect(readFileSync(join(cell.folder, 'directives/f/migrations/1.sql'), 'utf8').trim()).toBe(sql().trim());
    } finally {
      cell.remove('directives');
    }
  });
});

describe('oxlint', () => {
  const cell = cellWith('oxlint', { oxlint: '1.94.0' });

  test.skipIf(cell === null)('the plugin finds the same in TypeScript', async () => {
    if (cell === null) return;
    copyProjects(cell);
    const rules = Object.fromEntries([...recommended].map((id) => [`migration-guard/${id}`, 'warn']));
    cell.write('.oxlintrc.json', JSON.stringify({ jsPlugins: ['eslint-plugin-migration-guard'], categories: { correctness: 'off' }, rules }));
    const { stdout } = execute(process.execPath, ['node_modules/oxlint/bin/oxlint', '-f', 'json', 'projects'], cell.folder);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { message: string; code?: string; filename: string; labels: { span: { line: number; column: number } }[] }[] };
    const found = diagnostics.map(({ message, code, filename, labels }) => {
      const { line, column } = labels[0]?.span ?? { line: 0, column: 0 };
      return `${filename}:${line}:${column} ${code?.replace(/^(.*)\((.*)\)$/, '$1/$2')} ${message}`;
    });
    expect(found.sort()).toEqual(await expected(cell, /\.ts$/));
  });
});
