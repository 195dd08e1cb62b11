import type { QualifiedName } from '../operations/types.js';

/**
 * The four parts of a change that two releases live through: what the old one
 * does not notice, what brings the rows along, what the new one is waiting for,
 * and what no release needs any more.
 */
export type Phase = 'expand' | 'migrate' | 'switch' | 'contract';

/** One statement of a step, without its semicolon. */
export interface Statement {
  sql: string;
  /** Why a warning does not hold here. */
  reviewed?: { rule: string; reason: string };
}

/** One migration file of a plan. */
export interface PlanStep {
  phase: Phase;
  /** What it is called, in words: `add amount to orders`. */
  name: string;
  up: Statement[];
  /** What takes it back; empty where nothing does. */
  down: Statement[];
  /** It cannot run inside a transaction. */
  alone?: true;
  /** What has to be deployed before this file runs. */
  after?: string;
}

export interface Plan {
  /** `Rename column "total" of "orders" to "amount"`. */
  title: string;
  table: QualifiedName;
  steps: PlanStep[];
}

/** A change that cannot be planned, with the reason as a sentence. */
export interface NoPlan {
  refused: string;
}

export function sql(...statements: string[]): Statement[] {
  return statements.map((text) => ({ sql: text }));
}
