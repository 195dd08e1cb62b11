import type { Direction } from './operations/migration.js';
import type { OperationKind } from './operations/types.js';
import type { Effects, TableName } from './postgres/effects.js';

export type Severity = 'error' | 'warning' | 'info';

export type Category =
  | 'data-loss'
  | 'lock'
  | 'rewrite'
  | 'validation'
  | 'compatibility'
  | 'transaction'
  | 'timeout'
  | 'data-migration'
  | 'reversibility'
  | 'style';

/** `line` and `column` count from 1, `offset` from 0; columns and offsets in UTF-16 units. */
export interface Position {
  line: number;
  column: number;
  offset: number;
}

export type SafeLanguage = 'sql' | 'python' | 'typescript' | 'javascript' | 'shell';

/** One step of the safe way, ready to print. */
export interface SafeStep {
  note: string;
  code: string;
  language: SafeLanguage;
  /** `none`: must run outside a transaction; `own`: in one of its own; null: anywhere. */
  transaction: 'none' | 'own' | null;
}

/** The safe way as one replacement in the file; offsets in UTF-16 units, without a byte order mark. */
export interface Suggestion {
  title: string;
  /** Start and exclusive end. */
  range: [number, number];
  text: string;
  /** It means the same for every program that runs, so that `--fix` applies it unasked. */
  safe?: true;
}

/** What a statement that waits for the lock cannot do. */
export type Blocked = 'reads' | 'writes' | 'ddl';

/**
 * Where the deployed release uses what a finding is about. `perhaps` is a word
 * beside another; `insert` a place that writes rows without a column that will
 * be required.
 */
export interface Use {
  /** From the top of the checkout, forward slashes. */
  path: string;
  /** From 1. */
  line: number;
  kind: 'model' | 'sql' | 'query' | 'word' | 'insert' | 'view' | 'function';
  certainty: 'certain' | 'likely' | 'perhaps';
}

/** A rule fired. The JSON report prints this object as it is. */
export interface Finding {
  ruleId: string;
  category: Category;
  severity: Severity;
  /** One sentence, plain text. */
  message: string;
  /** Why it hurts, from the rule. One sentence. */
  why: string;
  path: string;
  start: Position;
  end: Position;
  table: TableName | null;
  /** Null where the finding is about a comment, not about an operation. */
  operation: OperationKind | null;
  direction: Direction;
  /** `assumes` is there when `certainty` is `assumed`: what the answer hangs on. */
  effects: Omit<Effects, 'loses' | 'assumes'> & { assumes?: string };
  blocks: Blocked[];
  /** How long its locks are held, from the sizes of the tables; absent where they are not known or it is a moment. */
  estimate?: { seconds: number; how: string };
  /** Surest first; absent where nobody searched. */
  uses?: Use[];
  safe: SafeStep[];
  /** Absent where the safe way is no local edit. */
  suggestions?: Suggestion[];
  helpUrl: string;
  fingerprint: string;
  suppressed: { kind: 'inline' | 'config' | 'baseline'; justification: string } | null;
}
