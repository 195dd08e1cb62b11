import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import { pythonChunk } from '../src/parsers/python/index.js';
import { comparable, isStep, parseSent, withTransactions, type Sent } from './differential.js';

// What the real Alembic sends for each revision was recorded by
// `npm run record:python`; what we read has to be the same operations.

const folder = new URL('../fixtures/differential/alembic/', import.meta.url);

interface Recorded {
  alembic: string;
  revisions: Record<string, Record<'upgrade' | 'downgrade', Sent[]>>;
}

const recorded = JSON.parse(readFileSync(new URL('recorded.json', folder), 'utf8')) as Recorded;
const files = readdirSync(folder).filter((name) => name.endsWith('.py'));

describe(`Alembic ${recorded.alembic}`, () => {
  it.each(files)('%s', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const migration = pythonChunk.parser.parse({ path: `versions/${name}`, text }, {}) as Migration;
    for (const [direction, operations] of [
      ['upgrade', migration.up],
      ['downgrade', migration.down ?? []],
    ] as const) {
      const sent = recorded.revisions[name]?.[direction];
      expect(Array.isArray(sent), `recorded ${direction} of ${name}`).toBe(true);
      const read = withTransactions(operations).filter(isStep).map(comparable);
      expect(read, direction).toEqual(parseSent(sent ?? []).map(comparable));
    }
  });
});
