import type { ParserChunk, EmbeddedSql } from '../load.js';
import type { Operation } from '../../operations/types.js';
import { readStatements } from './read.js';
import { scanSql } from './scan.js';

/** Raw SQL that a file of another language sends to the database. */
export function parseEmbedded(sql: EmbeddedSql): Operation[] {
  const scanned = scanSql(sql.text);
  const holes = [...scanned.holes, ...sql.holes].sort((a, b) => a.start - b.start);
  return readStatements(
    { ...scanned, holes },
    {
      toSpan: (start, end) => sql.toSpan(start, end),
      callAt: () => sql.call,
      nextStatement: sql.nextStatement,
      ...(sql.conditional && { conditional: sql.conditional }),
      ...(sql.within && { within: sql.within }),
      depth: 0,
    },
  );
}

/** The statements of a text with spans into it: `options.schema`, and what tests compare. Each is a call of its own. */
export function parseSql(text: string): Operation[] {
  let statements = 0;
  const placement = {
    toSpan: (start: number, end: number) => ({ start, end }),
    nextStatement: () => statements++,
    callAt: () => statements - 1,
    depth: 0,
  };
  return readStatements(scanSql(text), placement);
}

export const sqlChunk: ParserChunk = {
  parser: {
    language: 'sql',
    recognise: () => 'sql',
    parse: (source) => ({
      path: source.path,
      language: 'sql',
      framework: 'sql',
      revision: null,
      parents: null,
      transaction: 'none',
      transactionSetBy: null,
      up: parseSql(source.text),
      down: null,
      comments: scanSql(source.text).comments,
      notices: [],
    }),
    write: (step) => ({ note: step.note ?? '', code: step.code ?? '', language: 'sql', transaction: step.transaction ?? null }),
  },
  parseEmbedded,
};
