import type { Span } from '../../../operations/types.js';

/**
 * A typed view of Python, as much of the language as a migration is written
 * in. What the grammar could not read is an `unknown` expression or a `broken`
 * statement, never an exception.
 */
export type Expression =
  | { kind: 'name'; id: string; span: Span }
  | { kind: 'attribute'; object: Expression; name: string; span: Span }
  | { kind: 'call'; callee: Expression; arguments: Argument[]; span: Span }
  | { kind: 'string'; pieces: StringPiece[]; span: Span }
  | { kind: 'number'; text: string; span: Span }
  | { kind: 'constant'; value: boolean | null; span: Span }
  | { kind: 'sequence'; type: 'tuple' | 'list' | 'set'; items: Expression[]; span: Span }
  | { kind: 'dictionary'; entries: { key: Expression | null; value: Expression }[]; span: Span }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression; span: Span }
  | { kind: 'unary'; operator: string; operand: Expression; span: Span }
  | { kind: 'conditional'; test: Expression; then: Expression; otherwise: Expression; span: Span }
  | { kind: 'lambda'; parameters: Parameter[]; body: Expression; span: Span }
  | { kind: 'subscript'; object: Expression; index: Expression; span: Span }
  | { kind: 'slice'; start: Expression | null; stop: Expression | null; step: Expression | null; span: Span }
  | {
      kind: 'comprehension';
      type: 'list' | 'set' | 'dictionary';
      element: Expression;
      /** The value beside the key of a dictionary. */
      value: Expression | null;
      clauses: ComprehensionClause[];
      span: Span;
    }
  /** `yield value`, `yield from value`. */
  | { kind: 'yield'; value: Expression | null; from: boolean; span: Span }
  | { kind: 'assignment'; name: string; value: Expression; span: Span }
  | { kind: 'star'; value: Expression; span: Span }
  | { kind: 'unknown'; span: Span };

export type ComprehensionClause =
  | { kind: 'for'; target: Expression; iterable: Expression }
  | { kind: 'if'; test: Expression };

export interface Argument {
  /** Keyword, or null for a positional one. */
  name: string | null;
  star: '' | '*' | '**';
  value: Expression;
  /** The keyword included. */
  span: Span;
}

export interface Parameter {
  name: string;
  star: '' | '*' | '**';
  default: Expression | null;
}

/** One literal of a string; adjacent literals are several pieces. */
export type StringPiece =
  | { kind: 'text'; span: Span; raw: boolean }
  | { kind: 'hole'; value: Expression; conversion: string; format: string; span: Span };

export type Statement =
  | { kind: 'expression'; value: Expression; span: Span }
  | { kind: 'assign'; targets: Expression[]; value: Expression; annotated?: true; span: Span }
  /** `name: type` alone. */
  | { kind: 'declare'; name: string; span: Span }
  /** `global a, b` and `nonlocal a, b`. */
  | { kind: 'outer'; word: 'global' | 'nonlocal'; names: string[]; span: Span }
  | { kind: 'delete'; targets: Expression[]; span: Span }
  | { kind: 'update'; target: Expression; operator: string; value: Expression; span: Span }
  | { kind: 'if'; arms: { test: Expression; body: Statement[] }[]; otherwise: Statement[]; span: Span }
  | { kind: 'for'; target: Expression; iterable: Expression; body: Statement[]; otherwise: Statement[]; span: Span }
  | { kind: 'while'; test: Expression; body: Statement[]; span: Span }
  | { kind: 'with'; items: { value: Expression; target: Expression | null }[]; body: Statement[]; span: Span }
  | { kind: 'try'; body: Statement[]; handlers: Statement[][]; otherwise: Statement[]; finally: Statement[]; span: Span }
  | { kind: 'match'; subject: Expression; arms: MatchArm[]; span: Span }
  | FunctionDefinition
  | { kind: 'class'; name: string; bases: Argument[]; body: Statement[]; decorators: Expression[]; span: Span }
  | { kind: 'return'; value: Expression | null; span: Span }
  | { kind: 'leave'; word: 'raise' | 'break' | 'continue'; span: Span }
  | { kind: 'import'; module: string; alias: string | null; span: Span }
  | { kind: 'importFrom'; module: string; names: { name: string; alias: string }[]; span: Span }
  | { kind: 'other'; span: Span }
  | { kind: 'broken'; span: Span };

export interface FunctionDefinition {
  kind: 'function';
  name: string;
  parameters: Parameter[];
  body: Statement[];
  /** Innermost last, as written. */
  decorators: Expression[];
  /** It yields. */
  generator: boolean;
  /** The `def name(…)` line. */
  span: Span;
}

export interface MatchArm {
  pattern: Pattern;
  guard: Expression | null;
  body: Statement[];
}

/** What stands after `case`. */
export type Pattern =
  | { kind: 'value'; value: Expression }
  /** A name takes anything; `_` does and keeps nothing. */
  | { kind: 'capture'; name: string }
  | { kind: 'star'; name: string }
  | { kind: 'or'; patterns: Pattern[] }
  | { kind: 'as'; pattern: Pattern; name: string }
  | { kind: 'sequence'; patterns: Pattern[] }
  | { kind: 'mapping'; entries: { key: Expression; pattern: Pattern }[]; rest: string | null }
  | { kind: 'class'; type: Expression; positional: Pattern[]; keywords: { name: string; pattern: Pattern }[] }
  | { kind: 'unknown' };

/** A module read, with its comments. */
export interface Module {
  text: string;
  statements: Statement[];
  comments: Span[];
}
