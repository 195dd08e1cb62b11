import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import type { Host } from '../src/parsers/parser.js';
import { pythonChunk } from '../src/parsers/python/index.js';
import { comparable, isStep, parseSent, withTransactions, type Sent } from './differential.js';

// What the real Django sends for each migration was recorded by
// `npm run record:python`; what we read has to be the same operations.

const folder = fileURLToPath(new URL('../fixtures/differential/django/', import.meta.url));

interface Recorded {
  django: string;
  migrations: Record<string, Record<'forwards' | 'backwards', Sent[] | { error: string }>>;
}

const recorded = JSON.parse(readFileSync(`${folder}recorded.json`, 'utf8')) as Recorded;

/** The settings under which the record was made. */
const PROJECT: Record<string, string> = {
  'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'project.settings')",
  'project/settings.py': "DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'",
};

const host: Host = {
  sibling(from, relative) {
    const path = posix.join(posix.dirname(from), relative);
    const made = PROJECT[path];
    if (made !== undefined) return { path, text: made };
    return existsSync(folder + path) && path.endsWith('.py') ? { path, text: readFileSync(folder + path, 'utf8') } : null;
  },
};

/** What models send is not in the record. */
function isRecorded({ span }: Operation, text: string): boolean {
  return !text.slice(span.start, span.end).includes('.objects.');
}

describe(`Django ${recorded.django}`, () => {
  it.each(Object.keys(recorded.migrations))('%s', (path) => {
    const text = readFileSync(folder + path, 'utf8');
    const migration = pythonChunk.parser.parse({ path, text }, { host }) as Migration;
    for (const [direction, operations] of [
      ['forwards', migration.up],
      ['backwards', migration.down ?? []],
    ] as const) {
      const sent = recorded.migrations[path]?.[direction];
      expect(Array.isArray(sent), `recorded ${direction} of ${path}`).toBe(true);
      const read = withTransactions(operations, migration.transaction === 'file').filter(isStep).filter(({ operation }) => isRecorded(operation, text)).map(comparable);
      expect(read, direction).toEqual(parseSent(sent as Sent[]).map(comparable));
    }
  });
});
