import type { Migration } from '../operations/migration.js';
import { schemaOperations } from '../parsers/load.js';
import type { ReplayedFile } from '../project.js';
import type { ProjectReader } from '../project/reader.js';
import { relationsOf } from '../postgres/observe/relations.js';
import { SourceLines } from '../source-lines.js';
import { VERSION } from '../version.js';
import { chainsOf, type Link } from './chains.js';
import { numberOf, type Database } from './database.js';
import { downOf } from './down.js';
import { extensionsIn, nothingBuilt, playHistory, type Built } from './history.js';
import { rehearseMigration } from './migration.js';
import { Probe } from './probe.js';
import { fillTables } from './rows/fill.js';
import type { BrokenQuery, RehearsalReport, RehearsedMigration, RehearsedProject, RehearsedSchema } from './types.js';

/** Where databases come from. */
export interface Place {
  open(extensions: readonly string[]): Promise<Database>;
  close(): Promise<void>;
}

export interface RehearsalInput {
  place: Place;
  /** The migrations to rehearse, as they are judged for a major version. */
  select: (version: number) => Promise<{ files: readonly ReplayedFile[]; reader: ProjectReader; deploy: 'together' | 'each' }>;
  /** Major version that `select` is asked for before the database has told its own. */
  expected: number;
  /** DDL to begin with instead of the history. */
  schema: { path: string; text: string } | null;
  /** Rows of each table; null leaves a database that has rows as it is. */
  rows: number | null;
  seed: number;
  roundTrip: boolean;
  /** Statements of the deployed version. */
  queries: readonly string[];
  tell: (text: string) => void;
}

const DEFAULT_ROWS = 1000;

function extensionsOf(links: readonly Link[], schema: string): string[] {
  const found = new Set(extensionsIn(schema));
  for (const { migration } of links) {
    for (const operation of migration.up) {
      if (operation.kind === 'createExtension') found.add(operation.extension);
      for (const extension of extensionsIn(JSON.stringify(operation))) found.add(extension);
    }
  }
  return [...found];
}

/** Tables of the user's that are there already. */
async function countTables({ session }: Database): Promise<number> {
  return [...(await relationsOf(session)).tables.values()].filter(({ kind }) => kind === 'r' || kind === 'p').length;
}

class ChainRehearsal {
  readonly #built: Built = nothingBuilt();
  readonly #migrations: RehearsedMigration[] = [];
  #filled: Awaited<ReturnType<typeof fillTables>> = { tables: 0, rows: 0, unfilled: [] };
  #stale = true;
  #old: ReadonlySet<number> | null = null;
  #probe: Probe | null = null;
  #unusable: BrokenQuery[] = [];

  constructor(
    private readonly links: readonly Link[],
    private readonly database: Database,
    private readonly input: RehearsalInput,
    private readonly chosen: { reader: ProjectReader; deploy: 'together' | 'each' },
  ) {}

  async run(): Promise<RehearsedProject> {
    const source = await this.start();
    let played = 0;
    for (const [at, link] of this.links.entries()) {
      this.input.tell(`${link.path}: ${link.pending === null ? 'history' : 'rows'}`);
      if (link.pending === null || link.pending.direction === 'down') {
        if (source === 'history' || link.pending !== null) await playHistory(this.database, link.migration, link.migration.up, this.#built);
        if (link.pending === null) played++;
        this.#stale = true;
      }
      if (link.pending !== null) await this.rehearse(link, at);
    }
    return { schema: this.schemaReport(source, played), migrations: this.#migrations, unusable: this.#unusable };
  }

  private async start(): Promise<RehearsedSchema['source']> {
    const { schema } = this.input;
    if ((await countTables(this.database)) > 0) return 'database';
    if (schema === null) return 'history';
    const migration = { path: schema.path } as Migration;
    await playHistory(this.database, migration, schemaOperations(schema.text), this.#built);
    return 'schema';
  }

  private async fill(): Promise<void> {
    const { rows, seed, tell } = this.input;
    const wanted = rows ?? (this.database.belongs === 'own' ? DEFAULT_ROWS : null);
    if (wanted === null || !this.#stale) return;
    this.#filled = await fillTables(this.database, { rows: wanted, seed, tell: (done, total) => tell(`rows: table ${done + 1} of ${total}`) });
    this.#stale = false;
  }

  private async rehearse(link: Link, at: number): Promise<void> {
    const { database, input } = this;
    const each = this.chosen.deploy === 'each';
    await this.fill();
    if (!each) this.#old ??= new Set((await relationsOf(database.session)).tables.keys());
    if (input.queries.length > 0 && this.#probe === null) {
      this.#probe = new Probe(database, input.queries);
      this.#unusable = await this.#probe.begin();
    }
    const migration = await rehearseMigration(link, {
      database,
      built: this.#built,
      roundTrip: input.roundTrip,
      old: this.#old,
      downOf: (one) => downOf(one, this.links.slice(0, at), this.chosen.reader, database.version),
      tell: input.tell,
    });
    if (this.#probe !== null) migration.probe = await this.#probe.outcome();
    this.#migrations.push(migration);
    // In one release nobody puts rows into what its first migration made before the second runs.
    this.#stale = each || migration.outcome !== 'done';
    if (migration.direction === 'down') await playHistory(database, link.migration, link.migration.up, nothingBuilt());
  }

  private schemaReport(source: RehearsedSchema['source'], migrations: number): RehearsedSchema {
    const { reader } = this.chosen;
    const lines = new Map<string, SourceLines>();
    const linesOf = (path: string): SourceLines => {
      let found = lines.get(path);
      if (found === undefined) lines.set(path, (found = new SourceLines(this.textOf(path, reader))));
      return found;
    };
    const placed = ({ path, at }: { path: string; at: number }): string => `${path}:${linesOf(path).position(at).line}`;
    for (const { steps } of this.#migrations) {
      for (const step of steps) {
        const [, path, at] = /^(.*)@(\d+)$/.exec(step.dependsOn ?? '') ?? [];
        if (path !== undefined) step.dependsOn = placed({ path, at: Number(at) });
      }
    }
    const { operations, carriedOut, unreplayed, provided } = this.#built;
    return {
      source,
      migrations,
      operations,
      replayed: carriedOut,
      unreplayed: unreplayed.map(({ path, at, sql, reason, sqlstate, because }) => ({
        path,
        start: linesOf(path).position(at),
        sql,
        reason,
        sqlstate,
        because: because === null ? null : placed(because),
      })),
      provided: [...provided],
      tables: this.#filled.tables,
      rows: this.#filled.rows,
      unfilled: this.#filled.unfilled,
    };
  }

  private textOf(path: string, reader: ProjectReader): string {
    const { schema } = this.input;
    if (schema?.path === path) return schema.text;
    const link = this.links.find((one) => one.path === path);
    if (link?.pending) return link.pending.file.source.text;
    const read = reader.text(`${reader.root}/${path}`);
    return 'text' in read ? read.text : '';
  }
}

function summaryOf(projects: readonly RehearsedProject[]): RehearsalReport['summary'] {
  const migrations = projects.flatMap((project) => project.migrations);
  const sum = (count: (one: RehearsedMigration) => number): number => migrations.reduce((total, one) => total + count(one), 0);
  return {
    migrations: migrations.length,
    statements: sum(({ steps }) => steps.length),
    failed: sum(({ outcome }) => numberOf(outcome !== 'done')),
    differences: sum(({ differences }) => differences),
    lost: sum(({ roundTrip }) => (roundTrip === null ? 0 : roundTrip.lost.length + roundTrip.again.length + numberOf(roundTrip.failure !== null))),
    broken: sum(({ probe }) => probe?.broken.length ?? 0),
    unreplayed: projects.reduce((total, { schema }) => total + schema.unreplayed.length, 0),
  };
}

/** Runs the chosen migrations on a database that holds their history and rows, and compares what they do with what was said. */
export async function rehearse(input: RehearsalInput): Promise<RehearsalReport> {
  const projects: RehearsedProject[] = [];
  let version = input.expected;
  let description = '';
  let chosen = await input.select(version);
  const count = chainsOf(chosen.files, chosen.reader).length;
  for (let at = 0; at < count; at++) {
    let links = chainsOf(chosen.files, chosen.reader)[at] ?? [];
    input.tell('starting the database');
    const database = await input.place.open(extensionsOf(links, input.schema?.text ?? ''));
    try {
      description = database.description;
      if (database.version !== version) {
        version = database.version;
        chosen = await input.select(version);
        links = chainsOf(chosen.files, chosen.reader)[at] ?? [];
      }
      projects.push(await new ChainRehearsal(links, database, input, chosen).run());
    } finally {
      await database.close();
    }
  }
  return {
    version: 1,
    tool: { name: 'migration-guard', version: VERSION },
    server: { description, postgres: version },
    rowsPerTable: input.rows ?? DEFAULT_ROWS,
    seed: input.seed,
    projects,
    summary: summaryOf(projects),
  };
}
