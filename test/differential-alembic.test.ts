import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Host } from '../src/parsers/parser.js';
import { pythonChunk } from '../src/parsers/python/index.js';
import { comparable, isStep, parseSent, withTransactions, type Sent } from './differential.js';

// What the real Alembic sends for each revision was recorded by
// `npm run record:python`; what we read has to be the same operations.

const folder = new URL('../fixtures/differential/alembic/', import.meta.url);

type Direction = 'upgrade' | 'downgrade';

interface Recorded {
  alembic: string;
  revisions: Record<string, Record<Direction, Sent[] | { error: string }>>;
}

function readRecord(name: string): Recorded {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recorded;
}

/** Modules and SQL files that several revisions share. */
const host: Host = {
  resolveImport(from, specifier) {
    const beside = specifier.startsWith('./') || specifier.startsWith('../');
    const path = beside ? posix.join(posix.dirname(from), specifier) : `versions/${specifier.replaceAll('.', '/')}.py`;
    const file = new URL(path.replace(/^versions\//, ''), folder);
    return existsSync(file) ? { path, text: readFileSync(file, 'utf8') } : null;
  },
};

const files = readdirSync(folder).filter((name) => name.endsWith('.py'));

/** What we read of both directions, as the record speaks of it. */
function readRevision(name: string): Record<Direction, unknown[]> {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const migration = pythonChunk.parser.parse({ path: `versions/${name}`, text }, { host }) as Migration;
  const compared = (operations: Migration['up']): unknown[] => withTransactions(operations).filter(isStep).map(comparable);
  return { upgrade: compared(migration.up), downgrade: compared(migration.down ?? []) };
}

const newest = readRecord('recorded.json');

describe(`Alembic ${newest.alembic}`, () => {
  it.each(files)('%s', (name) => {
    const read = readRevision(name);
    for (const direction of ['upgrade', 'downgrade'] as const) {
      const sent = newest.revisions[name]?.[direction];
      expect(Array.isArray(sent), `recorded ${direction} of ${name}`).toBe(true);
      expect(read[direction], direction).toEqual(parseSent(sent as Sent[]).map(comparable));
    }
  });
});

const older = readRecord('recorded-1.13.json');

/** Keywords that came later: 1.13 refuses the call, or leaves the words out. */
const REFUSED = /unexpected keyword argument '(?:if_exists|if_not_exists|inline_references|inline_primary_key)'|'bool' object has no attribute '_as_dict'/;
const LEFT_OUT = new Set(['add_column.py downgrade']);

function withoutGuards(operations: unknown[]): unknown[] {
  return operations.map((operation) => ({ ...(operation as object), guard: undefined }));
}

describe(`Alembic ${older.alembic}`, () => {
  it.each(files)('%s', (name) => {
    const read = readRevision(name);
    for (const direction of ['upgrade', 'downgrade'] as const) {
      const sent = older.revisions[name]?.[direction];
      if (sent !== undefined && 'error' in sent) {
        expect(sent.error).toMatch(REFUSED);
        continue;
      }
      const [ours, theirs] = [read[direction], parseSent(sent ?? []).map(comparable)];
      if (LEFT_OUT.has(`${name} ${direction}`)) expect(withoutGuards(ours), direction).toEqual(withoutGuards(theirs));
      else expect(ours, direction).toEqual(theirs);
    }
  });
});
