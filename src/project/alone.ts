import { relevantHistory, touchedBy, type Earlier, type Touched } from '../discover/history.js';
import { chains, orderSign } from '../discover/order.js';
import { migrationsFolder } from '../discover/project.js';
import type { Migration } from '../operations/migration.js';
import type { Host } from '../parsers/parser.js';
import { NO_PLACE, type Place } from '../place.js';
import type { Schema } from '../postgres/schema.js';
import { replay, schemasAfter } from '../replay/replay.js';
import type { ReplayedMigration, ReplayInput } from '../replay/types.js';
import type { ProjectMemory } from './memory.js';
import { Places, placeSign, type Neighbour } from './place.js';
import type { ProjectReader, ReadFile } from './reader.js';

type Settings = Pick<ReplayInput, 'schema' | 'settings' | 'version'>;

/** Answers that hold as long as the host and the files are the same objects. */
interface Known {
  host: Host;
  /** The history that a file is part of, by the file and what else decides its place. */
  chains: Map<string, Chain>;
}

/** Both without the file itself. */
interface Chain {
  before: readonly Earlier[];
  after: readonly Earlier[];
  /** Where the file stands, as long as what is asked of its own text for that is the same. */
  place: { sign: string; place: Place } | null;
}

const byMembers = new WeakMap<readonly Earlier[], Known>();

function chainOf({ source, migration }: ReadFile, members: readonly Earlier[], host: Host): Chain {
  const { framework } = migration;
  let known = byMembers.get(members);
  if (known?.host !== host) byMembers.set(members, (known = { host, chains: new Map() }));
  const key = [framework, source.path, orderSign(source, framework)].join('\0');
  let chain = known.chains.get(key);
  if (chain === undefined) {
    const others = members.filter(({ path }) => path !== source.path);
    const whole = chains([source, ...others], framework, host).find((one) => one.includes(source)) ?? [source];
    const own = whole.indexOf(source);
    known.chains.set(key, (chain = { before: whole.slice(0, own), after: whole.slice(own + 1), place: null }));
  }
  return chain;
}

function placeIn(chain: Chain, { source, migration }: ReadFile, reader: ProjectReader): Place {
  const { before, after } = chain;
  const sign = `${reader.readingKey}\0${placeSign(source, migration.framework)}`;
  if (chain.place?.sign === sign) return chain.place.place;
  const deployed = (one: Earlier): Neighbour => ({ ...one, reported: false });
  const places = new Places({
    framework: migration.framework,
    history: [...before.map(deployed), { ...source, reported: true }, ...after.map(deployed)],
    host: reader.host,
    read: (other) => reader.readEarlier(other),
    changed: false,
    deployedText: () => null,
  });
  const place = places.of(source.path);
  chain.place = { sign, place };
  return place;
}

interface Relevant {
  host: Host;
  options: string;
  migrations: readonly Migration[];
}

/** More names than one author types in a day. */
const LIMIT = 1000;

const byEarlier = new WeakMap<readonly Earlier[], Map<string, Relevant>>();

function keyOf({ names, nameless, everything }: Touched): string {
  return everything ? '*' : [[...names].sort(), [...nameless].sort()].map((part) => part.join('\0')).join('\n');
}

function relevant(migration: Migration, earlier: readonly Earlier[], reader: ProjectReader): readonly Migration[] {
  const touched = touchedBy([migration]);
  const key = keyOf(touched);
  const { host, readingKey: options } = reader;
  let byNames = byEarlier.get(earlier);
  if (byNames === undefined) byEarlier.set(earlier, (byNames = new Map()));
  const known = byNames.get(key);
  if (known?.host === host && known.options === options) return known.migrations;
  const migrations = relevantHistory(touched, earlier, (member) => reader.readEarlier(member));
  if (byNames.size >= LIMIT) byNames.clear();
  byNames.set(key, { host, options, migrations });
  return migrations;
}

/** The last history that was played, with the schema after each of its migrations. */
interface Played extends Settings {
  migrations: readonly Migration[];
  schemas: readonly Schema[];
}

/** The schema that each project's histories lead to; what two of them begin with is played once. */
const played = new WeakMap<ProjectMemory, Played>();

function schemaAfter(migrations: readonly Migration[], settings: Settings, memory: ProjectMemory): Schema {
  const before = played.get(memory);
  const same =
    before !== undefined && before.schema === settings.schema && before.settings === settings.settings && before.version === settings.version
      ? before
      : { ...settings, migrations: [], schemas: [] };
  const differs = migrations.findIndex((migration, index) => migration !== same.migrations[index]);
  const shared = differs < 0 ? migrations.length : differs;
  const start = shared === 0 ? settings.schema : (same.schemas[shared - 1] as Schema);
  const rest = schemasAfter(migrations.slice(shared), { ...settings, schema: start });
  const schemas = [...same.schemas.slice(0, shared), ...rest];
  played.set(memory, { ...settings, migrations, schemas });
  return schemas.at(-1) ?? settings.schema;
}

/** A file after its own history, and where it stands in it. */
export interface Alone {
  replayed: ReplayedMigration;
  place: Place;
}

/**
 * Plays one file of a project after its own history, as `replayProject` does
 * with a list of one, for a process that is asked the same again and again.
 */
export function replayAlone(file: ReadFile, reader: ProjectReader, settings: Settings, memory: ProjectMemory): Alone {
  const { migration, selected } = file;
  const pending = [{ migration, role: 'pending' as const }];
  const play = (schema: Schema): ReplayedMigration => replay({ ...settings, schema, deploy: 'each', migrations: pending })[0] as ReplayedMigration;
  try {
    const folder = migrationsFolder(selected.absolute, migration.framework);
    const members = memory.members(folder, selected.absolute, migration.framework, reader.root);
    const chain = chainOf(file, members, reader.host);
    const replayed = play(schemaAfter(relevant(migration, chain.before, reader), settings, memory));
    return { replayed, place: placeIn(chain, file, reader) };
  } catch {
    // A fault in what came before must not hide the file.
    return { replayed: play(settings.schema), place: NO_PLACE };
  }
}
