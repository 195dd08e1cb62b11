/**
 * Runs every migration of fixtures/differential/<library>/ with the real
 * library against PGlite and writes down what it sent, for the tests that
 * compare it with what the parser reads. The libraries are no dependencies:
 * each is installed, when it is wanted, into a cache of its own.
 *
 *   npx tsx scripts/record-javascript.ts [typeorm] [case …]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { transformSync } from 'esbuild';

/** What one migration made the library send; `transaction` is what it opened around it by itself. */
export interface Recording {
  library: string;
  transaction: 'batch' | 'file' | 'none';
  up: string[];
  /** Null when the way back failed, which some cases mean to. */
  down: string[] | null;
}

const VERSIONS: Record<string, string> = { typeorm: '1.1.1' };
const CACHE = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'migration-guard', 'record');

function installed(library: string): NodeJS.Require {
  const version = VERSIONS[library] ?? 'latest';
  const folder = path.join(CACHE, `${library}-${version}`);
  if (!existsSync(path.join(folder, 'node_modules', library))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `${library}@${version}`], { cwd: folder, stdio: 'inherit' });
  }
  return createRequire(path.join(folder, 'package.json'));
}

type Callback = (error: Error | null, client?: unknown, release?: () => void) => void;

/** A driver with the shape of `pg` on top of PGlite, which notes every statement. */
function driverOn(database: PGlite, sent: string[]): object {
  const query = async (text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number; command: string }> => {
    sent.push(text);
    const results = values !== undefined && values.length > 0 ? [await database.query(text, values)] : await database.exec(text);
    const last = results.at(-1);
    return { rows: last?.rows ?? [], rowCount: last?.affectedRows ?? 0, command: text.trim().split(/\s/)[0] ?? '' };
  };
  class Client {
    query(text: string, values?: unknown[] | Callback, callback?: Callback): Promise<unknown> | undefined {
      const done = typeof values === 'function' ? values : callback;
      const result = query(text, Array.isArray(values) ? values : undefined);
      if (done === undefined) return result;
      result.then((value) => done(null, value), (error: Error) => done(error));
      return undefined;
    }
    on(): void {}
    removeListener(): void {}
  }
  class Pool extends Client {
    connect(callback: Callback): void {
      callback(null, new Client(), () => undefined);
    }
    end(callback: (error?: Error) => void): void {
      callback();
    }
  }
  return { Pool, Client };
}

interface DataSource {
  initialize(): Promise<void>;
  destroy(): Promise<void>;
  runMigrations(options: { transaction: string }): Promise<unknown>;
  undoLastMigration(options: { transaction: string }): Promise<unknown>;
}

/** Questions TypeORM puts to the database on its own, and its table of migrations. */
const OWN = /^\s*SELECT\b[\s\S]*(?:information_schema|pg_(?:class|type|constraint|index|database|namespace|attribute|catalog)|current_schema|current_database|version\(\)|typeorm_metadata)|"migrations"/;

function ownOf(sent: readonly string[]): string[] {
  return sent.filter((sql) => !OWN.test(sql));
}

/** Without the transaction that stands around all of it; whether there was one. */
function unwrapped(sent: readonly string[]): { sql: string[]; wrapped: boolean } {
  const own = ownOf(sent);
  const wrapped = own[0] === 'START TRANSACTION' && own.at(-1) === 'COMMIT';
  return { sql: wrapped ? own.slice(1, -1) : own, wrapped };
}

async function recordTypeorm(file: string): Promise<Recording> {
  const load = installed('typeorm');
  const source = readFileSync(file, 'utf8');
  const before = /^\/\* before: ([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  const code = transformSync(source, { loader: file.endsWith('.ts') ? 'ts' : 'js', format: 'cjs' }).code;
  const module = { exports: {} as Record<string, unknown> };
  new Function('module', 'exports', 'require', code)(module, module.exports, load);
  const classes = Object.values(module.exports).filter((value) => typeof value === 'function');
  const own = classes.some((value) => (new (value as new () => { transaction?: boolean })()).transaction !== undefined);

  const database = new PGlite();
  await database.exec('CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql AS $$ SELECT gen_random_uuid() $$;');
  if (before.trim() !== '') await database.exec(before);
  const sent: string[] = [];
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
    return { library: `typeorm ${VERSIONS['typeorm']}`, transaction: up.wrapped ? 'batch' : 'none', up: up.sql, down: failed ? null : down };
  } finally {
    await source_.destroy();
    await database.close();
  }
}

const RECORDERS: Record<string, (file: string) => Promise<Recording>> = { typeorm: recordTypeorm };

const [library = 'typeorm', ...wanted] = process.argv.slice(2);
const record = RECORDERS[library];
if (record === undefined) throw new Error(`no recorder for ${library}`);
const folder = path.join(import.meta.dirname, '..', 'fixtures', 'differential', library);
let failures = 0;
for (const file of readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)).sort()) {
  const name = file.replace(/\.[jt]s$/, '');
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    const recording = await record(path.join(folder, file));
    writeFileSync(path.join(folder, `${name}.sent.json`), `${JSON.stringify(recording, null, 2)}\n`);
  } catch (error) {
    failures += 1;
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exitCode = failures > 0 ? 1 : 0;
