import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lintProject, type ProjectOptions } from '../src/project.js';
import type { Report } from '../src/report.js';
import { runProject, findingsOfFile } from '../src/project.js';
import { setAsideKnown } from '../src/project/known.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-baseline-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function lint(options: ProjectOptions = {}): Promise<Report> {
  return lintProject({ cwd: folder, baseline: 'known.json', ...options });
}

async function open(options?: ProjectOptions): Promise<string[]> {
  const { findings } = await lint(options);
  return findings.filter(({ suppressed }) => suppressed === null).map(({ path, start, ruleId }) => `${path}:${start.line} ${ruleId}`);
}

async function notices(options: ProjectOptions = {}): Promise<string[]> {
  const wanted = { cwd: folder, baseline: 'known.json', ...options };
  const run = await runProject(wanted, findingsOfFile);
  setAsideKnown(run, wanted);
  return run.notices.map(({ text }) => text);
}

function entries(): { path: string; rule: string; count: number }[] {
  return (JSON.parse(readFileSync(join(folder, 'known.json'), 'utf8')) as { findings: { path: string; rule: string; count: number }[] }).findings;
}

describe('a baseline', () => {
  beforeEach(async () => {
    write('migrations/1.sql', 'DROP TABLE a;\n');
    write('migrations/2.sql', 'ALTER TABLE b RENAME TO c;\n');
    await lint({ updateBaseline: true });
  });

  it('sets aside what it knows, and says so in the report', async () => {
    expect(entries().map(({ path, rule }) => `${path} ${rule}`)).toEqual(['migrations/1.sql drop-table', 'migrations/2.sql rename-table']);
    const report = await lint();
    expect(report.summary).toMatchObject({ error: 0, warning: 0, suppressed: 2 });
    expect(report.findings.map(({ suppressed }) => suppressed?.kind)).toEqual(['baseline', 'baseline']);
  });

  it('survives moved lines, other spaces and other case', async () => {
    write('migrations/1.sql', '-- a comment\n\n\ndrop   table a;\n');
    expect(await open()).toEqual([]);
  });

  it('survives a renamed file', async () => {
    renameSync(join(folder, 'migrations/1.sql'), join(folder, 'migrations/0001_gone.sql'));
    expect(await open()).toEqual([]);
    expect(await notices()).toEqual([]);
  });

  it('does not cover a copy: the file it knows is still there', async () => {
    write('migrations/3.sql', 'DROP TABLE a;\n');
    expect(await open()).toEqual(['migrations/3.sql:1 drop-table']);
  });

  it('covers as many as it has counted', async () => {
    write('migrations/1.sql', 'DROP TABLE a;\nDROP TABLE a;\n');
    expect(await open()).toEqual(['migrations/1.sql:2 drop-table']);
  });

  it('names what it knows and nobody finds any more', async () => {
    write('migrations/1.sql', 'SELECT 1;\n');
    expect(await notices()).toEqual([
      'known.json: 1 entry finds nothing any more (drop-table in migrations/1.sql); --update-baseline removes what has expired',
    ].map((text) => expect.stringContaining(text) as string));
    await lint({ updateBaseline: true });
    expect(entries().map(({ path }) => path)).toEqual(['migrations/2.sql']);
  });

  it('says nothing of files that this run did not look at, and keeps them', async () => {
    write('migrations/1.sql', 'SELECT 1;\n');
    expect(await notices({ paths: ['migrations/2.sql'] })).toEqual([]);
    await lint({ paths: ['migrations/2.sql'], updateBaseline: true });
    expect(entries().map(({ path }) => path)).toEqual(['migrations/1.sql', 'migrations/2.sql']);
  });

  it('takes a rule that is switched off for no proof that its findings are gone', async () => {
    expect(await notices({ rules: { 'drop-table': 'off' } })).toEqual([]);
    await lint({ rules: { 'drop-table': 'off' }, updateBaseline: true });
    expect(entries()).toHaveLength(2);
  });

  it('writes the new name of a renamed file once', async () => {
    renameSync(join(folder, 'migrations/1.sql'), join(folder, 'migrations/9.sql'));
    await lint({ updateBaseline: true });
    expect(entries().map(({ path }) => path)).toEqual(['migrations/2.sql', 'migrations/9.sql']);
  });

  it('is the configuration\'s where no other is named', async () => {
    write('migration-guard.config.json', '{ "baseline": "known.json" }');
    const { summary } = await lintProject({ cwd: folder });
    expect(summary.suppressed).toBe(2);
  });
});

it('a baseline that is missing or broken is a mistake, said in one line', async () => {
  write('migrations/1.sql', 'DROP TABLE a;\n');
  await expect(lint()).rejects.toThrow('Baseline known.json: no such file or directory; --update-baseline writes one.');
  write('known.json', '{ "findings": 1 }');
  await expect(lint()).rejects.toThrow('is no baseline of this version');
  write('known.json', '{');
  await expect(lint()).rejects.toThrow('not valid JSON');
});
