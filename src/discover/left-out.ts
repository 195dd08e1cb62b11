/** Directories in which nothing is a migration, whatever its name; a walk does not enter them. */
export const FOLDERS_LEFT_OUT: readonly string[] = [
  '.git',
  '.venv',
  '__pycache__',
  '__tests__',
  'build',
  'coverage',
  'dist',
  'fixtures',
  'node_modules',
  'seeders',
  'seeds',
  'site-packages',
  'test',
  'tests',
  'vendor',
  'venv',
];

const FILES_LEFT_OUT = /(?:\.d\.[cm]?ts|\.(?:test|spec)\.\w+|(?:^|\/)(?:schema|structure|seed|seeds|dump)\.sql)$/i;

/** Extensions that some front-end reads. */
export const EXTENSIONS: readonly string[] = ['sql', 'py', 'ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

const FOLDERS = new Set(FOLDERS_LEFT_OUT);
const READABLE = new RegExp(`\\.(?:${EXTENSIONS.join('|')})$`, 'i');

/** True when a walk that began where `path` begins would pass the file over. */
export function leftOut(path: string): boolean {
  return !READABLE.test(path) || FILES_LEFT_OUT.test(path) || path.split('/').slice(0, -1).some((folder) => FOLDERS.has(folder));
}

/**
 * Where an SQL file must lie to be taken for a migration when nobody named its
 * directory: projects hold queries, dumps and test data too.
 */
const MIGRATION_FOLDERS =
  /(?:^|\/)(?:[\w-]*migrations?|migrate|versions|alterations|changelogs?|changesets?|deploy|drizzle|sqls|committed|upgrades?|db\/sql)\//i;

export function liesAmongMigrations(path: string): boolean {
  return MIGRATION_FOLDERS.test(path) || /(?:^|\/)(?:V\d[\d._]*|R)__[^/]+\.sql$/.test(path);
}
