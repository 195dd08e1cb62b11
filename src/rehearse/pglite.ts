import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Refusal } from './refusal.js';
import { pgliteConnection, type PGliteLike } from '../postgres/observe/connection.js';
import { numberOf, type Database } from './database.js';

interface Instance extends PGliteLike {
  close(): Promise<void>;
}

interface Package {
  PGlite: { create(options: { extensions?: Record<string, unknown> }): Promise<Instance> };
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

/**
 * PostgreSQL in this process, in memory, with those of the extensions that
 * PGlite has. It is gone with the process.
 */
export async function openPGlite(extensions: readonly string[], find: Finder): Promise<Database> {
  const file = find(PACKAGE);
  if (file === null) {
    throw new Refusal(`rehearse needs PGlite, a PostgreSQL inside Node: npm install --save-dev ${PACKAGE}. --server <version> does without.`);
  }
  const loaded = (await import(pathToFileURL(file).href)) as Package & { default?: Package };
  const { PGlite } = loaded.PGlite === undefined && loaded.default !== undefined ? loaded.default : loaded;
  const found = await Promise.all(extensions.map((extension) => extensionOf(extension, find)));
  const instance = await PGlite.create({ extensions: Object.assign({}, ...found) as Record<string, unknown> });
  const connection = pgliteConnection(instance);
  const [row] = await connection.query("SELECT current_setting('server_version_num')::int AS number");
  const version = Math.floor(numberOf(row?.number) / 10_000);
  const close = (): Promise<void> => instance.close();
  return {
    description: `PGlite (PostgreSQL ${version})`,
    version,
    session: { ...connection, close },
    belongs: 'own',
    another: null,
    onCopy: null,
    close,
  };
}
