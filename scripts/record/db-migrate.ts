import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { driverOn, emptyDatabase, type Sent } from './driver.js';
import { loaded, type Recording } from './library.js';
import { installedTogether, unwrapped } from './together.js';

const OWN = /"migrations"|'migrations'|search_path|server_version|version\(\)/i;

interface Tool {
  silence(silent: boolean): void;
  up(): Promise<unknown>;
  down(count: number): Promise<unknown>;
}

/** Runs one migration with the real db-migrate and its PostgreSQL driver, up and down. */
export async function recordDbMigrate(file: string): Promise<Recording> {
  const { folder, load } = installedTogether('db-migrate-0.11', ['db-migrate@0.11.14', 'db-migrate-pg@1.5.2', 'async@3']);
  const { before } = loaded(file, load);
  const database = await emptyDatabase();
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const pg = load('pg') as { Client: unknown };
  pg.Client = (driverOn(database, sent) as { Client: unknown }).Client;
  const cwd = mkdtempSync(path.join(folder, 'case-'));
  mkdirSync(path.join(cwd, 'migrations'));
  copyFileSync(file, path.join(cwd, 'migrations', '20240101000000-case.js'));
  const create = load('db-migrate') as { getInstance(isModule: boolean, options: object): Tool };
  const tool = create.getInstance(true, { cwd, config: { dev: { driver: 'pg', database: 'postgres' } }, cmdOptions: { 'migrations-dir': path.join(cwd, 'migrations') }, throwUncatched: true });
  tool.silence(true);
  try {
    await tool.up();
    const up = unwrapped(sent.map(({ sql }) => sql), OWN);
    sent.length = 0;
    let down: string[] | null = null;
    try {
      await tool.down(1);
      down = unwrapped(sent.map(({ sql }) => sql), OWN).sql;
    } catch (error) {
      console.error(`  way back: ${error instanceof Error ? error.message : String(error)}`);
    }
    return { library: 'db-migrate 0.11.14', transaction: up.wrapped ? 'file' : 'none', up: up.sql, down };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
