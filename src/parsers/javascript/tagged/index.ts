import { isFunction } from '../callbacks.js';
import { namespaceOf } from '../evaluate/modules.js';
import type { Dictionary, Site, Value } from '../evaluate/value.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { template, worded, type Wording } from '../rewrite.js';
import { Run } from '../run.js';
import { callsOn, importsOf, parameterOf } from '../signature.js';
import type { Host, Source } from '../../parser.js';
import type { Operation, OperationDraft, Span } from '../../../operations/types.js';
import { client } from './client.js';
import { isClientPackage, library } from './libraries.js';
import { queryOf } from './query.js';

/** Tools with a front-end of their own, and databases that are none of ours. */
const OTHERS = /^(?:knex|kysely|typeorm|sequelize|sequelize-cli|umzug|node-pg-migrate|mongodb|mongoose|migrate-mongo|@mikro-orm\/.*|.*mikro-orm.*|db-migrate.*|mysql2?(?:\/.*)?|sqlite3|better-sqlite3|drizzle-orm\/mysql.*)$/;
const SENDS = 'query|unsafe|none|any|one|many|oneOrNone|maybeOne|manyOrNone|begin|\\$executeRaw|\\$executeRawUnsafe|\\$queryRaw|\\$queryRawUnsafe|execute';
const TAKEN = /^(?:queryInterface|queryRunner|pgm|knex|migration)$/;

/** An exported `up` that sends SQL itself, with no tool's mark on it. */
function recognise({ text }: Source): boolean {
  if (!/\bup\b/.test(text) || !/\bexport\b|\bexports\b/.test(text)) return false;
  if (!/\bup\s*(?::|=|\(|,|\})|\bfunction\s+up\b/.test(text) || /\.schema\s*\.|\baddSql\s*\(|\brunSql\b|\bMigrationInterface\b|\bseedLink\b/.test(text)) return false;
  const imports = importsOf(text);
  if (imports.some((name) => OTHERS.test(name))) return false;
  const parameter = parameterOf(text);
  if (parameter !== null && TAKEN.test(parameter)) return false;
  if (imports.some(isClientPackage)) return true;
  return parameter !== null && (callsOn(text, parameter, SENDS) || new RegExp(`(?<![\\w.])${parameter}\\s*(?:<[^>]*>)?\``).test(text));
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run: Run = new Run(file, outside, (own) => library(own));
  const exported = migrationOf(run);
  const inTransaction = /\bAlterationScript\b/.test(file.text) || /^(?:trx|tx|transaction|t)$/.test(parameterOf(file.text) ?? '');
  const split = exported.properties.has('beforeUp') || exported.properties.has('beforeDown');
  const direction = (name: 'up' | 'down', before: string): Operation[] =>
    run.direction(() => {
      runMember(run, exported, before);
      if (inTransaction && split) wrapped(run, exported.properties.get(name)?.value.span, () => runMember(run, exported, name));
      else runMember(run, exported, name);
    });
  const up = direction('up', 'beforeUp');
  const down = direction('down', 'beforeDown');
  return run.finished({
    up,
    down: exported.properties.has('down') ? down : null,
    transaction: inTransaction && !split ? 'file' : 'none',
    setBy: inTransaction && split ? 'beforeUp and beforeDown run outside the transaction' : null,
  });
}

/** The part of a file that its runner puts into a transaction, when other parts stand outside it. */
function wrapped(run: Run, span: Span = { start: 0, end: 0 }, body: () => void): void {
  const { recorder } = run;
  const before = recorder.operations.length;
  const site = { span, callee: 'up' };
  const implied = (draft: OperationDraft): void => void recorder.send({ ...draft, implied: true }, site);
  implied({ kind: 'begin' });
  const empty = recorder.operations.length;
  body();
  if (recorder.operations.length > empty) implied({ kind: 'commit' });
  else recorder.operations.length = before;
}

/** The exported object that holds `up`: the file itself, its default export, or a named one. */
function migrationOf({ machine }: Run): Dictionary {
  const whole = namespaceOf(machine, machine.main, { start: 0, end: 0 });
  const empty: Dictionary = { kind: 'dictionary', properties: new Map() };
  if (whole.kind !== 'dictionary') return empty;
  const held = [whole, ...[...whole.properties.values()].map(({ value }) => value)];
  return held.find((value): value is Dictionary => value.kind === 'dictionary' && value.properties.has('up')) ?? empty;
}

/** `up` is a function, or the SQL itself. */
function runMember(run: Run, exported: Dictionary, name: string): void {
  const value: Value | undefined = exported.properties.get(name)?.value;
  if (value === undefined) return;
  const site = { span: value.span ?? { start: 0, end: 0 }, callee: name };
  if (isFunction(value)) run.call(value, [client(run, { open: 0 })], site);
  else for (const item of value.kind === 'list' ? value.items : [value]) sendItself(run, item, site);
}

function sendItself(run: Run, value: Value, site: Site): void {
  const sql = queryOf(value)?.text() ?? value;
  if (sql.kind === 'text') run.sql(sql, site);
}

/** As the file sends its own SQL. */
function wordingOf(): Wording {
  return {
    line: (sql) => `await client.query(${template(sql)});`,
    apart: (lines) => ({ code: lines, note: 'Run this outside the transaction that the runner opens, in a migration of its own.' }),
  };
}

/** SQL sent by hand: tagged templates, drivers, and runners a project wrote itself. */
export const taggedSql: FrontEnd = { framework: 'tagged-sql', recognise, lower, write: (step, migration) => worded(step, migration, wordingOf()) };
