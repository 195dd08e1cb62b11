import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pgliteConnection } from '../src/postgres/observe/connection.js';
import { asCase, differencesOf, scenario } from './truth/random/scenario.js';

/** TRUTH_RUNS=2000 for a long campaign, TRUTH_SEED to run one again. */
const RUNS = Number(process.env.TRUTH_RUNS ?? 40);
const SEED = process.env.TRUTH_SEED === undefined ? {} : { seed: Number(process.env.TRUTH_SEED) };

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create();
}, 60_000);
afterAll(() => database.close());

it('agrees with PostgreSQL on random statements over random schemas', async () => {
  const connection = pgliteConnection(database);
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const found = await differencesOf(one, connection);
      expect(found.map(asCase).join('\n')).toBe('');
    }),
    { numRuns: RUNS, ...SEED },
  );
}, 3_600_000);
