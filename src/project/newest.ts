import { alembicRevision, hasPlace, inOrder, isDownHalf } from '../discover/order.js';
import { pathFrom } from '../discover/place.js';
import { migrationsFolder } from '../discover/project.js';
import { readTextSeen } from '../discover/read-text.js';
import type { Selected } from '../discover/select.js';
import { withoutByteOrderMark } from '../lint.js';
import type { Framework } from '../operations/migration.js';
import type { ProjectReader } from './reader.js';

interface Candidate {
  selected: Selected;
  path: string;
  text: string;
}

/** Revisions that no other one builds on: what `alembic heads` lists. */
function heads(files: readonly Candidate[]): Set<Candidate> {
  const revisions = new Map(files.map((file) => [file, alembicRevision(file.text)]));
  const parents = [...revisions.values()].flatMap((revision) => revision?.parents ?? []);
  const isParent = (id: string): boolean => parents.some((parent) => id.startsWith(parent));
  return new Set(files.filter((file) => !isParent(revisions.get(file)?.id ?? '')));
}

/** Every head is new, and there may be several; else the last of the order. */
function lastOf(files: readonly Candidate[], count: number, framework: Framework, reader: ProjectReader): Candidate[] {
  const ordered = inOrder(files, framework, reader.host);
  const placed = ordered.filter((file) => hasPlace(file, framework, reader.host));
  const candidates = placed.length > 0 ? placed : ordered;
  if (framework !== 'alembic') return candidates.slice(-count);
  const tips = heads(candidates);
  return [...candidates.filter((file) => !tips.has(file)), ...tips].slice(-Math.max(count, tips.size));
}

/** The newest so many of the files of each project, by the order in which its tool runs them; never by the clock, which a checkout resets. */
export function newest(files: readonly Selected[], count: number, reader: ProjectReader): Selected[] {
  const projects = new Map<string, { framework: Framework; files: Candidate[] }>();
  for (const selected of files) {
    const read = selected.text === undefined ? readTextSeen(selected.absolute, reader.seen) : { text: selected.text };
    if ('failure' in read || isDownHalf(selected.absolute)) continue;
    const candidate = { selected, path: pathFrom(reader.root, selected.absolute), text: withoutByteOrderMark(read.text) };
    const framework = reader.frameworkOf(candidate, selected);
    if (framework === null) continue;
    const key = `${framework}\0${migrationsFolder(selected.absolute, framework)}`;
    const project = projects.get(key);
    if (project === undefined) projects.set(key, { framework, files: [candidate] });
    else project.files.push(candidate);
  }
  return [...projects.values()].flatMap((project) =>
    lastOf(project.files, count, project.framework, reader).map(({ selected }) => selected),
  );
}
