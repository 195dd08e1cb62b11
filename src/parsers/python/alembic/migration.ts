import type { Migration, Skipped, SourceComment } from '../../../operations/migration.js';
import type { Operation, Span } from '../../../operations/types.js';
import type { ParseOptions, Source } from '../../parser.js';
import { Interpreter } from '../evaluate/interpreter.js';
import { Scope } from '../evaluate/scope.js';
import { isNone, stringOf, type CallValue, type FunctionValue, type Value } from '../evaluate/value.js';
import { readModule } from '../syntax/module.js';
import type { Module } from '../syntax/nodes.js';
import { environmentOf, type Environment } from './environment.js';
import { AlembicLibrary } from './library.js';
import { namingOf } from './naming.js';
import { Recorder } from './recorder.js';

const REVISION = /^revision\s*(?::[^=\n]+)?=/m;
const DOWN_REVISION = /^down_revision\s*(?::[^=\n]+)?=/m;
const UPGRADE = /^(?:async\s+)?def\s+upgrade\s*\(/m;

/** A revision names itself, its parent and a way up; `env.py` and templates do not. */
export function isAlembic(source: Source): boolean {
  return REVISION.test(source.text) && DOWN_REVISION.test(source.text) && UPGRADE.test(source.text);
}

/** Projects that keep one folder of revisions per database. */
const DIALECT = /(?:^|\/)(mysql|mariadb|sqlite|mssql|oracle|clickhouse|snowflake|bigquery)\//i;

const DIALECT_NAMES: Record<string, string> = {
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  mssql: 'SQL Server',
  oracle: 'Oracle',
  clickhouse: 'ClickHouse',
  snowflake: 'Snowflake',
  bigquery: 'BigQuery',
};

/** A revision in a folder of another database is left alone. */
export function otherDialect(source: Source): Skipped | null {
  const folder = DIALECT.exec(source.path)?.[1]?.toLowerCase();
  if (folder === undefined) return null;
  return { path: source.path, framework: 'alembic', skipped: `written for ${DIALECT_NAMES[folder] ?? folder}` };
}

/** Reads one revision file, both directions. */
export function parseAlembic(source: Source, options: ParseOptions): Migration {
  const module = readModule(source.text);
  const library = new AlembicLibrary();
  const interpreter = new Interpreter(source, library, options.host ?? {});
  const scope = new Scope(source);
  interpreter.run(module.statements, scope);
  const environment = environmentOf(source.path, options.host ?? {});
  return {
    path: source.path,
    language: 'python',
    framework: 'alembic',
    revision: stringOf(scope.get('revision')),
    parents: parentsOf(scope),
    transaction: options.transaction ?? environment.transaction?.shape ?? 'batch',
    transactionSetBy: environment.transaction?.because ?? null,
    up: direction('upgrade', library, interpreter, scope, environment, brokenStatements(module, scope)),
    down: direction('downgrade', library, interpreter, scope, environment, []),
    comments: commentsOf(module),
    notices: noticesOf(source.text),
  };
}

/** `down_revision` and `depends_on`: both must have run before. */
function parentsOf(scope: Scope): string[] {
  return [...idsOf(scope.get('down_revision')), ...idsOf(scope.get('depends_on'))];
}

function idsOf(value: Value | undefined): string[] {
  if (value === undefined || isNone(value)) return [];
  const text = stringOf(value);
  if (text !== null) return [text];
  return value.type === 'sequence' ? value.items.flatMap((item) => stringOf(item) ?? []) : [];
}

function brokenStatements(module: Module, scope: Scope): { start: number; end: number }[] {
  return scope.source.text === module.text
    ? module.statements.flatMap((statement) => (statement.kind === 'broken' ? [statement.span] : []))
    : [];
}

/** Runs `upgrade()`, or each `upgrade_<engine>()` that a multi-database file dispatches to. */
function direction(
  name: 'upgrade' | 'downgrade',
  library: AlembicLibrary,
  interpreter: Interpreter,
  scope: Scope,
  environment: Environment,
  broken: readonly { start: number; end: number }[],
): Operation[] {
  const recorder = new Recorder(namingOf(scope.source.path, interpreter.host));
  library.recorder = recorder;
  for (const setting of environment.settings) sendSetting(recorder, setting, placeOf(name, scope.source.text));
  for (const span of broken) library.broken(span, interpreter);
  for (const [word, value] of [...scope.names()]) {
    const engine = word.startsWith(`${name}_`) && isDispatched(scope.get(name));
    if (value.type !== 'function' || (word !== name && !engine)) continue;
    interpreter.conditional = 0;
    interpreter.guard = null;
    const call: CallValue = { type: 'call', callee: value, positional: [], keywords: givenBy(value), open: false, span: { start: 0, end: 0 } };
    interpreter.invoke(value, call);
  }
  library.recorder = null;
  return recorder.operations;
}

/** Projects whose `env.py` hands `op` and its tables to the functions instead of having them imported. */
function givenBy({ parameters }: FunctionValue): CallValue['keywords'] {
  const span = { start: 0, end: 0 };
  const given = parameters.flatMap(({ name }) => {
    const path = name === 'op' ? 'alembic.op' : name === 'tables' ? 'migration.tables' : null;
    return path === null ? [] : [[name, { value: { type: 'symbol', path } as Value, span, whole: span }] as const];
  });
  return new Map(given);
}

/** What `env.py` set for the session holds before the revision's first statement. */
function sendSetting(recorder: Recorder, { name, value, local }: Environment['settings'][number], span: Span): void {
  const draft = { kind: 'setParameter' as const, name, value, implied: true as const, ...(local ? { local: true as const } : {}) };
  recorder.add(draft, span, recorder.statement(span), { conditional: false, guard: null });
}

/** The name of the function, where its effects begin. */
function placeOf(name: string, text: string): Span {
  const start = text.search(new RegExp(`(?<=^(?:async\\s+)?def\\s+)${name}\\b`, 'm'));
  return start < 0 ? { start: 0, end: 0 } : { start, end: start + name.length };
}

const SQLMODEL = /^(?!\s*#).*\bsqlmodel\.\w/m;
const SQLMODEL_IMPORT = /^\s*(?:import\s+(?:[\w.]+\s*,\s*)*sqlmodel\b|from\s+\S+\s+import\s.*\bsqlmodel\b)/m;

/** `--autogenerate` writes `sqlmodel.sql.sqltypes.AutoString` and leaves the import to the template. */
function noticesOf(text: string): string[] {
  return SQLMODEL.test(text) && !SQLMODEL_IMPORT.test(text) ? ['sqlmodel is used but not imported: the revision fails with a NameError'] : [];
}

/** `def upgrade(engine_name):` calls the function of that engine by its name. */
function isDispatched(value: Value | undefined): boolean {
  return value?.type === 'function' && value.parameters.length > 0;
}

function commentsOf(module: Module): SourceComment[] {
  return module.comments.map((span) => ({
    span,
    text: module.text.slice(span.start, span.end).replace(/^#+/, '').trim(),
  }));
}
