import { driverOn, emptyDatabase, type Sent } from './driver.js';
import { installed, loaded, type Recording, VERSIONS } from './library.js';

interface Knex {
  migrate: { latest(config: object): Promise<unknown>; down(config: object): Promise<unknown> };
  destroy(): Promise<void>;
}

/** Knex's own bookkeeping, and questions it puts to the catalogue. */
const OWN = /knex_migrations|^\s*select version\(\)|from information_schema\.(?:tables|columns) where/i;

function split(sent: readonly Sent[]): { sql: string[]; wrapped: boolean } {
  const sql = sent.map((entry) => entry.sql).filter((text) => !OWN.test(text));
  // The locks of Knex's own table stand in transactions of their own.
  const without = sql.filter((text, index) => !(/^BEGIN;$/.test(text) && /^COMMIT;?$/.test(sql[index + 1] ?? '')) && !(/^COMMIT;?$/.test(text) && /^BEGIN;$/.test(sql[index - 1] ?? '')));
  const wrapped = without[0] === 'BEGIN;' && /^COMMIT;?$/.test(without.at(-1) ?? '') && !without.slice(1, -1).some((text) => /^(?:BEGIN|COMMIT);?$/.test(text));
  return { sql: wrapped ? without.slice(1, -1) : without, wrapped };
}

/** A transaction that is the migration's own belongs to what it sends. */
function statements({ sql, wrapped }: ReturnType<typeof split>, own: boolean): string[] {
  return own && wrapped ? ['BEGIN;', ...sql, 'COMMIT;'] : sql;
}

/** Runs one migration with the real Knex, up and down. */
export async function recordKnex(file: string): Promise<Recording> {
  const load = installed('knex');
  const { exports, before } = loaded(file, load);
  const migration = (exports['default'] ?? exports) as { config?: { transaction?: boolean }; down?: unknown };
  const database = await emptyDatabase();
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const Postgres = load('knex/lib/dialects/postgres/index.js') as new (...args: unknown[]) => object;
  class Recorded extends Postgres {
    _driver(): object {
      return driverOn(database, sent);
    }
  }
  const create = load('knex') as (config: object) => Knex;
  const silent = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };
  const knex = create({ client: Recorded, connection: {}, pool: { min: 1, max: 4 }, log: silent });
  const migrationSource = { getMigrations: () => Promise.resolve(['1_case']), getMigrationName: (name: string) => name, getMigration: () => Promise.resolve({ down: () => Promise.resolve(), ...migration }) };
  // With its own `transaction: false` Knex opens none, whatever the migration does by itself.
  const own = migration.config?.transaction === false;
  try {
    await knex.migrate.latest({ migrationSource });
    const up = split(sent);
    sent.length = 0;
    let down: string[] | null = null;
    if (migration.down !== undefined) {
      try {
        await knex.migrate.down({ migrationSource });
        down = statements(split(sent), own);
      } catch (error) {
        console.error(`  way back: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return { library: `knex ${VERSIONS['knex']}`, transaction: up.wrapped && !own ? 'batch' : 'none', up: statements(up, own), down };
  } finally {
    await knex.destroy();
  }
}
