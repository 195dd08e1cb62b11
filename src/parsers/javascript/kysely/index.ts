import { isFunction } from '../callbacks.js';
import { exportsOf } from '../exported.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { template, worded, type Wording } from '../rewrite.js';
import { Run } from '../run.js';
import { importsOf, parameterOf } from '../signature.js';
import type { Host, Source } from '../../parser.js';
import { database, library } from './database.js';

const OTHERS = /^(?:knex|typeorm|sequelize|umzug|node-pg-migrate|mongodb|mongoose|objection|@mikro-orm\/.*)$/;

/** Kysely's types or its tag, or a schema builder whose chains end in `execute()`. */
function recognise({ text }: Source): boolean {
  if (!/\bup\b\s*(?:[:=(]|,|\})/.test(text) || !/\bexport\b|\bexports\b/.test(text)) return false;
  const imports = importsOf(text);
  if (imports.some((name) => OTHERS.test(name))) return false;
  if (imports.some((name) => name === 'kysely' || name.startsWith('kysely/'))) return true;
  const parameter = parameterOf(text);
  return parameter !== null && new RegExp(`(?<![\\w.])${parameter}\\s*\\.\\s*(?:withSchema\\s*\\([^)]*\\)\\s*\\.\\s*)?schema\\b`).test(text) && /\.execute\s*\(\s*\)/.test(text);
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run: Run = new Run(file, outside, (own) => library(own));
  const exported = exportsOf(run.machine);
  const direction = (name: 'up' | 'down') =>
    run.direction(() => {
      const value = exported.properties.get(name)?.value;
      if (isFunction(value)) run.call(value, [database(run)], { span: value.span ?? { start: 0, end: 0 }, callee: name });
    });
  const up = direction('up');
  const down = direction('down');
  return run.finished({ up, down: exported.properties.has('down') ? down : null, transaction: 'batch' });
}

const wording: Wording = {
  line: (sql) => `await sql${template(sql)}.execute(db);`,
  apart: (lines) => ({ code: lines, note: 'Kysely has no switch for one file: put this into a migration of its own and run it with a Migrator that has disableTransactions: true.' }),
};

/** Kysely's migrations on its PostgreSQL dialect. */
export const kysely: FrontEnd = { framework: 'kysely', recognise, lower, write: (step, migration) => worded(step, migration, wording) };
