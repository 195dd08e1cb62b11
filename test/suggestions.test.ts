import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../src/finding.js';
import { lint, type LintOptions } from '../src/lint.js';
import { FIXTURES, fixturesOf } from './rule-fixtures.js';

function applied(text: string, { suggestions = [] }: Finding): string {
  const [first] = suggestions;
  if (first === undefined) throw new Error('no suggestion');
  const [start, end] = first.range;
  return text.slice(0, start) + first.text + text.slice(end);
}

function open(text: string, options: LintOptions): Finding[] {
  return lint(text, options).filter(({ suppressed }) => suppressed === null);
}

function edited(text: string, options: LintOptions, ruleId: string): string | null {
  const finding = open(text, options).find((one) => one.ruleId === ruleId);
  if (finding === undefined) throw new Error(`${ruleId} does not fire`);
  return finding.suggestions === undefined ? null : applied(text, finding);
}

const fixtures = readdirSync(FIXTURES)
  .flatMap((rule) => fixturesOf(rule))
  .flatMap((fixture) => open(fixture.text, fixture.options).filter(({ suggestions }) => suggestions !== undefined).map((finding) => ({ fixture, finding })));

describe('applied to a fixture, the finding is gone and no other one has come', () => {
  test.each(fixtures.map((one) => [`${one.fixture.rule}/${one.fixture.file}: ${one.finding.ruleId} at ${one.finding.start.offset}`, one] as const))(
    '%s',
    (_, { fixture: { text, options }, finding }) => {
      const count = (findings: readonly Finding[]): Record<string, number> => {
        const counts: Record<string, number> = {};
        for (const { ruleId, operation } of findings) counts[ruleId] = (counts[ruleId] ?? 0) + (operation === null ? 0 : 1);
        return counts;
      };
      const before = count(open(text, options));
      const after = count(open(applied(text, finding), options));
      expect(after[finding.ruleId] ?? 0).toBe((before[finding.ruleId] ?? 0) - 1);
      for (const [rule, times] of Object.entries(after)) expect(times, rule).toBeLessThanOrEqual(before[rule] ?? 0);
    },
  );

  test('they are there for each language', () => {
    expect(new Set(fixtures.map(({ fixture: { file } }) => file.replace(/.*\./, '')))).toEqual(new Set(['sql', 'py', 'ts']));
  });
});
