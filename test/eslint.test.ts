import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as typescriptParser from '@typescript-eslint/parser';
import js from '@eslint/js';
import { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import plugin from '../src/eslint/index.js';
import { ruleDescriptions } from '../src/eslint/rules.js';
import { lint } from '../src/lint.js';
import { FIXTURES, fixturesOf, type Fixture } from './rule-fixtures.js';

const CWD = '/project';

const everyRule = Object.fromEntries(ruleDescriptions.map(({ id }) => [`migration-guard/${id}`, 'warn'] as const));

const LANGUAGES: Record<string, object> = {
  sql: { language: 'migration-guard/sql' },
  py: { language: 'migration-guard/python' },
  ts: { languageOptions: { parser: typescriptParser } },
  js: {},
};

function extensionOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}

function eslintMessages(text: string, path: string, settings: object, before: Linter.Config[] = []): Linter.LintMessage[] {
  const linter = new Linter({ cwd: CWD });
  return linter.verify(
    text,
    [
      ...before,
      {
        files: ['**/*.sql', '**/*.py', '**/*.ts', '**/*.js'],
        plugins: { 'migration-guard': plugin },
        settings: { 'migration-guard': settings },
        rules: everyRule,
        ...LANGUAGES[extensionOf(path)],
      },
    ],
    { filename: join(CWD, path) },
  );
}

/** What ESLint's settings can say; the neighbours of a file, the adapter finds on the disk. */
const SETTINGS = ['path', 'postgres', 'framework', 'schema', 'transaction', 'direction', 'rules'] as const;

const fixtures: Fixture[] = readdirSync(FIXTURES)
  .flatMap((rule) => fixturesOf(rule))
  .map((fixture) => ({ ...fixture, options: Object.fromEntries(Object.entries(fixture.options).filter(([key]) => (SETTINGS as readonly string[]).includes(key))) as unknown as Fixture['options'] }));

interface Place {
  rule: string;
  message: string;
  line: number;
  column: number;
  endLine: number | undefined;
  endColumn: number | undefined;
}

function byPlace(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule) || a.message.localeCompare(b.message);
}

describe('ESLint shows what the library finds, at the same place in the same words', () => {
  test.each(fixtures.map((fixture) => [`${fixture.rule}/${fixture.file}`, fixture] as const))('%s', (_, fixture) => {
    const { path, ...settings } = fixture.options;
    const found = lint(fixture.text, { path, ...settings, preset: 'all' })
      .filter(({ suppressed }) => suppressed === null)
      .map((finding): Place => ({
        rule: finding.ruleId,
        message: finding.message,
        line: finding.start.line,
        column: finding.start.column,
        endLine: finding.end.line,
        endColumn: finding.end.column,
      }));
    const shown = eslintMessages(fixture.text, path, settings).map((message): Place => ({
      rule: message.ruleId?.replace('migration-guard/', '') ?? 'fatal',
      message: message.message,
      line: message.line,
      column: message.column,
      endLine: message.endLine,
      endColumn: message.endColumn,
    }));
    expect(shown.sort(byPlace)).toEqual(found.sort(byPlace));
  });
});

function applied(text: string, { range: [start, end], text: replacement }: { range: readonly [number, number]; text: string }): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

describe('the suppression that is suggested silences the finding and changes nothing else', () => {
  const shown = (text: string, { path, ...settings }: Fixture['options']): string[] => eslintMessages(text, path, settings).map(({ ruleId, message }) => `${ruleId} ${message}`).sort();

  test.each(fixtures.filter(({ file }) => file.startsWith('bad')).map((fixture) => [`${fixture.rule}/${fixture.file}`, fixture] as const))('%s', (_, { text, options, rule }) => {
    const { path, ...settings } = options;
    const message = eslintMessages(text, path, settings).find(({ ruleId }) => ruleId === `migration-guard/${rule}`);
    const fix = message?.suggestions?.at(-1)?.fix;
    if (message === undefined || fix === undefined) return;
    const before = shown(text, options);
    const after = shown(applied(text, fix), options);
    expect(after.length).toBeLessThan(before.length);
    for (const one of after) expect(before).toContain(one);
    expect(before.filter((one) => !after.includes(one)).every((one) => one.startsWith(`migration-guard/${rule} `))).toBe(true);
  });
});

const DROP = 'ALTER TABLE orders DROP COLUMN note;\n';

function rulesIn(text: string, path = 'migrations/1.sql', before: Linter.Config[] = []): (string | null)[] {
  return eslintMessages(text, path, {}, before).map(({ ruleId }) => ruleId);
}

describe('in a file of another language', () => {
  test('a directive of ESLint suppresses in SQL and in Python', () => {
    expect(rulesIn(DROP)).toContain('migration-guard/drop-column');
    expect(rulesIn(`-- eslint-disable-next-line migration-guard/drop-column -- unused since May\n${DROP}`)).not.toContain(
      'migration-guard/drop-column',
    );
    expect(rulesIn(`/* eslint-disable */\n${DROP}`)).toEqual([]);
  });

  test('a suppression of ours suppresses too', () => {
    expect(
      rulesIn(`-- migration-guard-disable-next-line drop-column -- unused since May\n${DROP}`),
    ).not.toContain('migration-guard/drop-column');
  });

  test('an unscoped JavaScript configuration neither fails nor finds anything there', () => {
    const before = [js.configs.all as Linter.Config, { languageOptions: { parser: typescriptParser, sourceType: 'module' as const } }];
    expect(rulesIn(DROP, 'migrations/1.sql', before).filter((rule) => !rule?.startsWith('migration-guard/'))).toEqual([]);
    expect(rulesIn(DROP, 'migrations/1.sql', before)).toContain('migration-guard/drop-column');
  });

  test('text that cannot be parsed is a finding, not a fatal error', () => {
    const messages = eslintMessages('ALTER TABLE orders DROP COLUMN;\n', 'migrations/1.sql', {});
    expect(messages.map(({ ruleId }) => ruleId)).toEqual(['migration-guard/parse-error']);
    expect(messages.some(({ fatal }) => fatal)).toBe(false);
  });

  test('a comment that an editor wrote for JavaScript is put right', () => {
    const fixed = (text: string, path: string): string => {
      const config: Linter.Config[] = [
        {
          files: ['**/*.sql', '**/*.py'],
          plugins: { 'migration-guard': plugin },
          linterOptions: { reportUnusedDisableDirectives: 'off' },
          rules: { 'migration-guard/wrong-comment-syntax': 'warn' },
          ...LANGUAGES[extensionOf(path)],
        },
      ];
      return new Linter({ cwd: CWD }).verifyAndFix(text, config, { filename: join(CWD, path) }).output;
    };
    const comment = 'eslint-disable-next-line migration-guard/drop-column';
    expect(fixed(`// ${comment}\n${DROP}`, 'migrations/1.sql')).toBe(`-- ${comment}\n${DROP}`);
    expect(fixed(`def upgrade():\n    // ${comment}\n    pass\n`, 'migrations/1.py')).toBe(`def upgrade():\n    # ${comment}\n    pass\n`);
    const inString = `SELECT 'a\n// ${comment}\n';\n`;
    expect(fixed(inString, 'migrations/1.sql')).toBe(inString);
    expect(rulesIn(`-- ${comment}\n${DROP}`)).not.toContain('migration-guard/drop-column');
  });

  test('the suggestion writes a suppression that works', () => {
    const [message] = eslintMessages(DROP, 'migrations/1.sql', {}).filter(({ ruleId }) => ruleId === 'migration-guard/drop-column');
    const fix = message?.suggestions?.at(-1)?.fix;
    if (fix === undefined) throw new Error('no suggestion');
    const [start, end] = fix.range;
    expect(rulesIn(DROP.slice(0, start) + fix.text + DROP.slice(end))).not.toContain('migration-guard/drop-column');
  });
});

describe('configurations', () => {
  test('recommended holds every rule of the preset for each language, as warnings', () => {
    const entries = plugin.configs['recommended'];
    expect(entries.map(({ name }) => name)).toEqual([
      'migration-guard/recommended/js',
      'migration-guard/recommended/sql',
      'migration-guard/recommended/python',
    ]);
    const wanted = ruleDescriptions.filter(({ recommended }) => recommended).map(({ id }) => `migration-guard/${id}`);
    for (const entry of entries) {
      const own = entry.language === undefined ? [] : ['migration-guard/wrong-comment-syntax'];
      expect(Object.keys(entry.rules ?? {}).sort()).toEqual([...wanted, ...own].sort());
      expect(new Set(Object.values(entry.rules ?? {}))).toEqual(new Set(['warn']));
      expect(entry.files).toBeDefined();
    }
  });

  test('the processor for ESLint 8 finds the same, without a JavaScript rule seeing the file', () => {
    const { processors } = plugin;
    const text = DROP;
    expect(processors.sql.preprocess?.(text, join(process.cwd(), 'migrations/1.sql'))).toEqual([]);
    const messages = processors.sql.postprocess?.([], join(process.cwd(), 'migrations/1.sql')) ?? [];
    expect(messages.map(({ ruleId, line, column }) => ({ ruleId, line, column }))).toEqual([
      { ruleId: 'migration-guard/drop-column', line: 1, column: 32 },
    ]);
    // ESLint 8 reads `fix.range` of every message that has the key at all.
    expect(messages.every((message) => !('fix' in message))).toBe(true);
  });
});
