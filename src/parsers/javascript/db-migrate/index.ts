import { controlFlow, done, isFunction } from '../callbacks.js';
import { exportsOf } from '../exported.js';
import type { Value } from '../evaluate/value.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { template, worded, type Wording } from '../rewrite.js';
import { Run } from '../run.js';
import { callsOn, importsOf, parameterOf } from '../signature.js';
import type { Host, Source } from '../../parser.js';
import { database, library } from './database.js';

const METHODS = 'runSql|createTable|dropTable|renameTable|addColumn|removeColumn|renameColumn|changeColumn|addIndex|removeIndex|addForeignKey|removeForeignKey';
const OTHER_TOOLS = /^(?:kysely|knex|typeorm|sequelize|node-pg-migrate|umzug|mongodb|mongoose|@mikro-orm\/.*)$/;

/** `exports.setup` with its seed link, or an `up` that runs SQL on the driver it is handed. */
function recognise({ text }: Source): boolean {
  if (!/\bup\b/.test(text) || !/\bexports\b|\bexport\b/.test(text) || isOthers(text)) return false;
  if (hasSetup(text)) return true;
  const parameter = parameterOf(text);
  if (parameter === null || parameter === 'pgm' || parameter === 'queryInterface') return false;
  if (callsOn(text, parameter, 'runSql') || new RegExp(`(?<![\\w.])${parameter}\\.(?:${METHODS})\\.bind\\b`).test(text)) return true;
  // Sequelize's `queryInterface` has methods of the same names.
  return (parameter === 'db' || /\bexports\._meta\s*=/.test(text)) && callsOn(text, parameter, METHODS);
}

/** The `setup` that db-migrate writes into each new file. */
function hasSetup(text: string): boolean {
  return /\bexports\.setup\s*=|\bexport\s+(?:const|function)\s+setup\b/.test(text) && /\bseedLink\b|\bdbmigrate\b/.test(text);
}

/** Another tool's file, or the same tool on MongoDB. */
function isOthers(text: string): boolean {
  return /\b(?:createCollection|dropCollection|renameCollection|_run)\s*\(/.test(text) || importsOf(text).some((name) => OTHER_TOOLS.test(name));
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run: Run = new Run(file, outside, (own) => {
    const flow = controlFlow(() => own.machine);
    return (specifier, name) => library(specifier, name) ?? flow(specifier, name);
  });
  const exported = exportsOf(run.machine);
  const call = (name: string, args: Value[]) => {
    const value = exported.properties.get(name)?.value;
    if (isFunction(value)) run.call(value, args, { span: value.span ?? { start: 0, end: 0 }, callee: name });
  };
  const settings = library('db-migrate', 'options');
  if (settings !== undefined) call('setup', [settings, done]);
  const up = run.direction(() => call('up', [database(run), done]));
  const down = run.direction(() => call('down', [database(run), done]));
  return run.finished({ up, down: exported.properties.has('down') ? down : null, transaction: 'file' });
}

const wording: Wording = {
  line: (sql) => `await db.runSql(${template(sql)});`,
  apart: (lines) => ({ code: lines, note: 'db-migrate has no switch for one file: put this into a migration of its own and run it with --non-transactional.' }),
};

/** db-migrate on its PostgreSQL driver. */
export const dbMigrate: FrontEnd = { framework: 'db-migrate', recognise, lower, write: (step, migration) => worded(step, migration, wording) };
