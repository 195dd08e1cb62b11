import { resolve } from 'node:path';
import { relevantHistory } from '../discover/history.js';
import { chains, isDownHalf } from '../discover/order.js';
import { pathFrom } from '../discover/place.js';
import { filesOfProject, migrationsFolder } from '../discover/project.js';
import { readText } from '../discover/read-text.js';
import { withoutByteOrderMark } from '../lint.js';
import type { ProjectReader, ReadFile } from './reader.js';
import { replay } from '../replay/replay.js';
import type { ReplayedMigration, ReplayInput } from '../replay/types.js';

export interface ReplayedProject {
  done: { file: ReadFile; replayed: ReplayedMigration }[];
  crashed: { file: ReadFile; error: Error }[];
}

type ReplaySettings = Pick<ReplayInput, 'deploy' | 'schema' | 'version'>;

/** A file of a project's folder: one that is reported on, or an earlier one. */
interface Member {
  path: string;
  text: string;
  file: ReadFile | null;
}

/** Files of one tool in one folder. */
function projects(files: readonly ReadFile[]): ReadFile[][] {
  const groups = new Map<string, ReadFile[]>();
  for (const file of files) {
    const { framework } = file.migration;
    const key = `${framework}\0${migrationsFolder(file.selected.absolute, framework)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

/** Every file of the project that `files` belong to; those that are not reported on only with their text. */
function membersOf(files: readonly ReadFile[], { root }: ProjectReader): Member[] {
  const [first] = files as [ReadFile];
  const { absolute } = first.selected;
  const { framework } = first.migration;
  const members = files.map((file): Member => ({ ...file.source, file }));
  const known = new Set(files.map(({ selected }) => resolve(selected.absolute)));
  for (const other of filesOfProject(migrationsFolder(absolute, framework), absolute, framework)) {
    if (known.has(other) || isDownHalf(other)) continue;
    const read = readText(other);
    if ('text' in read) members.push({ path: pathFrom(root, other), text: withoutByteOrderMark(read.text), file: null });
  }
  return members;
}

/** What comes before the last reported file of a chain, thinned to what matters for the reported ones. */
function migrationsOf(chain: readonly Member[], reader: ProjectReader): ReplayInput['migrations'] {
  const last = chain.findLastIndex(({ file }) => file !== null);
  const before = chain.slice(0, last + 1);
  const pending = before.flatMap(({ file }) => (file === null ? [] : [file.migration]));
  const earlier = before.filter(({ file }) => file === null);
  const history = new Set(relevantHistory(pending, earlier, (member) => reader.readEarlier(member)));
  const byPath = new Map([...history].map((migration) => [migration.path, migration]));
  return before.flatMap(({ path, file }): ReplayInput['migrations'][number][] => {
    const migration = file?.migration ?? byPath.get(path);
    return migration === undefined ? [] : [{ migration, role: file === null ? 'history' : 'pending' }];
  });
}

function replayChain(chain: readonly Member[], reader: ProjectReader, settings: ReplaySettings, result: ReplayedProject): void {
  const files = chain.flatMap(({ file }) => (file === null ? [] : [file]));
  if (files.length === 0) return;
  const byMigration = new Map(files.map((file) => [file.migration, file]));
  try {
    for (const replayed of replay({ ...settings, migrations: migrationsOf(chain, reader) })) {
      const file = byMigration.get(replayed.migration);
      if (file !== undefined) result.done.push({ file, replayed });
    }
  } catch {
    // One file must not hide the others: each by itself, without what came before.
    for (const file of files) alone(file, settings, result);
  }
}

function alone(file: ReadFile, settings: ReplaySettings, result: ReplayedProject): void {
  try {
    const [replayed] = replay({ ...settings, migrations: [{ migration: file.migration, role: 'pending' }] });
    if (replayed !== undefined) result.done.push({ file, replayed });
  } catch (error) {
    result.crashed.push({ file, error: error as Error });
  }
}

/** Plays the reported migrations, each project in its own order and after its own history. */
export function replayProject(files: readonly ReadFile[], reader: ProjectReader, settings: ReplaySettings): ReplayedProject {
  const result: ReplayedProject = { done: [], crashed: [] };
  for (const project of projects(files)) {
    const [first] = project as [ReadFile];
    for (const chain of chains(membersOf(project, reader), first.migration.framework, reader.host)) {
      replayChain(chain, reader, settings, result);
    }
  }
  return result;
}
