import { SqlSyntaxError, type Engine, type ParsedStatement } from './engine.js';

/** Characters of statements in each of two generations; a statement's tree takes some hundred times its text. */
const GENERATION = 100_000;
/** Longer ones are data, and nobody types in them. */
const LONGEST = 20_000;

type Outcome = readonly ParsedStatement[] | SqlSyntaxError;

/**
 * An engine that knows again what it parsed before, for processes that are
 * handed the same file after every keystroke. What is asked for stays, the rest
 * is forgotten by generations.
 */
export class RememberingEngine implements Engine {
  readonly name: Engine['name'];
  #young = new Map<string, Outcome>();
  #old = new Map<string, Outcome>();
  #size = 0;

  constructor(private readonly inner: Engine) {
    this.name = inner.name;
  }

  parse(text: string): readonly ParsedStatement[] {
    const outcome = this.#outcome(text);
    if (outcome instanceof SqlSyntaxError) throw outcome;
    return outcome;
  }

  /** As `parse`, for a text that is not expected to come again as a whole. */
  parseOnce(text: string): readonly ParsedStatement[] {
    return this.inner.parse(text);
  }

  knows(text: string): boolean {
    return this.#known(text) !== undefined;
  }

  /** False for a text that `parse` would refuse. */
  parses(text: string): boolean {
    return !text.includes('\0') && !(this.#outcome(text) instanceof SqlSyntaxError);
  }

  /** Keeps one statement of a longer text under its own words, which begin at `start` of that text. */
  keep(text: string, statement: ParsedStatement, start: number): void {
    const alone: ParsedStatement = { start: 0, end: text.length, lower: (reader, offset) => statement.lower(reader, offset - start) };
    this.#remember(text, [alone]);
  }

  #outcome(text: string): Outcome {
    return this.#known(text) ?? this.#remember(text, outcomeOf(this.inner, text));
  }

  #known(text: string): Outcome | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    return old === undefined ? undefined : this.#remember(text, old);
  }

  #remember(text: string, outcome: Outcome): Outcome {
    if (text.length > LONGEST) return outcome;
    if (this.#size + text.length > GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    this.#young.set(text, outcome);
    this.#size += text.length;
    return outcome;
  }
}

function outcomeOf(engine: Engine, text: string): Outcome {
  try {
    return engine.parse(text);
  } catch (error) {
    if (error instanceof SqlSyntaxError) return error;
    throw error;
  }
}
