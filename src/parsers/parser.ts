import type { SafeStep } from '../finding.js';
import type { Framework, Language, Migration, Skipped, TransactionShape } from '../operations/migration.js';
import type { RewriteStep } from '../rule.js';

export interface Source {
  /** Relative to the project, forward slashes. */
  path: string;
  /** Without a byte order mark. */
  text: string;
}

/**
 * What a front-end may ask of the outside. Parsers touch no disk: the command
 * line, ESLint and tests each hand in their own.
 */
export interface Host {
  /**
   * The source that `specifier` means when written in `from`, or null. Module
   * specifiers, Python module names, and paths of SQL files read by a migration.
   */
  resolveImport?: (from: string, specifier: string) => Source | null;
  /** True when a file stands beside the source (`../migration_lock.toml`), path relative to it. */
  sibling?: (from: string, relativePath: string) => Source | null;
  /**
   * The one value that the type of an expression allows (an enum's member, a
   * template literal type), or undefined: asked for an expression at these
   * offsets of a TypeScript source when its code does not tell.
   */
  constant?: (source: Source, start: number, end: number) => string | number | boolean | undefined;
}

export interface ParseOptions {
  /** Overrides recognition. */
  framework?: Framework;
  /** Overrides what the framework does around the file. */
  transaction?: TransactionShape;
  host?: Host;
}

/**
 * One per language. `accepts` is cheap, certain, and never says yes for two
 * parsers; `parse` never throws: what it cannot read becomes `unread`.
 */
export interface Parser {
  language: Language;
  /** The framework that wrote this source, or null when it is no migration. */
  recognise(source: Source, host?: Host): Framework | null;
  parse(source: Source, options: ParseOptions): Migration | Skipped;
  /**
   * Words a step of a safe rewrite as the author of this migration would write
   * it: SQL, an Alembic call, a TypeORM line; `transaction: 'none'` becomes the
   * framework's own way out of its transaction.
   */
  write(step: RewriteStep, migration: Migration): SafeStep;
}
