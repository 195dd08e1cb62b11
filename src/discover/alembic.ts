import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ALEMBIC_FILES, alembicSettings, holdsFolder, type AlembicSettings } from '../alembic-settings.js';
import { isSame, stampOf, type Stamp } from './seen.js';

/** The folders that Alembic reads as one history. */
export interface AlembicProject {
  folders: readonly string[];
  recursive: boolean;
}

interface Known {
  file: string;
  stamp: Stamp | null;
  project: AlembicProject | null;
}

/** By folder of revisions; null where no settings stand above it. */
const known = new Map<string, Known | null>();

/**
 * What `alembic.ini` or `pyproject.toml` above a folder of revisions says of it;
 * null where neither does. Looked up again when the file that decided changes.
 */
export function alembicProject(folder: string): AlembicProject | null {
  if (!isAbsolute(folder)) return null;
  const before = known.get(folder);
  if (before === null || (before !== undefined && isSame(before.stamp, stampOf(before.file)))) return before?.project ?? null;
  const found = search(folder);
  known.set(folder, found);
  return found?.project ?? null;
}

/** Folders above the revisions in which their settings may stand. */
const LEVELS = 8;

function search(folder: string): Known | null {
  for (let above = folder, level = 0; level < LEVELS; above = dirname(above), level++) {
    for (const name of ALEMBIC_FILES) {
      const file = join(above, name);
      const settings = existsSync(file) ? alembicSettings(name, textOf(file)) : [];
      const own = settings.find((one) => holdsFolder(one, within(above, folder)));
      if (own !== undefined) return { file, stamp: stampOf(file), project: projectOf(own, above) };
    }
    if (existsSync(join(above, '.git')) || above === dirname(above)) return null;
  }
  return null;
}

function within(base: string, folder: string): string {
  return relative(base, folder).replaceAll('\\', '/') || '.';
}

function projectOf({ locations, recursive }: AlembicSettings, base: string): AlembicProject {
  return { folders: locations.map((location) => resolve(base, location)), recursive };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
