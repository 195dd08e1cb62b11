import { findingsOf, type Preset, type RuleSettings } from './findings.js';
import type { Finding, Position } from './finding.js';
import type { Direction, Framework, Migration, Skipped, TransactionShape } from './operations/migration.js';
import type { OperationKind } from './operations/types.js';
import { print } from './operations/print.js';
import { languageOf, parserFor, schemaOperations } from './parsers/load.js';
import type { Host, Source } from './parsers/parser.js';
import { NO_PLACE, type Place } from './place.js';
import { DEFAULT_VERSION, type Effects, type PostgresVersion, type TableName } from './postgres/effects.js';
import { displayName, EMPTY_SCHEMA, type Schema } from './postgres/schema.js';
import { replay, replaySchema } from './replay/replay.js';
import type { ReplayedMigration } from './replay/types.js';
import type { Step } from './rule.js';
import { SourceLines } from './source-lines.js';
import { suppress } from './suppress.js';
import { factOf, withFacts, type TableFacts } from './table-facts.js';
import { tableOf } from './operations/table-of.js';

export interface LintOptions {
  /** Decides the front-end together with the text; relative to the project, forward slashes. */
  path: string;
  /** Major version of the server, 11 to 18. */
  postgres?: PostgresVersion;
  framework?: Framework;
  /** DDL of what the database already holds, in populated tables. */
  schema?: string;
  /** Earlier migrations in order: they give the schema and are not reported on. */
  history?: readonly Source[];
  /** Migrations that the same deploy runs right before this one; in one transaction with it where the runner says so. */
  pending?: readonly Source[];
  /** Overrides what the framework says. */
  transaction?: TransactionShape;
  direction?: Direction;
  rules?: RuleSettings;
  /** Which rules are on before `rules` has its say; `recommended` when absent. */
  preset?: Preset;
  resolveImport?: Host['resolveImport'];
  /** What is known of tables, by name. */
  tables?: TableFacts;
  /** What the rest of the project says about the file; `lintProject` finds it out by itself. */
  place?: Partial<Place>;
}

/** One operation as `inspect --format json` prints it. */
export interface InspectedOperation {
  kind: OperationKind;
  sql: string;
  start: Position;
  end: Position;
  table: TableName | null;
  transaction: 'file' | 'batch' | 'implicit' | 'explicit' | 'none';
  conditional: boolean;
  partial: boolean;
  effects: Omit<Effects, 'loses'>;
}

const DEFAULT_RULES: RuleSettings = {};

const BYTE_ORDER_MARK = 0xfeff;

/** The text as every adapter sees it: offsets count from after a byte order mark. */
export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

/** Reads one source with the front-end of its language; null when it is no migration. */
export function read(
  source: Source,
  options: { framework?: Framework; transaction?: TransactionShape; host?: Host; always?: boolean },
): Migration | Skipped | null {
  const language = languageOf(source.path);
  if (language === null) return null;
  const parser = parserFor(language);
  const framework = options.framework ?? parser.recognise(source, options.host);
  if (framework === null && !options.always) return null;
  return parser.parse(source, {
    ...(framework === null ? {} : { framework }),
    ...(options.transaction === undefined ? {} : { transaction: options.transaction }),
    ...(options.host === undefined ? {} : { host: options.host }),
  });
}

export function isMigration(read: Migration | Skipped | null): read is Migration {
  return read !== null && 'up' in read;
}

/** The tables that `schema` describes, as a database of populated tables. */
export function schemaFrom(ddl: string | undefined): Schema {
  return ddl === undefined ? EMPTY_SCHEMA : replaySchema(schemaOperations(ddl));
}

interface Replayed {
  source: Source;
  replayed: ReplayedMigration;
}

function replayOne(text: string, options: LintOptions): Replayed | null {
  const source = { path: options.path, text: withoutByteOrderMark(text) };
  const host: Host = options.resolveImport === undefined ? {} : { resolveImport: options.resolveImport };
  const { framework, transaction } = options;
  const parsed = read(source, {
    ...(framework === undefined ? {} : { framework }),
    ...(transaction === undefined ? {} : { transaction }),
    host,
  });
  if (!isMigration(parsed)) return null;

  const earlier = (sources: readonly Source[] = []): Migration[] =>
    sources.map(({ path, text }) => read({ path, text: withoutByteOrderMark(text) }, { host })).filter(isMigration);
  const pending = [...earlier(options.pending), parsed];
  const replayed = replay({
    migrations: [
      ...earlier(options.history).map((migration) => ({ migration, role: 'history' as const })),
      ...pending.map((migration) => ({ migration, role: 'pending' as const })),
    ],
    deploy: pending.length > 1 ? 'together' : 'each',
    schema: schemaFrom(options.schema),
    version: options.postgres ?? DEFAULT_VERSION,
  }).at(-1);
  return replayed === undefined ? null : { source, replayed };
}

/**
 * Findings of one migration. Pure and synchronous: no disk, no process, no
 * clock. A text that is no migration has none.
 */
export function lint(text: string, options: LintOptions): Finding[] {
  return analyse(text, options)?.findings ?? [];
}

/** The findings together with the migration they are about; null when the text is no migration. */
export function analyse(text: string, options: LintOptions): { migration: Migration; findings: Finding[] } | null {
  const one = replayOne(text, options);
  if (one === null) return null;
  const { tables } = options;
  const found = findingsOf(one.replayed, {
    source: one.source,
    version: options.postgres ?? DEFAULT_VERSION,
    direction: options.direction ?? 'up',
    rules: options.rules ?? DEFAULT_RULES,
    ...(options.preset === undefined ? {} : { preset: options.preset }),
    ...(tables === undefined ? {} : { factOf: (table) => factOf(tables, table) }),
    ...(options.place === undefined ? {} : { place: { ...NO_PLACE, ...options.place } }),
  });
  const { migration } = one.replayed;
  const { rules, preset, direction } = options;
  const suppressed = suppress(withFacts(found, tables), migration, one.source, {
    ...(rules === undefined ? {} : { rules }),
    ...(preset === undefined ? {} : { preset }),
    ...(direction === undefined ? {} : { direction }),
  });
  return { migration, findings: suppressed };
}

/** Every operation of one migration in execution order, with what PostgreSQL does for it. */
export function inspect(text: string, options: LintOptions): InspectedOperation[] {
  const one = replayOne(text, options);
  if (one === null) return [];
  const lines = new SourceLines(one.source.text);
  return (stepsOf(one.replayed, options.direction ?? 'up') ?? []).map((step) => inspected(step, lines));
}

export function stepsOf(replayed: ReplayedMigration, direction: Direction): Step[] | null {
  return direction === 'up' ? replayed.up : replayed.down;
}

export function inspected({ operation, effects, session }: Step, lines: SourceLines): InspectedOperation {
  const table = tableOf(operation);
  const { loses: _, ...shown } = effects;
  return {
    kind: operation.kind,
    sql: print(operation),
    start: lines.position(operation.span.start),
    end: lines.position(operation.span.end),
    table: table === null ? null : displayName(table),
    transaction: session.transaction.kind,
    conditional: operation.conditional === true,
    partial: operation.partial === true,
    effects: shown,
  };
}
