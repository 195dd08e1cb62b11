import type { EmbeddedSql, ParserChunk } from '../load.js';
import type { Operation } from '../../operations/types.js';
import { rememberStatements } from './engine/choose.js';
import { recogniseSql } from './frameworks/recognise.js';
import { parseMigration } from './migration.js';
import { readStatements } from './read.js';
import { references } from './references.js';
import { scanSql } from './scan.js';
import { write } from './write.js';

export { rememberStatements, useEngine } from './engine/choose.js';

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

/** The statements of a text with spans into it, each a call of its own: `options.schema`, and what tests compare. */
export function parseSql(text: string): Operation[] {
  let statements = 0;
  return readStatements(scanSql(text), {
    toSpan: (start, end) => ({ start, end }),
    nextStatement: () => statements++,
    callAt: () => statements - 1,
    depth: 0,
  });
}

export const sqlChunk: ParserChunk = {
  parser: { language: 'sql', recognise: recogniseSql, parse: parseMigration, write },
  parseEmbedded,
  references,
  expectTheSameAgain: () => rememberStatements(),
};
