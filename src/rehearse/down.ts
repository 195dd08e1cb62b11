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
  const half = readOther(file.selected.absolute, reader);
  return half === null ? null : judged(link, half, before, version);
}

/** The operations of the file that takes this one back. */
function readOther(path: string, reader: ProjectReader): Pick<WayDown, 'operations' | 'text'> | null {
  const other = otherHalf(path);
  if (other === null) return null;
  const read = reader.text(resolve(other));
  if (!('text' in read)) return null;
  const text = read.text.replace(/^\ufeff/, '');
  const half = reader.readEarlier({ path: pathFrom(reader.root, other), text });
  const operations = half?.down ?? half?.up ?? [];
  return operations.length === 0 ? null : { operations, text };
}

function judged({ migration }: Link, { operations, text }: Pick<WayDown, 'operations' | 'text'>, before: readonly Link[], version: number): WayDown | null {
  const known = VERSIONS.find((one) => one === version) ?? 18;
  const [last] = replay({
    migrations: [...before.map((one) => ({ migration: one.migration, role: 'history' as const })), { migration: { ...migration, down: [...operations] }, role: 'pending' }],
    deploy: 'each',
    schema: EMPTY_SCHEMA,
    version: known,
  });
  return last?.down ? { operations, steps: last.down, text } : null;
}
