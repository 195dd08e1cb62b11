import { resolve } from 'node:path';
import { pathFrom } from '../discover/place.js';
import type { Operation } from '../operations/types.js';
import { VERSIONS } from '../postgres/effects.js';
import { EMPTY_SCHEMA } from '../postgres/schema.js';
import type { ProjectReader } from '../project/reader.js';
import { replay } from '../replay/replay.js';
import type { Step } from '../rule.js';
import type { Link } from './chains.js';

export interface WayDown {
  operations: readonly Operation[];
  steps: readonly Step[];
  text: string;
}

/** The file that takes an `up.sql` back, by the names that tools give the two. */
function otherHalf(path: string): string | null {
  const other = path.replace(/((?:^|[./-]))up\.sql$/i, '$1down.sql');
  return other === path ? null : other;
}

/** The way down of a migration with what is said of it; null where there is none. */
export function downOf(link: Link, before: readonly Link[], reader: ProjectReader, version: number): WayDown | null {
  const { pending, migration } = link;
  if (pending === null) return null;
  const { replayed, file } = pending;
  if (migration.down !== null && replayed.down !== null) return { operations: migration.down, steps: replayed.down, text: file.source.text };
  const other = otherHalf(file.selected.absolute);
  const read = other === null ? null : reader.text(resolve(other));
  if (other === null || read === null || !('text' in read)) return null;
  const source = { path: pathFrom(reader.root, other), text: read.text.replace(/^\ufeff/, '') };
  const half = reader.readEarlier(source);
  const operations = half?.down ?? half?.up ?? [];
  if (operations.length === 0) return null;
  const known = VERSIONS.find((one) => one === version) ?? 18;
  const [last] = replay({
    migrations: [...before.map((one) => ({ migration: one.migration, role: 'history' as const })), { migration: { ...migration, down: [...operations] }, role: 'pending' }],
    deploy: 'each',
    schema: EMPTY_SCHEMA,
    version: known,
  });
  return last?.down ? { operations, steps: last.down, text: source.text } : null;
}
