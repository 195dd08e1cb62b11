import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pgliteConnection } from '../src/postgres/observe/connection.js';
import { asCase, differencesOf, scenario } from './truth/random/scenario.js';

/** The same runs every time; TRUTH_RUNS=2000 is a campaign of new ones, TRUTH_SEED runs one of those again. */
const RUNS = Number(process.env.TRUTH_RUNS ?? 80);
const SEED = process.env.TRUTH_SEED ?? (process.env.TRUTH_RUNS === undefined ? '18' : undefined);

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create();
  // A server refuses what would change its own schemas; PGlite is started without that.
  await database.exec('SET allow_system_table_mods = off');
}, 60_000);
afterAll(() => database.close());

it('agrees with PostgreSQL on random statements over random schemas', async () => {
  const connection = pgliteConnection(database);
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const found = await differencesOf(one, connection);
      expect(found.map(asCase).join('\n')).toBe('');
    }),
    { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
}, 3_600_000);
