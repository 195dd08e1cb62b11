/**
 * Runs every migration of fixtures/differential/<library>/ with the real
 * library against PGlite and writes down what it sent, for the tests that
 * compare it with what the parser reads. The libraries are no dependencies:
 * each is installed, when it is wanted, into a cache of its own.
 *
 *   npm run record [-- <library> [case …]]
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordDbMigrate } from './record/db-migrate.js';
import { recordKnex } from './record/knex.js';
import { recordKysely } from './record/kysely.js';
import type { Recording } from './record/library.js';
import { recordMikroOrm } from './record/mikro-orm.js';
import { recordNodePgMigrate } from './record/node-pg-migrate.js';
import { recordSequelize } from './record/sequelize.js';
import { recordTaggedSql, stopServer } from './record/tagged-sql.js';
import { recordTypeorm, recordTypeormBefore } from './record/typeorm.js';

const RECORDERS: Record<string, (file: string) => Promise<Recording>> = {
  typeorm: (file) => recordTypeorm(file),
  knex: recordKnex,
  sequelize: recordSequelize,
  'mikro-orm': recordMikroOrm,
  kysely: recordKysely,
  'node-pg-migrate': recordNodePgMigrate,
  'db-migrate': recordDbMigrate,
  'tagged-sql': recordTaggedSql,
};

const [chosen, ...wanted] = process.argv.slice(2);
let failures = 0;
for (const library of chosen === undefined ? Object.keys(RECORDERS) : [chosen]) {
  const record = RECORDERS[library];
  if (record === undefined) throw new Error(`no recorder for ${library}`);
  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'differential', library);
  for (const file of readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)).sort()) {
    const name = file.replace(/\.[jt]s$/, '');
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    try {
      const recording = await record(path.join(folder, file));
      writeFileSync(path.join(folder, `${name}.sent.json`), `${JSON.stringify(recording, null, 2)}\n`);
      if (library === 'typeorm') await writeBefore(path.join(folder, file), recording);
    } catch (error) {
      failures += 1;
      console.error(`${library}/${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
await stopServer();

/** What TypeORM 0.3 sends stands beside it where it is something else. */
async function writeBefore(file: string, recent: Recording): Promise<void> {
  const target = file.replace(/\.[jt]s$/, '.sent-0.3.json');
  const before = await recordTypeormBefore(file, recent);
  if (before === null) rmSync(target, { force: true });
  else writeFileSync(target, `${JSON.stringify(before, null, 2)}\n`);
}

process.exit(failures > 0 ? 1 : 0);
