import { driverOn, emptyDatabase, type Sent } from './driver.js';
import { loaded, type Recording } from './library.js';
import { installedTogether, unwrapped } from './together.js';

const VERSION = '0.28.18';
const OWN = /kysely_migration|pg_catalog|information_schema|set_config|pg_advisory|pg_try_advisory/i;

interface Outcome {
  error?: unknown;
}
interface Migrator {
  migrateToLatest(): Promise<Outcome>;
  migrateDown(): Promise<Outcome>;
}

/** Runs one migration with the real Kysely, up and down. */
export async function recordKysely(file: string): Promise<Recording> {
  const { load } = installedTogether(`kysely-${VERSION}`, [`kysely@${VERSION}`]);
  const { exports, before } = loaded(file, load);
  const database = await emptyDatabase();
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const { Client } = driverOn(database, sent) as { Client: new () => object };
  const library = load('kysely') as Record<string, new (options: object) => object>;
  const pool = { connect: () => Promise.resolve(new Client()), end: () => Promise.resolve() };
  const dialect = new (library['PostgresDialect'] as new (options: object) => object)({ pool });
  const db = new (library['Kysely'] as new (options: object) => { destroy(): Promise<void> })({ dialect });
  const provider = { getMigrations: () => Promise.resolve({ case: exports['default'] ?? exports }) };
  const migrator = new (library['Migrator'] as new (options: object) => Migrator)({ db, provider });
  try {
    const done = await migrator.migrateToLatest();
    if (done.error !== undefined) throw done.error;
    const up = unwrapped(sent.map(({ sql }) => sql), OWN);
    sent.length = 0;
    const back = exports['down'] === undefined ? { error: 'none' } : await migrator.migrateDown();
    if (back.error !== undefined && back.error !== 'none') console.error(`  way back: ${String(back.error)}`);
    const down = back.error === undefined ? unwrapped(sent.map(({ sql }) => sql), OWN).sql : null;
    return { library: `kysely ${VERSION}`, transaction: up.wrapped ? 'batch' : 'none', up: up.sql, down };
  } finally {
    await db.destroy();
  }
}
