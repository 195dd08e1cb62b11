import type { Category, Severity } from './finding.js';
import type { Migration } from './operations/migration.js';
import type { Operation, OperationDraft, OperationKind, OperationOf, QualifiedName, Span } from './operations/types.js';
import type { Place } from './place.js';
import type { Effects, PostgresVersion } from './postgres/effects.js';
import type { Relation, Schema } from './postgres/schema.js';
import type { Session } from './postgres/session.js';

export interface RuleMeta<K extends OperationKind> {
  /** The hazard's own name; also the file name, the fixture folder, the page and the ESLint rule. */
  id: string;
  category: Category;
  severity: Severity;
  /** Presets that switch it on; `all` holds every rule and is not listed. */
  presets: readonly ('recommended' | 'strict')[];
  /** Kinds the rule wants to see; `*` for every one. */
  operations: readonly K[] | '*';
  /** Rules that stay silent on an operation where this one fires: it says all they would. */
  covers?: readonly string[];
  /** One line each, no full stop. What it flags, what PostgreSQL does, what to do instead. */
  trigger: string;
  effect: string;
  remedy: string;
  since: string;
  references: readonly string[];
}

/** One step of the safe way before the front-end words it: operations, or SQL where no operation says it. */
export interface RewriteStep {
  /** One sentence: `In the next migration:`. */
  note?: string;
  /** Printed by the framework's own writer: `op.create_index(…)`, `await queryRunner.query(…)`, SQL. */
  operations?: readonly OperationDraft[];
  /** SQL that no operation expresses (a batched backfill, a shell command with `language: 'shell'`). */
  code?: string;
  language?: 'sql' | 'shell' | 'text';
  /** A question for a person to ask the database; it belongs in no migration and stays SQL everywhere. */
  byHand?: true;
  transaction?: 'none' | 'own';
  /**
   * Why a warning does not hold for this step: `no release reads it any more`. The step is printed
   * under a suppression comment for that rule, with that reason.
   */
  reviewed?: { rule: string; reason: string };
}

/** What a rule returns: data with the user's own names. `lint` adds id, severity, lock and link. */
export interface RuleReport {
  /** Default: the operation's span. */
  at?: Span;
  /** One sentence, capital first, full stop last. */
  message: string;
  /** Main table; default: the operation's. */
  table?: QualifiedName;
  /** Default: meta.effect as a sentence. */
  why?: string;
  rewrite: readonly RewriteStep[];
}

/** An operation at its place in the run, with everything that is true there. */
export interface Step<O extends Operation = Operation> {
  operation: O;
  effects: Effects;
  /** Before the operation. */
  schema: Schema;
  session: Session;
  /** Position in the migration's direction, from 0. */
  index: number;
}

export interface RuleContext {
  readonly effects: Effects;
  /** Before the operation. */
  readonly schema: Schema;
  readonly session: Session;
  readonly version: PostgresVersion;
  readonly migration: Migration;
  /** The file as its author wrote it; what `span` of an operation counts in. */
  readonly text: string;
  /** What the rest of the project says about this migration. */
  readonly place: Place;
  /** Every step of this migration in this direction, in execution order; `steps[index]` is this one. */
  readonly steps: readonly Step[];
  readonly index: number;
  /** True when no row and no session can be affected: born in this migration or pending batch, or temporary. */
  isNew(table: QualifiedName): boolean;
  /** True when the table is new and nothing was inserted since. */
  isEmpty(table: QualifiedName): boolean;
  relation(table: QualifiedName): Relation | undefined;
  /** What the configuration says of the table. */
  factOf(table: QualifiedName): 'hot' | 'small' | undefined;
}

/** A rule as its file writes it: `operation` is narrowed from `meta.operations`, so that no rule casts. */
export interface RuleDefinition<K extends OperationKind> {
  meta: RuleMeta<K>;
  check(operation: OperationOf<K>, context: RuleContext): RuleReport | readonly RuleReport[] | undefined;
}

/** A rule as the engine holds it, which hands it only the kinds it asked for. */
export interface Rule {
  meta: RuleMeta<OperationKind>;
  check(operation: Operation, context: RuleContext): RuleReport | readonly RuleReport[] | undefined;
}

/** What is known of a rule without loading it. */
export interface RegisteredRule {
  id: string;
  severity: Severity;
  presets: readonly ('recommended' | 'strict')[];
  operations: readonly OperationKind[] | '*';
  rule: () => Rule;
}

/** Lists come as words: a hundred and fifty literals of lists would cost a short run more than its rules do. */
export function registered(id: string, severity: Severity, presets: string, operations: string, rule: () => Rule): RegisteredRule {
  return {
    id,
    severity,
    presets: presets.split(' ') as ('recommended' | 'strict')[],
    operations: operations === '*' ? '*' : (operations.split(' ') as OperationKind[]),
    rule,
  };
}

export function defineRule<const K extends OperationKind>(rule: RuleDefinition<K>): Rule {
  return rule;
}
