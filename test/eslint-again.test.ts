import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { analysisOf } from '../src/eslint/analysis.js';
import { ruleDescriptions } from '../src/eslint/rules.js';
import type { Finding } from '../src/finding.js';
import { lint } from '../src/lint.js';
import { parserFor } from '../src/parsers/load.js';
import { useEngine } from '../src/parsers/sql/engine/choose.js';
import { grammarEngine } from '../src/parsers/sql/engine/grammar.js';
import { RememberingEngine } from '../src/parsers/sql/engine/remembering.js';
import { lintProject } from '../src/project.js';
import { FIXTURES, fixturesOf } from './rule-fixtures.js';

/** Statements of every kind, and what an author has half written. */
const pieces: string[] = [
  ...readdirSync(FIXTURES).flatMap((rule) => fixturesOf(rule)).filter(({ file }) => file.endsWith('.sql')).map(({ text }) => text),
  'CREATE FUNCTION one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END;\n',
  'CREATE RULE keep AS ON DELETE TO orders DO INSTEAD (UPDATE orders SET gone = true; SELECT 1);\n',
  'DO $$ BEGIN IF true THEN ALTER TABLE orders DROP COLUMN note; END IF; END $$;\n',
  "INSERT INTO orders (note) VALUES ('größer; 😀'), (:name), ('it''s');\n",
  'BEGIN;\n', 'COMMIT;\n', '-- a comment; with a semicolon\n', '/* another', ' */\n', "'", '$$', '(', ')', ';', ';;\n', '\\set x 1\n', '--> statement-breakpoint\n',
  'ALTER TABLE {{ schema }}.orders ADD COLUMN x ${type};\n', '\u0000', 'COPY orders FROM stdin;\n1\ta\n\\.\n', 'SELECT ? ? 1;\n',
];

/** One edit: at `at` of the text, `remove` characters go and a piece comes; parts of 65,536. */
interface Edit {
  at: number;
  remove: number;
  piece: number;
  cut: number;
}

const PARTS = 65_536;
const part = fc.integer({ min: 0, max: PARTS - 1 });
const edit: fc.Arbitrary<Edit> = fc.record({ at: part, remove: fc.integer({ min: 0, max: 40 }), piece: part, cut: fc.oneof(part, fc.constant(PARTS)) });

function edited(text: string, { at, remove, piece, cut }: Edit): string {
  const from = Math.floor((at / PARTS) * (text.length + 1));
  const added = pieces[Math.floor((piece / PARTS) * pieces.length)] ?? '';
  return text.slice(0, from) + added.slice(0, Math.ceil((cut / PARTS) * added.length)) + text.slice(from + remove);
}

describe('what is known again is what would be read', () => {
  afterEach(() => useEngine(undefined));

  const read = (text: string): unknown => ({ migration: parserFor('sql').parse({ path: 'migrations/1.sql', text }, {}), findings: lint(text, { path: 'migrations/1.sql', preset: 'all' }) });

  test('SQL, after any edits', { timeout: 600_000 }, () => {
    const known = new RememberingEngine(grammarEngine);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        let text = pieces.slice(0, 12).join('');
        for (const one of edits) {
          text = edited(text, one);
          useEngine(known);
          const again = read(text);
          useEngine(grammarEngine);
          expect(again).toEqual(read(text));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('little is parsed of a text in which little changed', () => {
    const parsed: string[] = [];
    const counting = { name: grammarEngine.name, parse: (text: string) => (parsed.push(text), grammarEngine.parse(text)) };
    useEngine(new RememberingEngine(counting));
    const text = Array.from({ length: 40 }, (_, index) => `CREATE INDEX i${index} ON orders (c${index});\n`).join('');
    read(text);
    parsed.length = 0;
    read(`-- moved\n${text.replace('i20', 'i_20')}`);
    expect(parsed).toEqual(['CREATE INDEX i_20 ON orders (c20)']);
    read(text.replace('i20 ON', 'i20 ON ON'));
    read(text.replace('i20 ON', 'i20 ON ON'));
    expect(parsed.filter((one) => one.includes('ON ON') && one.length < 100)).toHaveLength(1);
  });
});

describe('an editor that was open all the time shows what a new run of the command line finds', () => {
  const PROJECTS = join(import.meta.dirname, '../fixtures/projects');
  const recommended = new Set(ruleDescriptions.filter((rule) => rule.recommended).map(({ id }) => id));
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'migration-guard-again-'));
    mkdirSync(join(cwd, '.git'));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const shown = ({ ruleId, message, start, end, suppressed, safe, table, severity }: Finding): object => ({ ruleId, message, start, end, suppressed, safe, table, severity });

  /** Lines go, come twice or change places; a word is that of another line. */
  const changes: ((lines: string[], line: number, other: number) => unknown)[] = [
    (lines, line) => lines.splice(line, 1),
    (lines, line, other) => lines.splice(line, 0, lines[other] as string),
    (lines, line, other) => lines.splice(line, 1, ...lines.splice(other, 1, lines[line] as string)),
    (lines, line, other) => (lines[line] = (lines[line] as string).replace(LAST_WORD, LAST_WORD.exec(lines[other] as string)?.[0] ?? 'x')),
  ];
  const LAST_WORD = /\w+(?=\W*$)/;

  function changed(text: string, [what, at, other]: readonly [number, number, number]): string {
    const lines = text.split('\n');
    changes[what]?.(lines, at % lines.length, other % lines.length);
    return lines.join('\n');
  }

  test.each(readdirSync(PROJECTS))('%s', { timeout: 600_000 }, async (project) => {
    cpSync(join(PROJECTS, project), cwd, { recursive: true });
    const files = (await lintProject({ cwd, all: true })).files.filter(({ skipped }) => skipped === null).map(({ path }) => path);
    expect(files.length).toBeGreaterThan(0);
    const step = fc.record({ file: fc.nat(), look: fc.nat(), change: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(), fc.nat()) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const { file, look, change } of steps) {
          const edited = join(cwd, files[file % files.length] ?? '');
          writeFileSync(edited, changed(readFileSync(edited, 'utf8'), change));
          for (const path of new Set([relative(cwd, edited), files[look % files.length] ?? ''])) {
            const { findings } = analysisOf(readFileSync(join(cwd, path), 'utf8'), path, cwd, {}, recommended);
            expect(findings.map(shown), path).toEqual((await lintProject({ cwd, paths: [path] })).findings.map(shown));
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});
