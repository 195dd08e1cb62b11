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

/**
 * The transaction that the project's configuration gives its migrations, or
 * null when it leaves the tool's default. What a file says itself stands above it.
 */
export function projectTransaction(migration: Migration, root: string, host: Host): TransactionShape | null {
  const setting = SETTINGS[migration.framework];
  if (setting === undefined || migration.transactionSetBy !== null) return null;
  const value = nearestValue(setting, migration.path, root, host);
  return value === null ? null : (setting.shapes[value] ?? null);
}
