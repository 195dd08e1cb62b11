import { resolve } from 'node:path';
import { relevantHistory, touchedBy } from '../discover/history.js';
import { chains, isDownHalf } from '../discover/order.js';
import { pathFrom } from '../discover/place.js';
import { filesOfProject, foldersOfProject, migrationsFolder } from '../discover/project.js';
import { withoutByteOrderMark } from '../lint.js';
import type { Framework } from '../operations/migration.js';
import { NO_PLACE, type Place } from '../place.js';
import { Places } from './place.js';
import type { ProjectReader, ReadFile } from './reader.js';
import { replayEach } from '../replay/replay.js';
import type { ReplayedMigration, ReplayInput } from '../replay/types.js';

/** Where each file goes once it is replayed; what it was replayed into need not be kept. */
export interface Receiver {
  done: (file: ReadFile, replayed: ReplayedMigration, place: Place) => void;
  crashed: (file: ReadFile, error: Error) => void;
}

type ReplaySettings = Pick<ReplayInput, 'deploy' | 'schema' | 'settings' | 'version'>;

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
function membersOf(files: readonly ReadFile[], reader: ProjectReader): Member[] {
  const [first] = files as [ReadFile];
  const { absolute } = first.selected;
  const { framework } = first.migration;
  const members = files.map((file): Member => ({ ...file.source, file }));
  const known = new Set(files.map(({ selected }) => resolve(selected.absolute)));
  const folder = migrationsFolder(absolute, framework);
  if (reader.seen !== undefined) for (const one of foldersOfProject(folder, framework)) reader.seen.note(one);
  for (const other of filesOfProject(folder, absolute, framework)) {
    if (known.has(other) || isDownHalf(other)) continue;
    const read = reader.text(other);
    if ('text' in read) members.push({ path: pathFrom(reader.root, other), text: withoutByteOrderMark(read.text), file: null });
  }
  return members;
}

/** What comes before the last reported file of a chain, thinned to what matters for the reported ones. */
function migrationsOf(chain: readonly Member[], reader: ProjectReader): ReplayInput['migrations'] {
  const last = chain.findLastIndex(({ file }) => file !== null);
  const before = chain.slice(0, last + 1);
  const pending = before.flatMap(({ file }) => (file === null ? [] : [file.migration]));
  const earlier = before.filter(({ file }) => file === null);
  const history = new Set(relevantHistory(touchedBy(pending), earlier, (member) => reader.readEarlier(member)));
  const byPath = new Map([...history].map((migration) => [migration.path, migration]));
  return before.flatMap(({ path, file }): ReplayInput['migrations'][number][] => {
    const migration = file?.migration ?? byPath.get(path);
    return migration === undefined ? [] : [{ migration, role: file === null ? 'history' : 'pending' }];
  });
}

/** What the default branch has under a path; null where the files under report are not what changed since. */
export type DeployedText = ((path: string) => string | null) | null;

function placesIn(chain: readonly Member[], framework: Framework, reader: ProjectReader, deployedText: DeployedText): Places {
  return new Places({
    framework,
    history: chain.map(({ path, text, file }) => ({ path, text, reported: file !== null })),
    host: reader.host,
    read: (source) => reader.readEarlier(source),
    changed: deployedText !== null,
    deployedText: (path) => deployedText?.(path) ?? null,
  });
}

function replayChain(chain: readonly Member[], reader: ProjectReader, settings: ReplaySettings, receiver: Receiver, deployedText: DeployedText): void {
  const files = chain.flatMap(({ file }) => (file === null ? [] : [file]));
  if (files.length === 0) return;
  const byMigration = new Map(files.map((file) => [file.migration, file]));
  const places = placesIn(chain, (files[0] as ReadFile).migration.framework, reader, deployedText);
  try {
    replayEach({ ...settings, migrations: migrationsOf(chain, reader) }, (replayed) => {
      const file = byMigration.get(replayed.migration);
      byMigration.delete(replayed.migration);
      if (file !== undefined) receiver.done(file, replayed, places.of(file.source.path));
    });
  } catch {
    // One file must not hide the others: each by itself, without what came before.
    for (const file of byMigration.values()) alone(file, settings, receiver);
  }
}

function alone(file: ReadFile, settings: ReplaySettings, receiver: Receiver): void {
  try {
    replayEach({ ...settings, migrations: [{ migration: file.migration, role: 'pending' }] }, (replayed) => receiver.done(file, replayed, NO_PLACE));
  } catch (error) {
    receiver.crashed(file, error as Error);
  }
}

/** Plays the reported migrations, each project in its own order and after its own history. Takes them out of `files`. */
export function replayProject(files: ReadFile[], reader: ProjectReader, settings: ReplaySettings, receiver: Receiver, deployedText: DeployedText = null): void {
  const waiting = projects(files.splice(0)).reverse();
  for (let project = waiting.pop(); project !== undefined; project = waiting.pop()) {
    const [first] = project as [ReadFile];
    for (const chain of chains(membersOf(project, reader), first.migration.framework, reader.host)) {
      replayChain(chain, reader, settings, receiver, deployedText);
    }
  }
}
