import { writeFileSync } from 'node:fs';
import { cacheFolder, readEntry, writeEntry } from '../cache/folder.js';
import { digest } from '../digest.js';
import { VERSION } from '../version.js';
import type { Usage } from './search.js';
import { soughtKey, type Sought } from './sought.js';

/** Changes when an answer would. */
const FORMAT = 1;

/** The question for code that leaves a column out, apart from the one for code that uses it. */
export function omissionsKey(sought: Sought): string {
  return `+${soughtKey(sought)}`;
}

/** What `search` answers about the state of a checkout: a commit, which never changes, and what is left out of it. Remembered when it can be. */
export function cachedUsages([root, ...state]: readonly [root: string, ...string[]], name: string, keys: readonly string[], search: () => Map<string, Usage>): Map<string, Usage> {
  const folder = cacheFolder(root, 'usage');
  const entry = `${digest('sha256', [VERSION, FORMAT, root, ...state, '', ...[...keys].sort()].join('\0')).slice(0, 40)}.json`;
  const known = remembered(folder, entry, keys);
  if (known !== null) return new Map([...known].map(([key, usage]) => [key, { ...usage, code: name }]));
  const usages = search();
  writeEntry(folder, entry, (file) => writeFileSync(file, JSON.stringify([...usages])));
  return usages;
}

function remembered(folder: string, entry: string, keys: readonly string[]): Map<string, Usage> | null {
  try {
    const usages = new Map(JSON.parse(readEntry(folder, entry)?.toString('utf8') ?? '') as [string, Usage][]);
    return keys.every((key) => isUsage(usages.get(key))) ? usages : null;
  } catch {
    // Absent, cut short or not ours: it is searched anew.
    return null;
  }
}

function isUsage(value: unknown): value is Usage {
  return typeof value === 'object' && value !== null && 'conclusive' in value && 'places' in value && Array.isArray(value.places);
}
