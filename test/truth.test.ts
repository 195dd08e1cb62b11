import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pgliteConnection } from '../src/postgres/observe/connection.js';
import { check } from './truth/compare.js';
import { execute } from './truth/execute.js';
import { truths } from './truth/index.js';

/** The version PGlite is built from. */
const VERSION = 18;

describe('effects agree with PostgreSQL', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
    // A server refuses what would change its own schemas; PGlite is started without that.
    await database.exec('SET allow_system_table_mods = off');
  }, 60_000);
  afterAll(() => database.close());

  const here = truths.filter(({ since, until }) => since <= VERSION && until >= VERSION);
  for (const theme of new Set(here.map((truth) => truth.theme))) {
    it(theme, async () => {
      const cases = here.filter((truth) => truth.theme === theme);
      const failures: string[] = [];
      for await (const { truth, observation } of execute(pgliteConnection(database), cases)) {
        const { differs, assumed } = check(truth, observation, VERSION);
        if (!assumed) failures.push(...differs.map((line) => `${truth.statement}\n  ${line}`));
      }
      expect(failures).toEqual([]);
    }, 60_000);
  }
});
