import { filesNamed, namesIn, type Facts } from '../facts.js';
import { valueAt } from '../json.js';
import type { Place } from '../place.js';
import { VERSIONS } from '../../postgres/effects.js';

const PATH = 'migration-guard.config.json';

function content(version: string, schema: boolean): string {
  return `{\n${schema ? '  "$schema": "./node_modules/migration-guard/schema.json",\n' : ''}  "postgres": ${version}\n}\n`;
}

/** The server's major version, where compose files and workflows name one and the same. */
export function versionInUse(facts: Facts): string | null {
  const workflows = namesIn(facts, '.github/workflows').map((name) => `.github/workflows/${name}`);
  const files = [...filesNamed(facts, /^(?:docker-)?compose.*\.ya?ml$/), ...workflows, '.gitlab-ci.yml'];
  const found = new Set<string>();
  for (const path of files) {
    const text = facts.read(path) ?? '';
    for (const [, tag, suffix] of text.matchAll(/\b(?:postgres|postgresql|postgis\/postgis|pgvector\/pgvector|timescale\/timescaledb(?:-ha)?|supabase\/postgres):(?:pg)?(\d+)?[\w.]*(?:-pg(\d+))?/g)) {
      const version = suffix ?? tag;
      if (version !== undefined && VERSIONS.some((known) => String(known) === version)) found.add(version);
    }
  }
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

/** Makes a configuration where there is none and the server's version is known, the one fact that every file hangs on. */
export function configPlaces(facts: Facts, version: string | null): Place[] {
  const configured = namesIn(facts, '.').some((name) => name.startsWith('migration-guard.config.') && name !== PATH);
  if (configured || valueAt(facts.read('package.json') ?? '', 'migration-guard') !== undefined) return [];
  if (version === null && !facts.has(PATH)) return [];
  const schema = facts.has('package.json');
  return [
    {
      id: 'config',
      effect: `migrations are judged for PostgreSQL ${version ?? valueAt(facts.read(PATH) ?? '', 'postgres')}, as this project runs it`,
      path: PATH,
      add: (text) => text ?? (version === null ? null : content(version, schema)),
      remove: (text) => (VERSIONS.some((known) => text === content(String(known), schema)) ? null : text),
      byHand: '',
    },
  ];
}
