import type { Framework } from '../../../operations/migration.js';
import type { Host } from '../../parser.js';
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

/** The database that Prisma's or Drizzle's own files name. */
function dialectOfProject(path: string, framework: Framework, host: Host | undefined): string | undefined {
  if (framework === 'prisma') {
    const lock = host?.sibling?.(path, '../migration_lock.toml')?.text;
    const provider = lock === undefined ? undefined : /^\s*provider\s*=\s*"(\w+)"/m.exec(lock)?.[1];
    return provider === undefined ? undefined : PRISMA_PROVIDERS[provider];
  }
  if (framework !== 'drizzle') return undefined;
  const journal = host?.sibling?.(path, 'meta/_journal.json')?.text;
  const dialect = journal === undefined ? undefined : /"dialect"\s*:\s*"(\w+)"/.exec(journal)?.[1];
  return dialect === undefined ? undefined : DIALECT_NAMES[dialect];
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

const MYSQL_WORDS = new Set(['auto_increment', 'engine', 'unsigned', 'tinyint', 'mediumtext', 'longtext', 'charset']);
const SQLITE_WORDS = new Set(['pragma', 'autoincrement', 'rowid']);
const SQL_SERVER_WORDS = new Set(['nvarchar', 'uniqueidentifier', 'datetime2', 'dbo', 'nonclustered', 'sysname']);

/**
 * The dialect of a text that PostgreSQL's grammar refused, by words that no
 * statement of PostgreSQL holds in such a place; undefined when nothing says so.
 */
export function dialectOfText({ sql, tokens }: ScannedSql): string | undefined {
  if (/\bENGINE\s*=\s*\w*MergeTree\b/i.test(sql) || /\bON\s+CLUSTER\b/i.test(sql)) return 'ClickHouse';
  const score = { MySQL: 0, SQLite: 0, 'SQL Server': 0 };
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind === 'operator' && token.value.includes('`')) score.MySQL++;
    else if (token.kind === 'punctuation' && token.value === '[' && /^\[\w+\]/.test(sql.slice(token.start, token.start + 64)) && !endsOperand(sql, token.start)) {
      score['SQL Server']++;
    } else if (token.kind === 'word') {
      if (MYSQL_WORDS.has(token.value)) score.MySQL++;
      else if (SQLITE_WORDS.has(token.value)) score.SQLite += 2;
      else if (SQL_SERVER_WORDS.has(token.value) || (token.value === 'go' && tokens[index - 1] !== undefined)) score['SQL Server']++;
    }
  }
  const [best, points] = Object.entries(score).reduce((a, b) => (b[1] > a[1] ? b : a));
  return points >= 2 ? best : undefined;
}

/** An array subscript touches what it is taken from; `[name]` of SQL Server does not. */
function endsOperand(sql: string, at: number): boolean {
  return /[\w\])"]/.test(sql[at - 1] ?? ' ');
}
