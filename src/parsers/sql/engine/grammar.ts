import type { RawStmt } from 'libpg-query';
import { lower } from '../lower/lower.js';
import type { Lowering } from '../lower/tree.js';
import type { StatementReader } from '../reader.js';
import { SqlSyntaxError, type Engine, type ParsedStatement } from './engine.js';
import { parseTree } from './postgres.js';
import { Positions } from './positions.js';

/** PostgreSQL 18's own grammar. */
export const grammarEngine: Engine = {
  name: 'libpg-query',
  parse(text) {
    const positions = new Positions(text);
    try {
      return (parseTree(text).stmts ?? []).map((statement) => parsed(statement, text, positions));
    } catch (error) {
      if (!(error instanceof SqlSyntaxError) || error.position === null) throw error;
      throw new SqlSyntaxError(error.message, positions.ofCodePoint(error.position));
    }
  },
};

function parsed(statement: RawStmt, text: string, positions: Positions): ParsedStatement {
  const location = statement.stmt_location ?? 0;
  const length = statement.stmt_len ?? 0;
  return {
    start: positions.ofByte(location),
    end: length === 0 ? text.length : positions.ofByte(location + length),
    lower: (reader, offset) => lower(located(reader, positions, offset), statement.stmt),
  };
}

/** `offset` is where the engine's text begins in the reader's. */
function located(reader: StatementReader, positions: Positions, offset: number): Lowering {
  return Object.assign(reader, { at: (location: number | undefined) => positions.ofByte(location ?? 0) + offset });
}
