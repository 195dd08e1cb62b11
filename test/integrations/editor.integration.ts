import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintProject } from '../../src/project.js';
import { ruleDescriptions } from '../../src/eslint/rules.js';
import { cellWith, copyProjects, type Cell } from './cell.js';
import { Editor, eslintServer, type Diagnostic, type TextEdit } from './language-server.js';

const TOOLS = { typescript: '5.9.3', '@typescript-eslint/parser': '8.73.0' };

const VERSIONS: Record<string, Record<string, string>> = {
  'editor-9': { eslint: '9.39.5', ...TOOLS },
  'editor-10': { eslint: '10.15.0', ...TOOLS },
};

const LANGUAGE_IDS: Record<string, string> = { sql: 'sql', py: 'python', ts: 'typescript' };

const CONFIG = `import guard from 'eslint-plugin-migration-guard';
import * as parser from '@typescript-eslint/parser';
export default [{ files: ['**/*.ts'], languageOptions: { parser } }, ...guard.configs.recommended];
`;

const recommended = new Set(ruleDescriptions.filter((rule) => rule.recommended).map(({ id }) => id));

function shown({ code, message, range: { start, end } }: Diagnostic): string {
  return `${start.line + 1}:${start.character + 1}-${end.line + 1}:${end.character + 1} ${code} ${message}`;
}

async function onCommandLine({ folder }: Cell, path: string): Promise<string[]> {
  const { findings } = await lintProject({ cwd: folder, paths: [path], preset: 'all' });
  return findings
    .filter(({ suppressed, ruleId }) => suppressed === null && recommended.has(ruleId))
    .map(({ ruleId, message, start, end }) => `${start.line}:${start.column}-${end.line}:${end.column} migration-guard/${ruleId} ${message}`)
    .sort();
}

function offsetOf(text: string, { line, character }: TextEdit['range']['start']): number {
  return text.split('\n').slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => offsetOf(text, b.range.start) - offsetOf(text, a.range.start))
    .reduce((result, { range, newText }) => result.slice(0, offsetOf(text, range.start)) + newText + result.slice(offsetOf(text, range.end)), text);
}

const UNSAFE: Record<string, [path: string, text: string, rule: string]> = {
  sql: ['projects/sql-shop/migrations/9000_index.sql', 'create index orders_total on orders (total_cents);\n', 'create-index-blocking'],
  py: [
    'projects/alembic-shop/alembic/versions/9000_index.py',
    'from alembic import op\n\nrevision = "9000"\ndown_revision = None\n\n\ndef upgrade():\n    op.create_index("orders_note", "orders", ["note"])\n',
    'create-index-blocking',
  ],
  ts: [
    'projects/typeorm-shop/src/migrations/1900000000000-Index.ts',
    "import { MigrationInterface, QueryRunner } from 'typeorm';\n\nexport class Index1900000000000 implements MigrationInterface {\n  async up(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query('CREATE INDEX orders_note ON orders (note)');\n  }\n\n  async down(): Promise<void> {}\n}\n",
    'create-index-blocking',
  ],
};

describe.each(Object.entries(VERSIONS))('VS Code, %s', async (name, dependencies) => {
  const server = await eslintServer();
  const cell = server === null ? null : cellWith(name, dependencies);

  test.skipIf(cell === null).each(Object.entries(UNSAFE))('%s: what the command line finds is underlined, and its suggestions end it', async (extension, [path, text, rule]) => {
    if (cell === null || server === null) return;
    copyProjects(cell);
    cell.write('eslint.config.mjs', CONFIG);
    cell.write(path, text);
    const editor = await Editor.start(server, cell.folder);
    try {
      editor.open(path, LANGUAGE_IDS[extension] as string, text);
      const before = await editor.diagnostics(path);
      expect(before.map(shown).sort()).toEqual(await onCommandLine(cell, path));
      const found = before.find(({ code }) => code === `migration-guard/${rule}`) as Diagnostic;
      expect(found).toMatchObject({ severity: 2, source: 'eslint' });
      expect(found.codeDescription?.href).toContain(rule);

      const actions = await editor.actions(path, found);
      expect(actions.map(({ title }) => title)).toEqual([expect.stringMatching(/concurrently/i), expect.stringContaining('Suppress with a comment')]);
      for (const [version, action] of actions.entries()) {
        const edited = applied(text, await editor.choose(action));
        expect(edited).not.toBe(text);
        editor.change(path, version + 2, edited);
        expect((await editor.diagnostics(path)).map(({ code }) => code)).not.toContain(found.code);
        editor.change(path, version + 20, text);
        expect(await editor.diagnostics(path)).toHaveLength(before.length);
      }
    } finally {
      editor.stop();
      cell.remove(path);
    }
  });

  test.skipIf(cell === null)('every migration of the demo projects', async () => {
    if (cell === null || server === null) return;
    copyProjects(cell);
    cell.write('eslint.config.mjs', CONFIG);
    const { files } = await lintProject({ cwd: cell.folder, paths: ['projects'] });
    const editor = await Editor.start(server, cell.folder);
    try {
      for (const { path } of files.filter(({ skipped }) => skipped === null)) {
        editor.open(path, LANGUAGE_IDS[path.replace(/.*\./, '')] as string, readFileSync(join(cell.folder, path), 'utf8'));
        expect((await editor.diagnostics(path)).map(shown).sort(), path).toEqual(await onCommandLine(cell, path));
      }
    } finally {
      editor.stop();
    }
  });
});
