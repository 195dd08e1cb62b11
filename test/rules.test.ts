import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/rules/index.js';
import { findingsIn, FIXTURES, fixturesOf, printed, type Fixture } from './rule-fixtures.js';

/** `UPDATE=1 npx vitest run test/rules.test.ts` writes what is printed now; read it as a user would. */
const update = process.env['UPDATE'] === '1';

describe.each(rules.map(({ meta }) => ({ meta })))('$meta.id', ({ meta }) => {
  const fixtures = fixturesOf(meta.id);
  const findings = (fixture: Fixture) => findingsIn(fixture, { [meta.id]: meta.severity });
  const told = (fixture: Fixture) => findings(fixture).map(({ ruleId, message }) => `${ruleId}: ${message}`);

  it.each(fixtures.filter(({ file }) => file.startsWith('bad')))('fires on $file, and alone', (fixture) => {
    const fired = findings(fixture);
    expect(fired.map(({ ruleId }) => ruleId)).toContain(meta.id);
    // One statement, one finding: where hazards share a cause one rule says it all.
    expect(told(fixture).filter((line) => !line.startsWith(`${meta.id}: `))).toEqual([]);

    const output = printed(fixture, fired);
    const path = join(FIXTURES, meta.id, `${fixture.file}.out`);
    if (update) writeFileSync(path, output);
    expect(existsSync(path), `${fixture.file}.out is missing: UPDATE=1 writes it`).toBe(true);
    expect(output).toBe(readFileSync(path, 'utf8'));
  });

  it.each(fixtures)('says the same of $file when its lines end as on Windows', (fixture) => {
    const said = (text: string) =>
      findings({ ...fixture, text }).map(({ ruleId, message, start, end }) => `${start.line}:${start.column}-${end.line}:${end.column} ${ruleId}: ${message}`);
    expect(said(fixture.text.replaceAll('\n', '\r\n'))).toEqual(said(fixture.text));
  });

  it.each(fixtures.filter(({ file }) => file.startsWith('good')))('is silent on $file, as all of recommended is', (fixture) => {
    expect(told(fixture)).toEqual([]);
  });
});
