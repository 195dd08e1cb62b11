import type { Operation, QualifiedName } from '../../../operations/types.js';
import type { Token } from '../../../sql/lexer.js';
import type { StatementReader } from '../reader.js';

/** Languages whose bodies are statements of SQL. */
const READ = ['sql', 'plpgsql'];

/** Functions and procedures that a text creates and then calls: what they do is done by the call. */
export class Routines {
  readonly #bodies = new Map<string, Token>();

  /** Remembers what the statement creates; hands over the body of what it calls, for the first call of each. */
  follow({ operations }: StatementReader, tokens: () => readonly Token[], read: (body: Token) => void): void {
    for (const operation of [...operations]) {
      if (operation.kind === 'createFunction') {
        const body = READ.includes((operation.language ?? 'sql').toLowerCase()) ? bodyOf(tokens()) : undefined;
        if (body !== undefined) this.#bodies.set(operation.routine.name, body);
      }
      if (this.#bodies.size === 0) continue;
      for (const { name } of calledBy(operation)) {
        const body = this.#bodies.get(name);
        // A second call does to the tables what the first has done.
        this.#bodies.delete(name);
        if (body !== undefined) read(body);
      }
    }
  }
}

function calledBy(operation: Operation): QualifiedName[] {
  if (operation.kind === 'call') return operation.routine === undefined ? [] : [operation.routine];
  return operation.kind === 'select' ? operation.functions : [];
}

/** The string after AS; a body written as BEGIN ATOMIC stands in none. */
function bodyOf(tokens: readonly Token[]): Token | undefined {
  return tokens.find(({ kind }, index) => kind === 'string' && tokens[index - 1]?.kind === 'word' && tokens[index - 1]?.value === 'as');
}
