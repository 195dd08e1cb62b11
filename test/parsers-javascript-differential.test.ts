import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import type { Host } from '../src/parsers/parser.js';
import { embeddedSql, parserFor } from '../src/parsers/load.js';

interface Recording {
  library: string;
  transaction: 'batch' | 'file' | 'none';
  up: string[];
  down: string[] | null;
}

const folder = path.join(import.meta.dirname, '..', 'fixtures', 'differential', 'typeorm');

/** What the call says beyond its SQL, and where it stands. */
const BESIDE = new Set(['span', 'statement', 'partial', 'conditional', 'implied']);

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key, held]) => !BESIDE.has(key) && held !== undefined).map(([key, held]) => [key, bare(held)]));
}

/** A fact only the author's call holds: SQL has no word for it. */
function comparable(operation: Operation): unknown {
  const copy = { ...operation };
  if (copy.kind === 'dropConstraint') delete copy.type;
  if (copy.kind === 'dropIndex') delete copy.table;
  // A guard that the library asks the database about leaves no word in its SQL.
  delete copy.guard;
  return bare(copy);
}

/** Operations by the string that reached the server. */
function calls(operations: readonly Operation[]): unknown[][] {
  const byCall = new Map<number, unknown[]>();
  for (const operation of operations) {
    const call = byCall.get(operation.statement.call) ?? [];
    call.push(comparable(operation));
    byCall.set(operation.statement.call, call);
  }
  return [...byCall.values()];
}

function parsed(sent: readonly string[]): unknown[][] {
  let statement = 0;
  const operations = sent.flatMap((text, call) =>
    embeddedSql({ text, call, holes: [], toSpan: (start, end) => ({ start, end }), nextStatement: () => statement++ }),
  );
  return calls(operations);
}

function lowered(file: string, version = '^1.1.0'): Migration {
  const host: Host = { sibling: (_, wanted) => (wanted === '../package.json' ? { path: 'package.json', text: JSON.stringify({ dependencies: { typeorm: version } }) } : null) };
  const result = parserFor('javascript').parse({ path: `migrations/${file}`, text: readFileSync(path.join(folder, file), 'utf8') }, { host });
  if ('skipped' in result) throw new Error(result.skipped);
  return result;
}

describe('what TypeORM really sends', () => {
  const cases = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name));

  test('there are enough of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(115);
  });

  test.each(cases)('%s', (file) => {
    const recording = JSON.parse(readFileSync(path.join(folder, file.replace(/\.[jt]s$/, '.sent.json')), 'utf8')) as Recording;
    const migration = lowered(file);
    expect(calls(migration.up)).toEqual(parsed(recording.up));
    if (recording.down !== null) expect(calls(migration.down ?? [])).toEqual(parsed(recording.down));
    expect(migration.transaction).toBe(recording.transaction);
  });

  const before = readdirSync(folder).filter((name) => name.endsWith('.sent-0.3.json'));

  test.each(before)('0.3: %s', (name) => {
    const recording = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Recording;
    const file = name.replace('.sent-0.3.json', '.ts');
    const migration = lowered(file, '^0.3.20');
    expect(calls(migration.up)).toEqual(parsed(recording.up));
    if (recording.down !== null) expect(calls(migration.down ?? [])).toEqual(parsed(recording.down));
    expect(migration.transaction).toBe(recording.transaction);
  });
});
