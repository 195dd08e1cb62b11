import type { Blocked } from '../finding.js';
import type { Operation, QualifiedName } from '../operations/types.js';
import type { Effects, TableName } from '../postgres/effects.js';
import { blockedBy } from '../postgres/locks.js';
import { displayName, nameOfKey, relationKey } from '../postgres/schema.js';
import type { RuleContext, Step } from '../rule.js';

/** A name as messages show it: in double quotes, the schema only when it is not `public`. */
export function named(name: QualifiedName | string): string {
  const shown = typeof name === 'string' ? name : displayName(name);
  const hole = /^__(\w+?)(?:__)?$/.exec(shown)?.[1];
  return hole === undefined ? `"${shown}"` : `{${hole}}`;
}

/** True when the name is a placeholder for what is known only at run time: `__table__`, `${table}`, `:table`, `%I`. */
export function isHole({ name }: QualifiedName): boolean {
  return /^__\w+$|^[$:%]|\$\{|\{\{/.test(name);
}

/** `a`, `a and b`, `a, b and c`. */
export function series(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** `"a"`, `"a" and "b"`, `"a", "b" and 3 more tables`. */
export function namedTables(tables: readonly TableName[]): string {
  if (tables.length <= 3) return series(tables.map(named));
  return `${tables.slice(0, 2).map(named).join(', ')} and ${tables.length - 2} more tables`;
}

/** The name that effects and held locks show for a table, back as a name. */
export function tableNamed(shown: TableName): QualifiedName {
  const dot = shown.indexOf('.');
  return dot < 0 ? { name: shown } : nameOfKey(shown);
}

/** Tables on which `what` of other sessions waits for this operation; tables without sessions left out. */
export function waiting(context: RuleContext, what: Blocked): TableName[] {
  return context.effects.locks
    .filter(({ table, mode }) => blockedBy(mode).includes(what) && !context.isNew(tableNamed(table)))
    .map(({ table }) => table);
}

/** True when `what` on this very table waits for the operation. */
export function waitsFor(context: RuleContext, table: QualifiedName, what: Blocked): boolean {
  return waiting(context, what).includes(displayName(table));
}

/**
 * What waits on one table: `reads and writes`, `writes`, `schema changes`. A
 * lock that the transaction holds already counts: it is kept for as long.
 */
export function blockedOn({ effects, session }: RuleContext, table: QualifiedName): string {
  const shown = displayName(table);
  const held = session.held.get(shown);
  const modes = effects.locks.filter((lock) => lock.table === shown).map(({ mode }) => mode);
  const blocked = [...modes, ...(held === undefined ? [] : [held.mode])].flatMap(blockedBy);
  if (blocked.includes('reads')) return 'reads and writes';
  if (blocked.includes('writes')) return 'writes';
  return blocked.includes('ddl') ? 'schema changes' : '';
}

/** True when the operation reads, writes or indexes every row of the table. */
export function touchesEveryRow(effects: Effects, table: QualifiedName): boolean {
  const shown = displayName(table);
  return effects.rewrites.includes(shown) || effects.scans.includes(shown);
}

/** True when both names mean one relation. */
export function same(a: QualifiedName | null | undefined, b: QualifiedName): boolean {
  return a != null && relationKey(a) === relationKey(b);
}

/** Earlier steps of the same transaction, oldest first. */
export function earlierInTransaction(context: RuleContext): Step[] {
  const { id } = context.session.transaction;
  return context.steps.slice(0, context.index).filter((step) => step.session.transaction.id === id);
}

/** Later steps of the same transaction. */
export function laterInTransaction(context: RuleContext): Step[] {
  const { id, kind } = context.session.transaction;
  if (kind === 'none') return [];
  return context.steps.slice(context.index + 1).filter((step) => step.session.transaction.id === id);
}

/** True when this migration drops the table later on: what happens to its parts before that hurts nobody more. */
export function droppedLater(context: RuleContext, table: QualifiedName): boolean {
  return context.steps.slice(context.index + 1).some(({ operation }) => operation.kind === 'dropTable' && same(operation.table, table));
}

/** True when one statement holds both: `ALTER TABLE t DROP COLUMN a, ADD COLUMN a …`, or one builder call. */
export function sameStatement(a: Operation, b: Operation): boolean {
  const { span } = a.statement;
  return a.statement.id === b.statement.id || (span.start === b.statement.span.start && span.end === b.statement.span.end);
}

/** An earlier operation of this transaction shut other sessions out of an existing table: which, and since when. */
export function heldTable(context: RuleContext, what: Blocked): { table: QualifiedName; since: number } | undefined {
  for (const held of context.session.held.values()) {
    if (blockedBy(held.mode).includes(what) && !context.isNew(held.table)) return held;
  }
  return undefined;
}

/** The lock of an earlier operation on this very table, when other sessions' `what` waits for it. */
export function heldOn(context: RuleContext, table: QualifiedName, what: Blocked): boolean {
  if (context.isNew(table)) return false;
  const held = context.session.held.get(displayName(table));
  return held !== undefined && blockedBy(held.mode).includes(what);
}

