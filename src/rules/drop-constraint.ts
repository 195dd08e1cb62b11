import { draftOf, onceReviewed } from '../advice/drafts.js';
import { stepsOn } from '../advice/steps-on.js';
import { droppedLater, named, namedTables, series, waiting } from '../advice/wording.js';
import type { Constraint, DropConstraint } from '../operations/types.js';
import { referencing, type TableConstraint } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';
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
    // The rule of the constraint that takes its place says what that one does.
    if (isReplaced(drop, type, context) || losesItsColumns(drop, context)) return;
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

/** True when this migration adds a constraint of the same kind in its place later on. */
function isReplaced(drop: DropConstraint, type: Constraint['type'] | undefined, context: RuleContext): boolean {
  const own = context.relation(drop.table)?.constraints.get(drop.constraint)?.definition;
  return stepsOn(context, 'addConstraint', drop.table).some(({ index, operation }) => {
    if (index <= context.index) return false;
    const { constraint } = operation;
    if (constraint.name === drop.constraint) return type === undefined || constraint.type === type;
    return constraint.type === type && own !== undefined && sameColumns(own, constraint);
  });
}

/** True when the columns it speaks of are dropped later in this migration: nothing is left to break the rule. */
function losesItsColumns(drop: DropConstraint, context: RuleContext): boolean {
  const own = context.relation(drop.table)?.constraints.get(drop.constraint)?.definition;
  if (own === undefined || !('columns' in own) || own.columns.length === 0) return false;
  return stepsOn(context, 'dropColumn', drop.table).some(({ index, operation }) => index > context.index && own.columns.includes(operation.column));
}

function sameColumns(a: Constraint, b: Constraint): boolean {
  return 'columns' in a && 'columns' in b && a.columns.join() === b.columns.join();
}
