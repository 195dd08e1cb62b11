import type { Statement } from 'pgsql-ast-parser';
import { tokenize } from '../../../sql/lexer.js';
import type { Engine, ParsedStatement } from '../engine/engine.js';
import { splitStatements } from '../split.js';
import { library } from './library.js';
import { lower } from './lower.js';
import { located } from './located.js';

/**
 * Reads SQL where there is no WebAssembly: a smaller grammar in plain
 * JavaScript. What it cannot read is `unread` for that cause and no syntax
 * error, as the server may well take it.
 */
export const fallbackEngine: Engine = {
  name: 'pgsql-ast-parser',
  parse(text) {
    const tokens = tokenize(text).filter((token) => token.kind !== 'comment');
    return splitStatements(tokens).map(({ first, last }) => {
      const start = tokens[first]?.start ?? 0;
      return parsed(text, start, tokens[last - 1]?.end ?? start);
    });
  },
};

function parsed(text: string, start: number, end: number): ParsedStatement {
  const statement = tryParse(text.slice(start, end));
  return {
    start,
    end,
    lower(reader, offset) {
      const s = located(reader, start + offset);
      if (statement === undefined || !lower(s, statement)) {
        const reason = 'not in the grammar of the engine that stands in for WebAssembly';
        s.emit({ kind: 'unread', cause: 'engine', reason, text: s.whole() }, s.wholeSpan());
      }
    },
  };
}

function tryParse(sql: string): Statement | undefined {
  try {
    const [statement, ...more] = library().parse(sql, { locationTracking: true });
    return more.length === 0 ? statement : undefined;
  } catch {
    return undefined;
  }
}
