import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/finding.js';
import { lint, type LintOptions } from '../src/lint.js';
import { json } from '../src/reporters/json.js';
import type { Reporter, ReporterOptions } from '../src/reporters/reporter.js';
import { text } from '../src/reporters/text.js';
import { colouredText } from '../src/reporters/text/coloured.js';
import { widthOf } from '../src/reporters/text/width.js';
import type { Report } from '../src/report.js';

const PATH = 'db/0001_change.sql';

function reportOf(findings: Finding[], files = 1): Report {
  const open = findings.filter(({ suppressed }) => suppressed === null);
  const count = (severity: string): number => open.filter((finding) => finding.severity === severity).length;
  return {
    version: 1,
    tool: { name: 'migration-guard', version: '0.0.0' },
    postgres: 16,
    files: Array.from({ length: files }, () => ({ path: PATH, framework: 'sql', revision: null, operations: 1, unread: 0, skipped: null })),
    findings,
    summary: { error: count('error'), warning: count('warning'), info: count('info'), suppressed: findings.length - open.length, files, operations: files, unread: 0 },
  };
}

function printed(source: string, options: Partial<ReporterOptions> = {}, lintOptions: Partial<LintOptions> = {}, format: Reporter = text): string {
  const findings = lint(source, { path: PATH, ...lintOptions });
  return format(reportOf(findings), {
    sources: new Map([[PATH, source]]),
    width: 80,
   
    failOn: null,
    maxAnnotations: 0,
    markdownLimit: 0,
    ...options,
  });
}

describe('text', () => {
  it('is position, message, frame, lock, why, the safe way and a summary', () => {
    expect(printed('-- more room\nCREATE INDEX ix_posts_author ON posts (author_id);\nSELECT 1;\n')).toBe(`db/0001_change.sql:2:14
error  create-index-blocking

Index "ix_posts_author" blocks writes on "posts" until it is built.

  1 | -- more room
> 2 | CREATE INDEX ix_posts_author ON posts (author_id);
    |              ^^^^^^^^^^^^^^^
  3 | SELECT 1;

lock   SHARE on posts (blocks writes, not reads)
why    Writes to the table wait until the whole index is built.
safe   CREATE INDEX CONCURRENTLY ix_posts_author ON posts (author_id);
more   migration-guard explain create-index-blocking

1 error in 1 file (1 migration, 1 operation, 0 unread)
`);
  });

  it('says so when there is nothing to say', () => {
    expect(text(reportOf([], 2), { sources: new Map(), width: 80, failOn: null, maxAnnotations: 0, markdownLimit: 0 })).toBe(
      'No findings (2 migrations, 2 operations, 0 unread)\n',
    );
  });

  it('counts what was suppressed and prints none of it', () => {
    expect(printed('-- migration-guard-disable-file drop-table -- demo\nDROP TABLE a;\n')).toBe('No findings (1 migration, 1 operation, 0 unread, 1 suppressed)\n');
  });

  it('aligns carets under tabs, wide characters, emoji and combining marks', () => {
    for (const before of ['\t', '/* 測試 */ ', '/* 🚀 */ ', '/* e\u0301 */ ', '/* ｶﾅ */ ']) {
      const lines = printed(`${before}DROP TABLE old_things;\n`).split('\n');
      const code = lines.find((line) => line.startsWith('> 1'))?.replaceAll('\t', '    ') ?? '';
      const carets = lines[lines.findIndex((line) => line.startsWith('> 1')) + 1] ?? '';
      expect(widthOf(code.slice(0, code.indexOf('old_things'))), before).toBe(carets.indexOf('^'));
      expect(carets.trim().replace('| ', '').trim()).toBe('^'.repeat('old_things'.length));
    }
  });

  it('keeps a long line inside the width, with the marked part in sight', () => {
    const source = `SELECT '${'x'.repeat(300)}'; DROP TABLE far_away; SELECT '${'y'.repeat(300)}';\n`;
    const lines = printed(source).split('\n');
    const code = lines.findIndex((line) => line.startsWith('> 1'));
    expect(lines[code]).toMatch(/^> 1 \| ….*DROP TABLE far_away;.*…$/);
    expect(lines[code]?.indexOf('far_away')).toBe(lines[code + 1]?.indexOf('^'));
    for (const line of lines.slice(0, code + 3)) expect(widthOf(line)).toBeLessThanOrEqual(80);
  });

  it('wraps words at the width', () => {
    const table = 'a_rather_long_table_name_for_a_table_that_was_renamed_once';
    for (const line of printed(`ALTER TABLE ${table} ALTER COLUMN b SET NOT NULL;\n`, { width: 60 }).split('\n')) {
      if (line.startsWith('why') || line.startsWith('lock')) expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  it('adds nothing but colour with colours on', () => {
    const source = 'DROP TABLE a;\nALTER TABLE b DROP COLUMN c;\n';
    const coloured = printed(source, {}, {}, colouredText);
    expect(coloured).toContain('\u001b[');
     
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(printed(source));
  });

  it('prints a long safe way once for each rule, and everywhere with --full', () => {
    const source = 'DROP TABLE a;\nDROP TABLE b;\n';
    expect(printed(source)).toContain('safe   As for line 1 above, with these names; --full prints it.');
    expect(printed(source, { full: true })).not.toContain('As for');
  });

  it('lets nothing of a file act on a terminal or a log', () => {
    const source = 'DROP TABLE "\u001b[31mred\u202e"; -- ##[error]x ##vso[task.complete] ::error::y\n::error file=a::b\n';
    const output = printed(source);
     
    expect(output).not.toMatch(/[\u001b\u202e]/);
    expect(output).not.toMatch(/##\[|##vso\[|^\s*::/m);
    expect(output).toContain('\\x1b[31mred');
  });

  it('leaves casts in code as they are to be copied', () => {
    expect(printed('ALTER TABLE t ALTER COLUMN c TYPE jsonb USING c::text::jsonb;\n')).toContain('c::text::jsonb');
  });

  it('marks a part of several lines on its first', () => {
    const source = 'ALTER TABLE t\n  ADD CONSTRAINT f\n  FOREIGN KEY (a)\n  REFERENCES r (b);\n';
    expect(printed(source)).toMatch(/\^+\n/);
  });
});

describe('json', () => {
  it('is the report', () => {
    const report = reportOf(lint('DROP TABLE a;\n', { path: PATH }));
    const printedReport = JSON.parse(json(report, { sources: new Map(), width: 80, failOn: null, maxAnnotations: 0, markdownLimit: 0 })) as Report;
    expect(printedReport).toEqual(report);
    expect(Object.keys(printedReport)).toEqual(['version', 'tool', 'postgres', 'files', 'findings', 'summary']);
    expect(printedReport.findings[0]).toMatchObject({
      ruleId: 'drop-table',
      category: 'data-loss',
      severity: 'error',
      path: PATH,
      start: { line: 1, column: 12, offset: 11 },
      end: { line: 1, column: 13, offset: 12 },
      table: 'a',
      operation: 'dropTable',
      direction: 'up',
      effects: { locks: [{ table: 'a', mode: 'ACCESS EXCLUSIVE' }], rewrites: [], scans: [], builds: [], fails: null, certainty: 'assumed' },
      blocks: ['reads', 'writes'],
      suppressed: null,
    });
  });
});
