import { createRequire } from 'node:module';
import type { Language } from '../operations/migration.js';
import type { Operation, Span } from '../operations/types.js';
import { NO_FACTS, type ApplicationFacts, type SqlReferences } from './application.js';
import type { Parser, Source } from './parser.js';

/** Raw SQL found inside a framework's file. */
export interface EmbeddedSql {
  /** Holes stand as placeholders of the right lexical kind. */
  text: string;
  /** Offsets in `text` to a span of the file. */
  toSpan(start: number, end: number): Span;
  /** Ranges of `text` that stand for values not known; operations over one are `partial`. */
  holes: readonly { start: number; end: number }[];
  /** Statements of one string share one call. */
  call: number;
  nextStatement: () => number;
  conditional?: true;
  within?: 'do';
}

/** A parser as its chunk exports it; only SQL can be embedded. */
export interface ParserChunk {
  parser: Parser;
  parseEmbedded?: (sql: EmbeddedSql) => Operation[];
  /** Tables and columns that SQL names; only SQL's own. */
  references?: (text: string) => SqlReferences;
  /** The same as the function of this name, for what the chunk holds. */
  expectTheSameAgain?: () => void;
  /** What a file of the application says about tables. */
  application?: (source: Source) => ApplicationFacts;
}

const chunks = new Map<Language, ParserChunk>();

let longLived = false;

/** For a process that is handed the same files again and again, each a little changed. */
export function expectTheSameAgain(): void {
  if (longLived) return;
  longLived = true;
  for (const chunk of chunks.values()) chunk.expectTheSameAgain?.();
}

const hooks = new Map<Language, () => void>();

/** Calls `hook` once a chunk's code is there, before any of it runs for a file. */
export function whenLoaded(language: Language, hook: () => void): void {
  hooks.set(language, hook);
}

/** Makes a chunk known before it is asked for: tests and bundles without a disk. */
export function registerChunk(language: Language, chunk: ParserChunk): void {
  chunks.set(language, chunk);
}

/**
 * Each parser is a chunk of its own beside this file, loaded when the first
 * source of its language is met: an SQL file pays for no Babel.
 */
function chunkFor(language: Language): ParserChunk {
  let chunk = chunks.get(language);
  if (chunk === undefined) {
    chunk = createRequire(import.meta.url)(`./${language}.cjs`) as ParserChunk;
    chunks.set(language, chunk);
    if (longLived) chunk.expectTheSameAgain?.();
    hooks.get(language)?.();
  }
  return chunk;
}

export function parserFor(language: Language): Parser {
  return chunkFor(language).parser;
}

/** The SQL front-end for raw SQL in files of other languages. */
export function embeddedSql(sql: EmbeddedSql): Operation[] {
  const { parseEmbedded } = chunkFor('sql');
  if (parseEmbedded === undefined) throw new Error('the SQL chunk exports no parseEmbedded');
  return parseEmbedded(sql);
}

/** The tables and columns that a text of SQL names. */
export function sqlReferences(text: string): SqlReferences {
  return chunkFor('sql').references?.(text) ?? { tables: [], columns: [], inserts: [], exact: false };
}

/** What a file of the application says about tables; nothing for a language without an answer. */
export function applicationFacts(language: Language, source: Source): ApplicationFacts {
  return chunkFor(language).application?.(source) ?? NO_FACTS;
}

const LANGUAGES: readonly [RegExp, Language][] = [
  [/\.sql$/i, 'sql'],
  [/\.[cm]?[jt]sx?$/i, 'javascript'],
  [/\.pyi?$/i, 'python'],
];

/** The language of a file by its name, or null when no parser reads it. */
export function languageOf(path: string): Language | null {
  if (/\.d\.[cm]?ts$/i.test(path)) return null;
  for (const [pattern, language] of LANGUAGES) if (pattern.test(path)) return language;
  return null;
}

/** Operations of DDL that describes a database, not a migration (`pg_dump --schema-only`). */
export function schemaOperations(ddl: string): Operation[] {
  let next = 0;
  return embeddedSql({
    text: ddl,
    toSpan: (start, end) => ({ start, end }),
    holes: [],
    call: 0,
    nextStatement: () => next++,
  });
}
