import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Framework } from '../operations/migration.js';
import { alembicProject } from './alembic.js';
import { EXTENSIONS, leftOut } from './left-out.js';

/** Names that one migration's folder holds, so that the folder above is the project's. */
const IN_OWN_FOLDER = new Set(['migration.sql', 'up.sql', 'down.sql']);

/** Projects of these may sort their files into folders. */
const NESTED: ReadonlySet<Framework> = new Set<Framework>(['alembic', 'flyway', 'liquibase']);

/** Where the migrations of one project lie together. Paths may be absolute or the report's. */
export function migrationsFolder(path: string, framework: Framework): string {
  if (IN_OWN_FOLDER.has(basename(path).toLowerCase())) return dirname(dirname(path));
  const folder = dirname(path);
  // `recursive_version_locations`, Flyway and Liquibase let a project sort its files into folders.
  if (framework === 'alembic') return alembicProject(folder)?.folders[0] ?? upTo(folder, 'versions') ?? folder;
  if (framework === 'flyway' || framework === 'liquibase') return upTo(folder, 'migration') ?? upTo(folder, 'migrations') ?? folder;
  return folder;
}

/** Files of one kind are listed alike: what `filesOfProject` takes from a path besides its folder. */
export function kindOf(path: string): string {
  const name = basename(path).toLowerCase();
  return IN_OWN_FOLDER.has(name) ? name : extname(name);
}

/** The folder and those below it in which the project may keep files side by side. */
export function foldersOfProject(folder: string, framework: Framework): string[] {
  if (!NESTED.has(framework)) return [folder];
  const project = framework === 'alembic' ? alembicProject(folder) : null;
  return project === null ? withThoseBelow(folder) : project.folders.flatMap((one) => (project.recursive ? withThoseBelow(one) : [one]));
}

function withThoseBelow(folder: string): string[] {
  try {
    const below = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isDirectory());
    return [folder, ...below.map((entry) => join(entry.parentPath, entry.name))];
  } catch {
    return [folder];
  }
}

function upTo(folder: string, name: string): string | null {
  const parts = folder.split('/');
  const at = parts.lastIndexOf(name);
  return at < 0 ? null : parts.slice(0, at + 1).join('/');
}

/** Every file that may be a migration of the project whose files lie in `folder`. */
export function filesOfProject(folder: string, path: string, framework: Framework): string[] {
  const project = framework === 'alembic' ? alembicProject(folder) : null;
  if (project === null) return filesIn(folder, path, NESTED.has(framework));
  return project.folders.flatMap((one) => filesIn(one, path, project.recursive));
}

function filesIn(folder: string, path: string, nested: boolean): string[] {
  const name = basename(path).toLowerCase();
  try {
    if (IN_OWN_FOLDER.has(name)) {
      const wanted = name === 'down.sql' ? 'up.sql' : basename(path);
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name, wanted));
    }
    const extension = /\.[^.]+$/.exec(name)?.[0] ?? '';
    const readable = EXTENSIONS.includes(extension.slice(1));
    return readdirSync(folder, { withFileTypes: true, recursive: nested })
      .filter((entry) => entry.isFile() && (readable ? sameLanguage(entry.name, extension) : entry.name.endsWith(extension)))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !leftOut(basename(file)));
  } catch {
    return [];
  }
}

function sameLanguage(name: string, extension: string): boolean {
  const script = /\.[cm]?[jt]s$/i;
  return script.test(extension) ? script.test(name) : name.toLowerCase().endsWith(extension);
}
