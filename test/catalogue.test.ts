import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/rules/index.js';
import { BY_SQL_ALONE, IN_ONE_LIBRARY, ONE_CALL } from './fixtures-by-sql.js';
import { findingsIn, FIXTURES, fixturesOf, type Fixture } from './rule-fixtures.js';

const ROOT = new URL('..', import.meta.url).pathname;
const ids = rules.map(({ meta }) => meta.id);

/** Hazards that no SQL file can show: text put together at run time, and calls that send more than they say. */
const WITHOUT_SQL = [
  'execute-destructive-sql',
  'orm-change-column-recreates',
  'orm-alter-resets-attributes',
  'app-model-in-migration',
  'row-by-row-in-app',
  'runner-batch-transaction',
];

/** `alembic`, `typeorm`; null for SQL. */
function frameworkOf({ file }: Fixture): string | null {
  return file.endsWith('.sql') ? null : (file.split('.').at(-2) ?? null);
}

/** True when `offset` stands in an argument of a call that takes SQL as text. */
function inRawCall(text: string, offset: number): boolean {
  const opener = [...text.slice(0, offset).matchAll(/\bop\.execute\(\s*(?:sa\.)?(?:text\()?[rf]?["']|\.(?:query|raw)\(/g)].at(-1);
  if (opener === undefined) return false;
  const between = text.slice(opener.index, offset);
  return between.split('(').length > between.split(')').length;
}

function frameworksOf(fixtures: readonly Fixture[]): Set<string> {
  return new Set(fixtures.map(frameworkOf).filter((one) => one !== null));
}

const listed = Object.values(BY_SQL_ALONE).flat();

describe('the catalogue', () => {
  it('excuses from builder calls each rule once, and none that has them', () => {
    expect([...new Set(listed)]).toEqual(listed);
    expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('has one file for each id, and every file is in the index', () => {
    const files = readdirSync(join(ROOT, 'src/rules'))
      .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
      .map((file) => file.slice(0, -'.ts'.length))
      .sort();
    expect([...ids].sort()).toEqual(files);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no fixtures of a rule that is gone', () => {
    expect(readdirSync(FIXTURES).filter((folder) => !ids.includes(folder))).toEqual([]);
  });

  it('covers only rules that exist, and never in a circle', () => {
    for (const { meta } of rules) {
      for (const covered of meta.covers ?? []) {
        expect(ids, `${meta.id} covers ${covered}`).toContain(covered);
        const other = rules.find((rule) => rule.meta.id === covered);
        expect(other?.meta.covers ?? [], `${covered} and ${meta.id} cover each other`).not.toContain(meta.id);
      }
    }
  });
});

describe.each(rules.map(({ meta }) => ({ meta })))('$meta.id', ({ meta }) => {
  const files = existsSync(join(FIXTURES, meta.id)) ? readdirSync(join(FIXTURES, meta.id)) : [];

  it('has a bad and a good fixture, and a page', () => {
    if (!WITHOUT_SQL.includes(meta.id)) expect(files).toContain('bad.sql');
    expect(files.some((file) => file.startsWith('bad.'))).toBe(true);
    expect(files).toContain('good.sql');
    expect(existsSync(join(ROOT, 'docs/rules', `${meta.id}.md`))).toBe(true);
  });

  it('has bad and good fixtures in two frameworks, by their own calls where they have one', () => {
    const fixtures = fixturesOf(meta.id);
    const bad = fixtures.filter(({ file }) => file.startsWith('bad'));
    const good = fixtures.filter(({ file }) => file.startsWith('good'));
    const wanted = IN_ONE_LIBRARY.includes(meta.id) ? 1 : 2;
    expect(frameworksOf(bad).size, 'frameworks with a bad fixture').toBeGreaterThanOrEqual(wanted);
    expect(frameworksOf(good).size, 'frameworks with a good fixture').toBeGreaterThanOrEqual(2);
    if (listed.includes(meta.id)) return;
    const byCalls = bad.filter((fixture) =>
      findingsIn(fixture, { [meta.id]: meta.severity }).some(({ ruleId, start }) => ruleId === meta.id && !inRawCall(fixture.text, start.offset)),
    );
    expect(frameworksOf(byCalls).size, 'frameworks with a bad fixture by their own calls').toBeGreaterThanOrEqual(ONE_CALL.includes(meta.id) ? 1 : wanted);
  });

  it('describes itself in one line each, without a full stop', () => {
    for (const text of [meta.trigger, meta.effect, meta.remedy]) {
      expect(text).toMatch(/^[A-Z"`].*[^.\s]$/);
      expect(text).not.toContain('\n');
      expect(text.length).toBeLessThanOrEqual(120);
    }
  });

  it('links the manual of PostgreSQL, and its page links only pages that exist', () => {
    expect(meta.references.length).toBeGreaterThan(0);
    for (const url of meta.references) expect(url).toMatch(/^https:\/\/(www\.postgresql\.org\/docs\/|github\.com\/)/);
    const page = readFileSync(join(ROOT, 'docs/rules', `${meta.id}.md`), 'utf8');
    for (const [, link] of page.matchAll(/\]\(([a-z0-9-]+\.md)\)/g)) {
      expect(existsSync(join(ROOT, 'docs/rules', link as string)), `${meta.id} links ${link as string}`).toBe(true);
    }
  });

  it('says one sentence of at most 100 characters about each bad fixture', () => {
    for (const fixture of fixturesOf(meta.id).filter(({ file }) => file.startsWith('bad'))) {
      for (const { ruleId, message, why, safe } of findingsIn(fixture, { [meta.id]: meta.severity })) {
        if (ruleId !== meta.id) continue;
        expect(message).toMatch(/^[A-Z"{].*\.$/);
        expect(message.length, message).toBeLessThanOrEqual(100);
        expect(why).toMatch(/^[A-Z].*\.$/);
        for (const { note } of safe) expect(note).toMatch(/^$|^.*[.:,]$/);
      }
    }
  });
});
