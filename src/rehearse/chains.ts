import { resolve } from 'node:path';
import { chains, isDownHalf } from '../discover/order.js';
import { pathFrom } from '../discover/place.js';
import { filesOfProject, migrationsFolder } from '../discover/project.js';
import type { Migration } from '../operations/migration.js';
import type { ReplayedFile } from '../project.js';
import type { ProjectReader } from '../project/reader.js';

/** One migration at its place among those of its project. */
export interface Link {
  path: string;
  migration: Migration;
  /** What it was judged by, for those that are rehearsed; null for history. */
  pending: ReplayedFile | null;
}

interface Member {
  path: string;
  text: string;
  pending: ReplayedFile | null;
}

function projects(files: readonly ReplayedFile[]): ReplayedFile[][] {
  const groups = new Map<string, ReplayedFile[]>();
  for (const one of files) {
    const { migration, selected } = one.file;
    const key = `${migration.framework}\0${migrationsFolder(selected.absolute, migration.framework)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function membersOf(files: readonly ReplayedFile[], reader: ProjectReader): Member[] {
  const [first] = files as [ReplayedFile];
  const { absolute } = first.file.selected;
  const { framework } = first.file.migration;
  const members = files.map((pending): Member => ({ path: pending.file.source.path, text: pending.file.source.text, pending }));
  const known = new Set(files.map(({ file }) => resolve(file.selected.absolute)));
  for (const other of filesOfProject(migrationsFolder(absolute, framework), absolute, framework)) {
    if (known.has(other) || isDownHalf(other)) continue;
    const read = reader.text(other);
    if ('text' in read) members.push({ path: pathFrom(reader.root, other), text: read.text.replace(/^\ufeff/, ''), pending: null });
  }
  return members;
}

/**
 * The chosen files with all that comes before the last of them, in the order in
 * which their tool runs them: one list for each project, and for each line of
 * revisions where a project has several.
 */
export function chainsOf(files: readonly ReplayedFile[], reader: ProjectReader): Link[][] {
  return projects(files).flatMap((project) => {
    const [first] = project as [ReplayedFile];
    return chains(membersOf(project, reader), first.file.migration.framework, reader.host).flatMap((chain) => {
      const last = chain.findLastIndex(({ pending }) => pending !== null);
      const links = chain.slice(0, last + 1).flatMap(({ path, text, pending }): Link[] => {
        const migration = pending?.file.migration ?? reader.readEarlier({ path, text });
        return migration === null ? [] : [{ path, migration, pending }];
      });
      return links.length === 0 ? [] : [links];
    });
  });
}
