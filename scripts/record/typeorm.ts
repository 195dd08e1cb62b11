import { isDeepStrictEqual } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { driverOn, type Sent } from './driver.js';
import { installed, loaded, type Recording, VERSIONS } from './library.js';

interface DataSource {
  initialize(): Promise<void>;
  destroy(): Promise<void>;
  runMigrations(options: { transaction: string }): Promise<unknown>;
  undoLastMigration(options: { transaction: string }): Promise<unknown>;
}

/** Questions TypeORM puts to the database on its own, and its table of migrations. */
const OWN = /^\s*SELECT\b[\s\S]*(?:information_schema|pg_(?:class|type|constraint|index|database|namespace|attribute|catalog)|current_schema|current_database|version\(\)|typeorm_metadata)|"migrations"/;

function ownOf(sent: readonly Sent[]): string[] {
  return sent.map(({ sql }) => sql).filter((sql) => !OWN.test(sql));
}

/** Without the transaction that stands around all of it; whether there was one. */
function unwrapped(sent: readonly Sent[]): { sql: string[]; wrapped: boolean } {
  const own = ownOf(sent);
  const wrapped = own[0] === 'START TRANSACTION' && own.at(-1) === 'COMMIT';
  return { sql: wrapped ? own.slice(1, -1) : own, wrapped };
}

/** The last release of the line before, which many projects stay with. */
const BEFORE = '0.3.31';

/** The same with TypeORM 0.3; null where it sends what `recent` sends. */
export async function recordTypeormBefore(file: string, recent: Recording): Promise<Recording | null> {
  const recording = await recordTypeorm(file, BEFORE);
  return isDeepStrictEqual([recording.transaction, recording.up, recording.down], [recent.transaction, recent.up, recent.down]) ? null : recording;
}

/** Runs one file's classes with the real TypeORM, up and down. */
export async function recordTypeorm(file: string, version = VERSIONS['typeorm']): Promise<Recording> {
  const load = installed('typeorm', version);
  const { exports, before } = loaded(file, load);
  const classes = Object.values(exports).filter((value) => typeof value === 'function');
  const own = classes.some((value) => (new (value as new () => { transaction?: boolean })()).transaction !== undefined);

  const database = new PGlite();
  await database.exec('CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql AS $$ SELECT gen_random_uuid() $$;');
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const { DataSource } = load('typeorm') as { DataSource: new (options: object) => DataSource };
  const source_ = new DataSource({ type: 'postgres', driver: driverOn(database, sent), migrations: classes, installExtensions: false, logging: false });
  await source_.initialize();
  const mode = { transaction: own ? 'each' : 'all' };
  try {
    sent.length = 0;
    await source_.runMigrations(mode);
    const up = unwrapped(sent);
    const down: string[] = [];
    let failed = false;
    for (let left = classes.length; left > 0; left -= 1) {
      sent.length = 0;
      try {
        await source_.undoLastMigration(mode);
      } catch {
        failed = true;
      }
      down.push(...unwrapped(sent).sql);
    }
    return { library: `typeorm ${version}`, transaction: up.wrapped ? 'batch' : 'none', up: up.sql, down: failed ? null : down };
  } finally {
    await source_.destroy();
    await database.close();
  }
}
