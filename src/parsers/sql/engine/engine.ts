import type { StatementReader } from '../reader.js';

/** A text that is no SQL of this engine's grammar. */
export class SqlSyntaxError extends Error {
  /** `position` is a 0-based offset into the text, or null when the parser named none. */
  constructor(
    message: string,
    readonly position: number | null,
  ) {
    super(message);
    this.name = 'SqlSyntaxError';
  }
}

/** One statement as its engine parsed it. Offsets are UTF-16 and local to the text. */
export interface ParsedStatement {
  start: number;
  end: number;
  /** Writes the statement's operations into the reader; `offset` is where the engine's text begins in the reader's. */
  lower(reader: StatementReader, offset: number): void;
}

/**
 * What turns SQL text into statements that can be lowered. There are two: the
 * server's grammar, and a smaller one where WebAssembly is missing.
 */
export interface Engine {
  name: 'libpg-query' | 'pgsql-ast-parser';
  /** @throws SqlSyntaxError for the whole text when any statement of it does not parse */
  parse(text: string): readonly ParsedStatement[];
}
