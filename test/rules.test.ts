import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/rules/index.js';
import { findingsIn, FIXTURES, fixturesOf, type Fixture } from './rule-fixtures.js';

const update = process.env['UPDATE'] === '1';

for (const { meta } of rules) {
  const fixtures = fixturesOf(meta.id);
  const own = (fixture: Fixture) => findingsIn(fixture, { [meta.id]: meta.severity });

  describe(meta.id, () => {
    for (const fixture of fixtures.filter(({ file }) => file.startsWith('bad'))) {
      it(`fires on ${fixture.file}`, () => {
        const fired = own(fixture);
        const mine = fired.filter(({ ruleId }) => ruleId === meta.id);
        expect(mine, fired.map(({ ruleId }) => ruleId).join(', ')).not.toHaveLength(0);
        // One statement, one finding: where hazards share a cause one rule says it all.
        expect(fired.filter(({ ruleId }) => ruleId !== meta.id).map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      });
    }
    for (const fixture of fixtures.filter(({ file }) => file.startsWith('good'))) {
      it(`is silent on ${fixture.file}, as every rule is`, () => {
        expect(own(fixture).map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      });
    }
  });
}
void existsSync; void readFileSync; void writeFileSync; void join; void FIXTURES; void update;
