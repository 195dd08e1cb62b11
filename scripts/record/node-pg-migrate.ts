import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { driverOn, emptyDatabase, type Sent } from './driver.js';
import { loaded, type Recording } from './library.js';
import { installedTogether, unwrapped } from './together.js';

const VERSION = '9.0.0';
const OWN = /pgmigrations|pg_try_advisory|pg_advisory|information_schema/;

type Runner = (options: object) => Promise<unknown>;

/** Runs one migration with the real runner as its command line does: one transaction for the whole run. */
export async function recordNodePgMigrate(file: string): Promise<Recording> {
  const { folder, load } = installedTogether(`node-pg-migrate-${VERSION}`, [`node-pg-migrate@${VERSION}`, 'pg']);
  const { before } = loaded(file, load);
  const database = await emptyDatabase();
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const { Client } = driverOn(database, sent) as { Client: new () => object };
  const entry = path.join(folder, 'node_modules', 'node-pg-migrate', 'dist', 'bundle', 'index.js');
  const { runner } = (await import(pathToFileURL(entry).href)) as { runner: Runner };
  const dir = mkdtempSync(path.join(tmpdir(), 'record-'));
  copyFileSync(file, path.join(dir, `1700000000000_case${path.extname(file)}`));
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const options = { dbClient: new Client(), dir, migrationsTable: 'pgmigrations', singleTransaction: true, noLock: true, count: 1, logger: silent };
  try {
    await runner({ ...options, direction: 'up' });
    const up = unwrapped(sent.map(({ sql }) => sql), OWN);
    sent.length = 0;
    let down: string[] | null = null;
    try {
      await runner({ ...options, direction: 'down' });
      down = unwrapped(sent.map(({ sql }) => sql), OWN).sql;
    } catch (error) {
      console.error(`  way back: ${error instanceof Error ? error.message : String(error)}`);
    }
    return { library: `node-pg-migrate ${VERSION}`, transaction: up.wrapped ? 'batch' : 'none', up: up.sql, down };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
