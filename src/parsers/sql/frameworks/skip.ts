import type { Framework } from '../../../operations/migration.js';
import type { Host } from '../../parser.js';
import type { Token } from '../../../sql/lexer.js';
import type { ScannedSql } from '../scan.js';

const DIALECT_NAMES: Readonly<Record<string, string>> = {
  mysql: 'MySQL',
  mysql2: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  sqlite3: 'SQLite',
  d1: 'SQLite',
  libsql: 'SQLite',
  mssql: 'SQL Server',
  sqlserver: 'SQL Server',
  oracle: 'Oracle',
  clickhouse: 'ClickHouse',
  cockroachdb: 'CockroachDB',
  cockroach: 'CockroachDB',
  snowflake: 'Snowflake',
  bigquery: 'BigQuery',
};
const POSTGRES_NAMES = new Set(['postgres', 'postgresql', 'pg', 'psql', 'timescale', 'timescaledb']);

/** `mysql`, `migrations_mysql`, `mysql-migrations`; the directory nearest to the file decides. */
function dialectOfPath(path: string): string | undefined {
  const directories = path.toLowerCase().split('/').slice(0, -1).reverse();
  const suffix = /\.([a-z0-9]+)\.(?:up\.|down\.)?sql$/.exec(path.toLowerCase())?.[1];
  for (const directory of suffix === undefined ? directories : [suffix, ...directories]) {
    const name = directory.replace(/^migrations?[._-]|[._-]migrations?$/g, '');
    if (POSTGRES_NAMES.has(name)) return undefined;
    if (Object.hasOwn(DIALECT_NAMES, name)) return DIALECT_NAMES[name];
  }
  return undefined;
}

const PRISMA_PROVIDERS: Readonly<Record<string, string>> = {
  mysql: 'MySQL',
  sqlite: 'SQLite',
  sqlserver: 'SQL Server',
  cockroachdb: 'CockroachDB',
};

interface ProjectFile {
  path: string;
  pattern: RegExp;
  names: Readonly<Record<string, string>>;
}

/** Where a tool's own files name the database. */
const PROJECT_FILES: Readonly<Partial<Record<Framework, ProjectFile>>> = {
  prisma: { path: '../migration_lock.toml', pattern: /^\s*provider\s*=\s*"(\w+)"/m, names: PRISMA_PROVIDERS },
  drizzle: { path: 'meta/_journal.json', pattern: /"dialect"\s*:\s*"(\w+)"/, names: DIALECT_NAMES },
};

function dialectOfProject(path: string, framework: Framework, host: Host | undefined): string | undefined {
  const file = PROJECT_FILES[framework];
  if (file === undefined) return undefined;
  const name = file.pattern.exec(host?.sibling?.(path, file.path)?.text ?? '')?.[1];
  return name === undefined ? undefined : file.names[name];
}

/** Why a file is left alone before it is read, one line; undefined when it is not. */
export function skippedByPlace(path: string, framework: Framework, host: Host | undefined): string | undefined {
  const dialect = dialectOfPath(path) ?? dialectOfProject(path, framework, host);
  if (dialect !== undefined) return `written for ${dialect}`;
  if (framework === 'sqitch' && /(?:^|\/)verify\//.test(path)) return 'checks a deployment and changes nothing';
  return undefined;
}

const DUMP = /^(?:PostgreSQL database (?:cluster )?dump|Dumped from database version\b)/;
/** A dump can be the first migration of a project; then its name has a version like the others. */
const VERSIONED = /(?:^|\/)(?:[VB]?\d[\d._-]*_[^/]*|\d+)(?:\.sql|\/(?:up|migration)\.sql)$/i;

export function isDump(path: string, scanned: ScannedSql): boolean {
  return !VERSIONED.test(path) && scanned.comments.slice(0, 40).some((comment) => DUMP.test(comment.text));
}

type Foreign = 'MySQL' | 'SQLite' | 'SQL Server';

/** Words of other databases. One that PostgreSQL's users also have as a name counts once, and one is not enough. */
const WORDS: ReadonlyMap<string, readonly [dialect: Foreign, points: number]> = new Map([
  ['auto_increment', ['MySQL', 1]],
  ['engine', ['MySQL', 1]],
  ['unsigned', ['MySQL', 1]],
  ['tinyint', ['MySQL', 1]],
  ['mediumtext', ['MySQL', 1]],
  ['longtext', ['MySQL', 1]],
  ['charset', ['MySQL', 1]],
  ['pragma', ['SQLite', 2]],
  ['autoincrement', ['SQLite', 2]],
  ['rowid', ['SQLite', 2]],
  ['nvarchar', ['SQL Server', 1]],
  ['uniqueidentifier', ['SQL Server', 1]],
  ['datetime2', ['SQL Server', 1]],
  ['dbo', ['SQL Server', 1]],
  ['nonclustered', ['SQL Server', 1]],
  ['sysname', ['SQL Server', 1]],
  ['go', ['SQL Server', 1]],
]);

/**
 * The dialect of a text that PostgreSQL's grammar refused, by words that no
 * statement of PostgreSQL holds in such a place; undefined when nothing says so.
 */
export function dialectOfText({ sql, tokens }: ScannedSql): string | undefined {
  if (/\bENGINE\s*=\s*\w*MergeTree\b/i.test(sql) || /\bON\s+CLUSTER\b/i.test(sql)) return 'ClickHouse';
  const score: Record<Foreign, number> = { MySQL: 0, SQLite: 0, 'SQL Server': 0 };
  for (const token of tokens) {
    const [dialect, points] = evidence(token, sql) ?? [];
    if (dialect !== undefined && points !== undefined) score[dialect] += points;
  }
  const [best, points] = Object.entries(score).reduce((a, b) => (b[1] > a[1] ? b : a));
  return points >= 2 ? best : undefined;
}

function evidence(token: Token, sql: string): readonly [Foreign, number] | undefined {
  if (token.kind === 'word') return WORDS.get(token.value);
  if (token.kind === 'operator') return token.value.includes('`') ? ['MySQL', 1] : undefined;
  return token.value === '[' && isBracketedName(sql, token.start) ? ['SQL Server', 1] : undefined;
}

/** An array subscript touches what it is taken from; `[name]` of SQL Server does not. */
function isBracketedName(sql: string, at: number): boolean {
  return /^\[\w+\]/.test(sql.slice(at, at + 64)) && !/[\w\])"]/.test(sql[at - 1] ?? ' ');
}
