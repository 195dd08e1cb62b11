import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/rules/index.js';
import { findingsIn, FIXTURES, fixturesOf } from './rule-fixtures.js';

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

describe('the catalogue', () => {
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
