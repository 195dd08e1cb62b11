import { dialectNamed } from './evaluate/conditions.js';

const TITLES: readonly [RegExp, string][] = [
  [/mysql/, 'MySQL'],
  [/maria/, 'MariaDB'],
  [/sqlite|sqljs|libsql/, 'SQLite'],
  [/mssql|sqlserver|tedious/, 'SQL Server'],
  [/oracle/, 'Oracle'],
  [/cockroach/, 'CockroachDB'],
  [/mongo/, 'MongoDB'],
  [/spanner/, 'Cloud Spanner'],
];

/** How a database is called when its file is left alone: `MySQL`. */
export function titleOf(dialect: string): string {
  const word = dialect.toLowerCase();
  return TITLES.find(([pattern]) => pattern.test(word))?.[1] ?? dialect;
}

/**
 * Another database than PostgreSQL named by a directory of the path
 * (`migrations/mysql/…`, `sqlite-migrations/…`), or null.
 */
export function otherDialectOfPath(path: string): string | null {
  const directories = path.split('/').slice(0, -1);
  for (const directory of directories.reverse()) {
    const words = directory.toLowerCase().split(/[-_.\s]/);
    const named = words.map((word) => ({ word, postgres: dialectNamed(word) }));
    if (named.some(({ postgres }) => postgres === true)) return null;
    const other = named.find(({ postgres }) => postgres === false);
    // A project may be called `mysql-tools`; a directory that says no more than the dialect, or that it migrates, means it.
    if (other !== undefined && words.every((word) => word === other.word || /^(migrations?|db|database|sql)$/.test(word))) return titleOf(other.word);
  }
  return null;
}

const MARKS: readonly [RegExp, string][] = [
  [/`[^`\n]+`|\bENGINE\s*=\s*(?:InnoDB|MyISAM)|\bAUTO_INCREMENT\b|\b(?:long|medium|tiny)text\b/i, 'MySQL'],
  [/\bAUTOINCREMENT\b|^\s*PRAGMA\s+\w/i, 'SQLite'],
  [/\bnvarchar\s*\(|\[dbo\]|\bIDENTITY\s*\(\s*1\s*,\s*1\s*\)|\bdatetime2\b/i, 'SQL Server'],
  [/\bVARCHAR2\s*\(|\bNUMBER\s*\(\s*\d+/i, 'Oracle'],
];

/** Another database whose spelling an SQL string carries outside its quotes, or null. */
export function otherDialectOfSql(sql: string): string | null {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (part) =>
    part.startsWith("'") ? "''" : part.startsWith('"') ? '""' : ' ',
  );
  if (/\bdatetime\s*\(\s*''\s*\)/i.test(bare)) return 'SQLite';
  return MARKS.find(([mark]) => mark.test(bare))?.[1] ?? null;
}
