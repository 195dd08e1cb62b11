import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Framework, Migration } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import { embeddedSql, parserFor } from '../src/parsers/load.js';
import type { Recording } from '../scripts/record/library.js';

/** What the call says beyond its SQL, and where it stands. */
const BESIDE = new Set(['span', 'statement', 'partial', 'conditional', 'implied', 'outside']);

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
  // Numbers of savepoints count through the whole run of the tool.
  if (copy.kind === 'savepoint') copy.name = copy.name.replace(/\d+$/, '');
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

/** A guard that the code itself asks the database about leaves no word in the SQL that is sent. */
function withoutAskedGuards(lowered: unknown[][], sent: unknown[][]): unknown[][] {
  return lowered.map((call, at) =>
    call.map((operation, index) => {
      const other = sent[at]?.[index];
      if (typeof operation !== 'object' || operation === null || typeof other !== 'object' || other === null || 'guard' in other) return operation;
      const { guard: _guard, ...rest } = operation as { guard?: unknown };
      return rest;
    }),
  );
}

/** Every migration of a folder, as the parser reads it and as the library sent it. */
export function comparedWithLibrary(framework: Framework, atLeast: number): void {
  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'differential', framework);
  const cases = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name));

  const lowered = (file: string): Migration => {
    const source = { path: `migrations/${file}`, text: readFileSync(path.join(folder, file), 'utf8') };
    const parser = parserFor('javascript');
    expect(parser.recognise(source)).toBe(framework);
    const result = parser.parse(source, {});
    if ('skipped' in result) throw new Error(result.skipped);
    return result;
  };

  describe(`what ${framework} really sends`, () => {
    test('there are enough of them', () => {
      expect(cases.length).toBeGreaterThanOrEqual(atLeast);
    });

    test.each(cases)('%s', (file) => {
      const recording = JSON.parse(readFileSync(path.join(folder, file.replace(/\.[jt]s$/, '.sent.json')), 'utf8')) as Recording;
      const migration = lowered(file);
      const up = parsed(recording.up);
      expect(withoutAskedGuards(calls(migration.up), up)).toEqual(up);
      if (recording.down !== null) {
        const down = parsed(recording.down);
        expect(withoutAskedGuards(calls(migration.down ?? []), down)).toEqual(down);
      }
      expect(migration.transaction).toBe(recording.transaction);
      const order = [...new Set(migration.up.map(({ statement }) => statement.call))];
      const outside = [...new Set(migration.up.filter((operation) => 'outside' in operation).map(({ statement }) => order.indexOf(statement.call)))];
      expect(outside).toEqual(recording.outside ?? []);
    });
  });
}
