import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUPPRESSION_RULES, WRONG_COMMENT_SYNTAX } from '../src/comment-rules.js';
import { wrongComments } from '../src/eslint/wrong-comment.js';
import { findingsIn, printed, type Fixture } from './rule-fixtures.js';

const ROOT = new URL('..', import.meta.url).pathname;
const update = process.env['UPDATE'] === '1';

function fixtureOf(rule: string, file: string): Fixture {
  const text = readFileSync(join(ROOT, 'fixtures/comments', rule, file), 'utf8');
  return { rule, file, text, options: { path: `migrations/${file}`, framework: 'sql' } };
}

describe.each(SUPPRESSION_RULES.map(({ id }) => ({ id })))('$id', ({ id }) => {
  it('is found on bad.sql, and prints what its page shows', () => {
    const fixture = fixtureOf(id, 'bad.sql');
    const findings = findingsIn(fixture);
    expect(findings.map(({ ruleId }) => ruleId)).toEqual([id]);
    const path = join(ROOT, 'fixtures/comments', id, 'bad.sql.out');
    if (update) writeFileSync(path, printed(fixture, findings));
    expect(printed(fixture, findings)).toBe(readFileSync(path, 'utf8'));
  });

  it('is silent on good.sql', () => {
    expect(findingsIn(fixtureOf(id, 'good.sql'))).toEqual([]);
  });
});

describe(WRONG_COMMENT_SYNTAX.id, () => {
  it('is found on bad.sql alone', () => {
    const found = (file: string): number => wrongComments(fixtureOf(WRONG_COMMENT_SYNTAX.id, file).text, file).length;
    expect([found('bad.sql'), found('good.sql')]).toEqual([1, 0]);
  });
});

it('every rule about comments has a page', () => {
  for (const { id } of [...SUPPRESSION_RULES, WRONG_COMMENT_SYNTAX]) expect(existsSync(join(ROOT, 'docs/rules', `${id}.md`))).toBe(true);
});
