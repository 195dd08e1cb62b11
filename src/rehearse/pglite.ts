import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Refusal } from './refusal.js';
import { pgliteConnection, type PGliteLike } from '../postgres/observe/connection.js';
import { numberOf, type Database } from './database.js';
import { EmptyDatabase } from './empty-database.js';

interface Instance extends PGliteLike {
  close(): Promise<void>;
  dumpDataDir(compression: 'gzip'): Promise<Blob>;
}

interface Package {
  PGlite: { create(options: { extensions?: Record<string, unknown>; loadDataDir?: Blob }): Promise<Instance> };
}

const PACKAGE = '@electric-sql/pglite';

/** Folders a package is looked for from: the project's, then our own. */
export type Finder = (specifier: string) => string | null;

export function finderFrom(folders: readonly string[]): Finder {
  return (specifier) => {
    for (const folder of folders) {
      try {
        return createRequire(join(folder, 'package.json')).resolve(specifier);
      } catch {
        // The next one may have it.
      }
    }
    return null;
  };
}

/** Where the code of an extension may be: bundled with PGlite, in it, or a package of its own. */
function placesOf(extension: string): string[] {
  const name = extension.replaceAll('-', '_');
  return [`${PACKAGE}/contrib/${name}`, `${PACKAGE}/${name}`, `${PACKAGE}-${name}`, `${PACKAGE}-pg${name}`];
}

async function extensionOf(extension: string, find: Finder): Promise<Record<string, unknown>> {
  const name = extension.replaceAll('-', '_');
  for (const place of placesOf(extension)) {
    const file = find(place);
    if (file === null) continue;
    const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown> & { default?: Record<string, unknown> };
    const code = loaded[name] ?? loaded.default?.[name];
    if (code !== undefined) return { [name]: code };
  }
  return {};
}

async function start({ PGlite }: Package, extensions: Record<string, unknown>, kept: EmptyDatabase): Promise<Instance> {
  const archive = kept.read();
  if (archive !== null) {
    try {
      return await PGlite.create({ extensions, loadDataDir: archive });
    } catch {
      // It can do without.
    }
  }
  const instance = await PGlite.create({ extensions });
  // What still stands in the log alone would have to be recovered at each start.
  await instance.exec('CHECKPOINT');
  await kept.write(await instance.dumpDataDir('gzip'));
  return instance;
}

/**
 * PostgreSQL in this process, in memory, with those of the extensions that
 * PGlite has. It is gone with the process. The empty database it begins with
 * is kept where PGlite is installed.
 */
export async function openPGlite(extensions: readonly string[], find: Finder): Promise<Database> {
  const file = find(PACKAGE);
  if (file === null) {
    throw new Refusal(`rehearse needs PGlite, a PostgreSQL inside Node: npm install --save-dev ${PACKAGE}. --server <version> does without.`);
  }
  const loaded = (await import(pathToFileURL(file).href)) as Package & { default?: Package };
  const code = loaded.PGlite === undefined && loaded.default !== undefined ? loaded.default : loaded;
  const found = await Promise.all(extensions.map((extension) => extensionOf(extension, find)));
  const instance = await start(code, Object.assign({}, ...found) as Record<string, unknown>, new EmptyDatabase(file));
  const connection = pgliteConnection(instance);
  const [row] = await connection.query("SELECT current_setting('server_version_num')::int AS number");
  const version = Math.floor(numberOf(row?.number) / 10_000);
  const close = (): Promise<void> => instance.close();
  return {
    description: `PGlite (PostgreSQL ${version})`,
    version,
    session: { ...connection, close },
    belongs: 'own',
    settings: '',
    another: null,
    onCopy: null,
    close,
  };
}
