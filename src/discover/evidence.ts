import { dirname } from 'node:path';
import type { Framework, Migration, TransactionShape } from '../operations/migration.js';
import type { Host } from '../parsers/parser.js';

interface Setting {
  /** Files that may hold it, looked for beside the migration and in every folder above. */
  files: readonly string[];
  pattern: RegExp;
  shapes: Readonly<Record<string, TransactionShape>>;
}

const SCRIPTS = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'];

function scripts(...names: string[]): string[] {
  return names.flatMap((name) => SCRIPTS.map((extension) => `${name}.${extension}`));
}

/** How a project's own files change what its tool opens around each migration. */
const SETTINGS: Readonly<Partial<Record<Framework, Setting>>> = {
  alembic: {
    files: ['env.py'],
    pattern: /^[^#\n]*\btransaction_per_migration\s*=\s*(True)\b/m,
    shapes: { True: 'file' },
  },
  typeorm: {
    files: ['ormconfig.json', ...scripts('ormconfig', 'data-source', 'datasource', 'src/data-source', 'typeorm.config', 'src/typeorm.config', 'src/DataSource')],
    pattern: /\bmigrationsTransactionMode['"]?\s*:\s*['"](all|each|none)['"]/,
    shapes: { all: 'batch', each: 'file', none: 'none' },
  },
  knex: {
    files: scripts('knexfile'),
    pattern: /^(?!\s*\/\/).*\bdisableTransactions\s*:\s*(true)\b/m,
    shapes: { true: 'none' },
  },
};

/** The setting's value in the nearest file that has it, from the migration's folder upwards. */
function nearestValue({ files, pattern }: Setting, path: string, root: string, host: Host): string | null {
  for (let folder = dirname(path), up = './'; ; folder = dirname(folder), up += '../') {
    for (const file of files) {
      const text = host.sibling?.(path, up + file)?.text;
      const value = text === undefined ? undefined : pattern.exec(text)?.[1];
      if (value !== undefined) return value;
    }
    if (folder === '.' || folder === root || folder === dirname(folder)) return null;
  }
}

/** Values by framework and folder: thousands of files may lie in one. */
const known = new WeakMap<Host, Map<string, string | null>>();

function valueFor({ framework, path }: Migration, root: string, host: Host): string | null {
  const setting = SETTINGS[framework];
  if (setting === undefined) return null;
  const values = known.get(host) ?? new Map<string, string | null>();
  known.set(host, values);
  const key = `${framework}\0${dirname(path)}`;
  let value = values.get(key);
  if (value === undefined) values.set(key, (value = nearestValue(setting, path, root, host)));
  return value;
}

/**
 * The migration with the transaction that the project's configuration gives it.
 * What the file says itself stands above that; that the configuration lets it
 * say so need not be told to somebody who has seen to it.
 */
export function inProject(migration: Migration, root: string, host: Host): Migration {
  const setting = SETTINGS[migration.framework];
  const value = valueFor(migration, root, host);
  const shape = value === null ? undefined : setting?.shapes[value];
  if (shape === undefined) return migration;
  if (migration.transactionSetBy === null) return { ...migration, transaction: shape };
  const settled = migration.framework === 'typeorm' && shape !== 'batch';
  return settled ? { ...migration, notices: migration.notices.filter((notice) => !notice.includes('migrationsTransactionMode')) } : migration;
}
