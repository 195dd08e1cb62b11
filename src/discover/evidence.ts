import { dirname } from 'node:path';
import type { Framework, Migration, TransactionShape } from '../operations/migration.js';
import type { Host } from '../parsers/parser.js';
import type { ProjectHost } from './host.js';

interface Setting {
  /** Files that may hold it, looked for beside the migration and in every folder above. */
  files: readonly string[];
  /** What to look for, the strongest first, and what it makes of the transaction. */
  readings: readonly (readonly [RegExp, TransactionShape])[];
  /** Notices of a migration that need not be given once the setting is known to be other than the default. */
  settles?: RegExp;
}

const SCRIPTS = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'];

function scripts(...names: string[]): string[] {
  return names.flatMap((name) => SCRIPTS.map((extension) => `${name}.${extension}`));
}

/** How a project's own files change what its tool opens around each migration. */
const SETTINGS: Readonly<Partial<Record<Framework, Setting>>> = {
  alembic: {
    files: ['env.py'],
    readings: [[/^[^#\n]*\btransaction_per_migration\s*=\s*True\b/m, 'file']],
  },
  typeorm: {
    files: ['ormconfig.json', ...scripts('ormconfig', 'data-source', 'datasource', 'src/data-source', 'typeorm.config', 'src/typeorm.config', 'src/DataSource')],
    readings: [
      [property('migrationsTransactionMode', `['"\`]all['"\`]`), 'batch'],
      [property('migrationsTransactionMode', `['"\`]each['"\`]`), 'file'],
      [property('migrationsTransactionMode', `['"\`]none['"\`]`), 'none'],
    ],
    settles: /migrationsTransactionMode/,
  },
  knex: {
    files: scripts('knexfile', 'src/knexfile'),
    readings: [[property('disableTransactions', 'true'), 'none']],
  },
  'mikro-orm': {
    files: ['mikro-orm.config', 'src/mikro-orm.config', 'config/mikro-orm.config', 'src/config/mikro-orm.config'].flatMap((name) => scripts(name)),
    readings: [
      [property('transactional', 'false'), 'none'],
      [property('allOrNothing', 'false'), 'file'],
    ],
    settles: /transaction of the whole run/,
  },
  kysely: {
    // The Migrator is built by a script of the project's own, or by the settings of kysely-ctl.
    files: scripts('kysely.config', '.config/kysely.config', 'migrate', 'migrator', 'src/migrate', 'src/migrator', 'scripts/migrate'),
    readings: [[property('disableTransactions', 'true'), 'none']],
  },
  'node-pg-migrate': {
    // The runner is called by a script, or the command by one of the package's.
    files: ['package.json', ...scripts('migrate', 'migrator', 'src/migrate', 'src/migrator', 'scripts/migrate')],
    readings: [
      [/\bnode-pg-migrate\b[^"\n]*--(?:no-single-transaction\b|single-transaction[ =]false\b)/, 'file'],
      [property('singleTransaction', 'false'), 'file'],
    ],
  },
};

function property(name: string, value: string): RegExp {
  return new RegExp(`\\b${name}['"]?\\s*:\\s*${value}(?![\\w.])`);
}

/** What is commented out is no setting; `/*` and `//` inside a string, as in a glob, begin no comment. */
function withoutComments(text: string): string {
  return text.replace(/("|')(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^\\`])*`|\/\*[\s\S]*?\*\/|\/\/.*/g, (found) => (found.startsWith('/') ? ' ' : found));
}

function asCode(file: string, text: string): string {
  return file.endsWith('.py') ? text : withoutComments(text);
}

/** The disk, or what stands for it. */
type Disk = Host & Partial<ProjectHost>;

/** What the nearest file that holds the setting says, from the migration's folder upwards. */
function nearestShape({ files, readings }: Setting, path: string, root: string, host: Disk): TransactionShape | null {
  for (let folder = dirname(path), up = './'; ; folder = dirname(folder), up += '../') {
    for (const file of files.filter(host.mayStand?.(path, up) ?? (() => true))) {
      const found = host.sibling?.(path, up + file)?.text;
      if (found === undefined) continue;
      const reading = readings.find(([pattern]) => pattern.test(asCode(file, found)));
      if (reading !== undefined) return reading[1];
    }
    if (folder === '.' || folder === root || folder === dirname(folder)) return null;
  }
}

/** Shapes by framework and folder: thousands of files may lie in one. */
const known = new WeakMap<Host, Map<string, TransactionShape | null>>();

function shapeFor(setting: Setting, { framework, path }: Migration, root: string, host: Disk): TransactionShape | null {
  const shapes = known.get(host) ?? new Map<string, TransactionShape | null>();
  known.set(host, shapes);
  const key = `${framework}\0${dirname(path)}`;
  let shape = shapes.get(key);
  if (shape === undefined) shapes.set(key, (shape = nearestShape(setting, path, root, host)));
  return shape;
}

/**
 * The migration with the transaction that the project's configuration gives it.
 * What the file says itself stands above that; that the configuration lets it
 * say so need not be told to somebody who has seen to it.
 */
export function inProject(migration: Migration, root: string, host: Disk): Migration {
  const setting = SETTINGS[migration.framework];
  const shape = setting === undefined ? null : shapeFor(setting, migration, root, host);
  if (setting === undefined || shape === null) return migration;
  if (migration.transactionSetBy === null) return { ...migration, transaction: shape };
  const { settles } = setting;
  if (settles === undefined || shape === 'batch') return migration;
  return { ...migration, notices: migration.notices.filter((notice) => !settles.test(notice)) };
}
