import { notValidThenValidate } from '../advice/constraints.js';
import { draftOf, onceReviewed } from '../advice/drafts.js';
import { droppedLater, named, namedTables, same, series, waiting } from '../advice/wording.js';
import type { Constraint, DropConstraint } from '../operations/types.js';
import { referencing, type TableConstraint } from '../postgres/schema.js';
import { defineRule, type RewriteStep, type RuleContext, type RuleReport } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/**
 * Dropping a constraint is quick, but its lock keeps everyone out while it
 * waits, for a foreign key on the referenced table too. The index of a primary
 * key or unique constraint goes with it.
 */
export default defineRule({
  meta: {
    id: 'drop-constraint',
    category: 'data-loss',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropConstraint'],
    covers: ['drop-cascade', 'drop-foreign-key-locks-parent', 'drop-primary-key'],
    trigger: 'A constraint of an existing table is dropped',
    effect: 'Rows that break the rule are accepted from then on, and to add it again every row has to be checked',
    remedy: 'Make sure that nothing relies on it, and drop it with a lock_timeout',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(drop, context) {
    const { table, constraint } = drop;
    if (context.isNew(table)) return;
    const known = context.relation(table)?.constraints.get(constraint);
    if (isSpentHelper(known, context, drop) || droppedLater(context, table)) return;

    const type = known?.definition.type ?? drop.type;
    const tables = waiting(context, 'reads');
    const successor = successorOf(drop, type, context);
    if (successor !== undefined) return isNotValid(successor) ? undefined : replaced(drop, type, successor, context);
    const users = type === 'primary key' || type === 'unique' ? referencing(context.schema, table) : [];
    const names = users.filter((user) => user.table.name.name !== table.name).map((user) => user.constraint.name);
    return {
      message: `Dropping ${wording(type)} ${named(constraint)} ${loss(type)}${where(type, tables, table.name)}.`,
      rewrite: [
        { note: 'Deploy a release that does not rely on it.' },
        ...(names.length === 0 ? [] : [{ note: `Foreign keys stand on it and go first: ${series(names)}.` }]),
        ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'drop-constraint', reason: 'nothing relies on it any more' }),
      ],
    };
  },
});

function wording(type: Constraint['type'] | undefined): string {
  if (type === undefined) return 'constraint';
  return type === 'check' ? 'CHECK' : type === 'not null' ? 'NOT NULL' : type === 'unique' ? 'unique constraint' : type;
}

function loss(type: Constraint['type'] | undefined): string {
  if (type === 'primary key') return 'lets duplicates and NULLs into';
  if (type === 'unique') return 'lets duplicates into';
  return type === 'foreign key' ? 'lets orphans in and locks' : 'lets rows that break it into';
}

function where(type: Constraint['type'] | undefined, tables: readonly string[], own: string): string {
  return ` ${type === 'foreign key' && tables.length > 1 ? namedTables(tables) : named(own)}`;
}

/** The CHECK that let SET NOT NULL skip its scan says nothing more once the column is NOT NULL. */
function isSpentHelper(known: TableConstraint | undefined, context: RuleContext, drop: DropConstraint): boolean {
  if (known?.definition.type !== 'check') return false;
  const columns = context.relation(drop.table)?.columns;
  const text = known.definition.expression.replaceAll(/[()]/g, '').trim().toLowerCase();
  return [...(columns?.values() ?? [])].some(
    ({ name, notNull }) =>
      notNull === true && [name, quoteIdentifier(name)].some((written) => text === `${written.toLowerCase()} is not null`),
  );
}

/** A constraint of the same kind that this migration adds to the table later on. */
function successorOf(drop: DropConstraint, type: Constraint['type'] | undefined, context: RuleContext): Constraint | undefined {
  const own = context.relation(drop.table)?.constraints.get(drop.constraint)?.definition;
  for (const { operation } of context.steps.slice(context.index + 1)) {
    if (operation.kind !== 'addConstraint' || !same(operation.table, drop.table)) continue;
    const { constraint } = operation;
    if (constraint.type !== type) continue;
    if (constraint.name === drop.constraint || (own !== undefined && sameColumns(own, constraint))) return constraint;
  }
  return undefined;
}

/** It binds new rows at once and reads no old ones: the way to replace a constraint. */
function isNotValid(constraint: Constraint): boolean {
  return 'notValid' in constraint && constraint.notValid === true;
}

function sameColumns(a: Constraint, b: Constraint): boolean {
  return 'columns' in a && 'columns' in b && a.columns.join() === b.columns.join();
}

/** Nothing is let in when the successor stands in the same transaction; the lock is held all the same, for as long as it is checked. */
function replaced(drop: DropConstraint, type: Constraint['type'] | undefined, successor: Constraint, context: RuleContext): RuleReport {
  const tables = waiting(context, 'reads');
  const name = `${drop.constraint}_new`;
  const first: RewriteStep[] =
    successor.type === 'foreign key' || successor.type === 'check'
      ? notValidThenValidate(context, drop.table, { ...successor, name })
      : [{ note: 'Build its index CONCURRENTLY under another name first.' }];
  return {
    message: `Replacing ${wording(type)} ${named(drop.constraint)} keeps ${namedTables(tables)} locked while it is checked.`,
    why: 'Reads and writes wait from the moment it is dropped until every row was found to meet the new one.',
    rewrite: [
      { note: 'Put the new one beside it first, under another name:' },
      ...first,
      ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'drop-constraint', reason: `${name} stands in for it` }),
      { operations: [{ kind: 'renameConstraint', table: drop.table, constraint: name, to: drop.constraint }] },
    ],
  };
}
