import { inProject } from '../discover/evidence.js';
import type { ProjectHost } from '../discover/host.js';
import { leftOut, liesAmongMigrations } from '../discover/left-out.js';
import { pathFrom } from '../discover/place.js';
import { readTextSeen, type ReadText } from '../discover/read-text.js';
import type { Seen } from '../discover/seen.js';
import type { Selected } from '../discover/select.js';
import { isMigration, withoutByteOrderMark } from '../lint.js';
import type { Framework, Language, Migration, Skipped, TransactionShape } from '../operations/migration.js';
import { languageOf, parserFor } from '../parsers/load.js';
import type { Host, Source } from '../parsers/parser.js';
import type { Failure } from '../project.js';
import type { ProjectMemory } from './memory.js';

/** A migration, read. */
export interface ReadFile {
  selected: Selected;
  source: Source;
  migration: Migration;
  /** Something to be said about how the text was read. */
  notice?: string;
}

/** A file that was looked at and not linted. */
export interface LeftAlone {
  path: string;
  framework: Framework | null;
  skipped: string;
  /** Absent when it was left alone on purpose. */
  failure?: Failure;
}

export interface ReaderOptions {
  framework?: Framework;
  transaction?: TransactionShape;
}

const PYTHON: ReadonlySet<Framework> = new Set<Framework>(['alembic', 'django']);
const JAVASCRIPT: ReadonlySet<Framework> = new Set<Framework>(['typeorm', 'knex', 'sequelize', 'mikro-orm', 'kysely', 'tagged-sql']);
const EITHER: ReadonlySet<Framework> = new Set<Framework>(['node-pg-migrate', 'db-migrate']);

function writesIn(framework: Framework, language: Language): boolean {
  if (PYTHON.has(framework)) return language === 'python';
  if (JAVASCRIPT.has(framework)) return language === 'javascript';
  return EITHER.has(framework) ? language !== 'python' : language === 'sql';
}

/** Earlier migrations as a project's configuration has them run, as long as it is the same. */
const placements = new WeakMap<Migration, { host: Host; placed: Migration }>();

/** Reads the files of a run with the front-end of each. Nothing that one file holds stops the others. */
export class ProjectReader {
  constructor(
    readonly root: string,
    readonly host: Host & Partial<ProjectHost>,
    /** How the files were chosen: what nobody named must look like a migration. */
    private readonly how: 'given' | 'changed' | 'all',
    private readonly options: ReaderOptions,
    /** Of a process that reads the same project again and again. */
    private readonly memory?: ProjectMemory,
    /** Told what is looked at on the disk. */
    readonly seen?: Seen,
  ) {}

  text(absolute: string): ReadText {
    return this.memory === undefined ? readTextSeen(absolute, this.seen) : this.memory.text(absolute);
  }

  /** Two readers with the same one read a text of the same path alike. */
  get readingKey(): string {
    return JSON.stringify([this.how, this.options]);
  }

  /** Null for a file that nobody named and that is no migration. */
  read(selected: Selected): ReadFile | LeftAlone | null {
    const path = pathFrom(this.root, selected.absolute);
    const read = selected.text === undefined ? readTextSeen(selected.absolute, this.seen) : { text: selected.text };
    if ('failure' in read) {
      const failure: Failure = { path, reason: read.failure, fatal: selected.named };
      return { path, framework: null, skipped: read.failure, failure };
    }
    const source: Source = { path, text: withoutByteOrderMark(read.text) };
    let parsed: Migration | Skipped | null;
    try {
      parsed = this.parse(source, selected, this.host);
    } catch (error) {
      return crashed(path, error as Error);
    }
    if (parsed === null) return null;
    if (!isMigration(parsed)) return { path, framework: parsed.framework, skipped: parsed.skipped };
    const migration = this.placed(parsed);
    const notice = (read as { notice?: string }).notice ?? this.host.takeNotice?.() ?? undefined;
    return { selected, source, migration, ...(notice === undefined ? {} : { notice }) };
  }

  /** An earlier migration, for the schema it leaves behind; null when it cannot be had. */
  readEarlier(source: Source): Migration | null {
    const { memory } = this;
    const parsed = memory === undefined ? this.parseEarlier(source, this.host) : memory.migration(source, this.readingKey, this.host, (host) => this.parseEarlier(source, host));
    return parsed === null ? null : this.placed(parsed);
  }

  private parseEarlier(source: Source, host: Host): Migration | null {
    try {
      const parsed = this.parse(source, { absolute: source.path, named: false }, host);
      return parsed !== null && isMigration(parsed) ? parsed : null;
    } catch {
      return null;
    }
  }

  /** As the project's own configuration has it run. */
  private placed(migration: Migration): Migration {
    if (this.options.transaction !== undefined) return migration;
    const known = placements.get(migration);
    if (known?.host === this.host) return known.placed;
    const placed = inProject(migration, this.root, this.host);
    placements.set(migration, { host: this.host, placed });
    return placed;
  }

  /** The tool whose migration a file looks like, without reading it through; null for a file that is none. */
  frameworkOf(source: Source, { named }: Selected): Framework | null {
    const { framework } = this.options;
    const language = this.languageOf(source, named);
    if (language === null) return null;
    if (framework !== undefined && writesIn(framework, language)) return framework;
    if (!named && !this.looksLikeOne(source, language, this.host)) return null;
    return parserFor(language).recognise(source, this.host) ?? (language === 'sql' ? 'sql' : null);
  }

  private parse(source: Source, { named }: Selected, host: Host): Migration | Skipped | null {
    const { framework, transaction } = this.options;
    const language = this.languageOf(source, named);
    if (language === null) return named ? unknownLanguage(source) : null;
    const forced = framework !== undefined && writesIn(framework, language) ? framework : undefined;
    if (forced === undefined && !named && !this.looksLikeOne(source, language, host)) return null;
    return parserFor(language).parse(source, {
      host,
      ...(forced === undefined ? {} : { framework: forced }),
      ...(transaction === undefined ? {} : { transaction }),
    });
  }

  private languageOf({ path }: Source, named: boolean): Language | null {
    const { framework } = this.options;
    const language = languageOf(path);
    if (language !== null || !named || framework === undefined) return language;
    return (['sql', 'python', 'javascript'] as const).find((one) => writesIn(framework, one)) ?? null;
  }

  private looksLikeOne(source: Source, language: Language, host: Host): boolean {
    const recognised = parserFor(language).recognise(source, host);
    if (language !== 'sql') return recognised !== null;
    // Plain SQL looks like any other; a folder that somebody named holds what he means by it.
    if (this.how === 'given') return true;
    return recognised !== null && (recognised !== 'sql' || (liesAmongMigrations(source.path) && !leftOut(source.path)));
  }
}

function unknownLanguage({ path }: Source): Skipped {
  return { path, framework: null, skipped: 'neither SQL, Python, TypeScript nor JavaScript' };
}

function crashed(path: string, { message, stack }: Error): LeftAlone {
  const reason = `internal error: ${message}`;
  return { path, framework: null, skipped: reason, failure: { path, reason, fatal: true, ...(stack === undefined ? {} : { stack }) } };
}
