import type { Skipped } from '../../operations/migration.js';
import type { Operation } from '../../operations/types.js';
import { expectTheSameAgain, type ParserChunk } from '../load.js';
import type { Parser, Source } from '../parser.js';
import { javascriptFacts } from './application/facts.js';
import { otherDialectOfPath } from './dialect.js';
import type { FrontEnd } from './front-end.js';
import { frontEnds } from './front-ends.js';
import { parseSource, type SourceFile } from './parse.js';

function frontEndOf(source: Source): FrontEnd | undefined {
  return frontEnds.find((frontEnd) => frontEnd.recognise(source));
}

/** The text Babel could not read, as an operation at the place where it stopped. */
function syntaxError(file: SourceFile): Operation {
  const offset = Math.min(file.error?.offset ?? 0, file.text.length);
  const newline = file.text.indexOf('\n', offset);
  const span = { start: offset, end: newline < 0 ? file.text.length : Math.max(newline, offset) };
  return {
    kind: 'unread',
    reason: file.error?.message ?? 'not read',
    cause: 'syntax',
    text: file.text.slice(span.start, span.end),
    span,
    statement: { id: 0, call: 0, span },
  };
}

/** Puts an operation in front of the others. */
function inFront(first: Operation, rest: readonly Operation[]): Operation[] {
  const moved = new Map(rest.map(({ statement }) => [statement, { ...statement, id: statement.id + 1, call: statement.call + 1 }]));
  return [first, ...rest.map((operation) => ({ ...operation, statement: moved.get(operation.statement) ?? operation.statement }))];
}

const parser: Parser = {
  language: 'javascript',
  recognise: (source) => frontEndOf(source)?.framework ?? null,

  parse(source, { framework, transaction, host }) {
    const frontEnd = framework === undefined ? frontEndOf(source) : frontEnds.find((known) => known.framework === framework);
    const skip = (reason: string): Skipped => ({ path: source.path, framework: frontEnd?.framework ?? null, skipped: reason });
    if (frontEnd === undefined) return skip('no migration tool we know wrote it');
    const other = otherDialectOfPath(source.path);
    if (other !== null) return skip(`written for ${other}`);
    const file = parseSource(source);
    const lowered = frontEnd.lower(file, host);
    if (typeof lowered === 'string') return skip(lowered);
    return {
      path: source.path,
      language: 'javascript',
      framework: frontEnd.framework,
      ...lowered,
      ...(transaction !== undefined && { transaction }),
      up: file.error === null ? lowered.up : inFront(syntaxError(file), lowered.up),
      comments: file.comments,
    };
  },

  write(step, migration) {
    const frontEnd = frontEnds.find(({ framework }) => framework === migration.framework) ?? frontEnds[0];
    if (frontEnd === undefined) throw new Error('no front-end');
    return frontEnd.write(step, migration);
  },
};

/** TypeScript and JavaScript migrations. */
export const javascriptChunk: ParserChunk = { parser, application: javascriptFacts, expectTheSameAgain };
