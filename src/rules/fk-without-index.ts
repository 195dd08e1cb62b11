import { notValidThenValidate } from '../advice/constraints.js';
import { draftOf } from '../advice/drafts.js';
import { named, same, touchesEveryRow } from '../advice/wording.js';
import { constraintsWritten } from '../advice/written.js';
import type { AddColumn, AddConstraint, Constraint, CreateTable, ForeignKeyConstraint, QualifiedName } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule, type RewriteStep, type RuleContext } from '../rule.js';

/** The referenced side of a foreign key has an index by definition; the referencing side only if somebody makes one. */
export default defineRule({
  meta: {
    id: 'fk-without-index',
    category: 'validation',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTable', 'addColumn', 'addConstraint'],
    trigger: 'A foreign key whose columns lead no index of its table',
    effect: 'Each UPDATE or DELETE of a referenced row reads the whole referencing table',
    remedy: 'Build an index on the columns CONCURRENTLY before the foreign key',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK'],
  },

  check(operation, context) {
    return constraintsWritten(operation).flatMap(({ at, table, constraint }) => {
      if (constraint.type !== 'foreign key' || leadsAnIndex(table, constraint, context)) return [];
      return [
        {
          ...(at === undefined ? {} : { at }),
          message: `Deletes in ${named(constraint.references.table)} read all of ${named(table)}: no index on ${named(constraint.columns[0] ?? '')}.`,
          rewrite: withIndex(operation, constraint.columns, context),
        },
      ];
    });
  },
});

/** An index of this migration or of before begins with the columns, in any order. */
function leadsAnIndex(table: QualifiedName, { columns }: ForeignKeyConstraint, context: RuleContext): boolean {
  const operations = context.steps.map(({ operation }) => operation);
  const lists: string[][] = [];
  for (const index of context.schema.relations.get(relationKey(table))?.indexes.values() ?? []) lists.push(index.keys.map(({ column }) => column ?? ''));
  for (const one of operations) {
    if (!('table' in one) || !same(one.table, table)) continue;
    if (one.kind === 'createIndex' && one.where === undefined) lists.push(one.keys.map(({ column }) => column ?? ''));
    if (one.kind === 'createTable' || one.kind === 'addColumn' || one.kind === 'addConstraint') {
      lists.push(...constraintsWritten(one).map(({ constraint }) => keyOf(constraint)));
    }
  }
  return lists.some((list) => columns.every((column) => list.slice(0, columns.length).includes(column)));
}

function keyOf(constraint: Constraint): string[] {
  return constraint.type === 'primary key' || constraint.type === 'unique' ? constraint.columns : [];
}

/** A new table gets its index at once; on an existing one it is built before the constraint asks for it. */
function withIndex(operation: CreateTable | AddColumn | AddConstraint, columns: readonly string[], context: RuleContext): RewriteStep[] {
  const { table } = operation;
  const index = { kind: 'createIndex' as const, index: `${table.name}_${columns.join('_')}_idx`, table, keys: columns.map((column) => ({ column })) };
  if (operation.kind !== 'addConstraint') {
    const alone = operation.kind === 'createTable' || context.isNew(table);
    return alone
      ? [{ operations: [draftOf(operation), index] }]
      : [{ operations: [draftOf(operation)] }, { operations: [{ ...index, concurrently: true }], transaction: 'none' }];
  }
  if (context.isNew(table)) return [{ operations: [index, draftOf(operation)] }];
  return [{ operations: [{ ...index, concurrently: true }], transaction: 'none' }, ...keySteps(operation, context)];
}

/** The key itself is right; one that checks every row at once is written in its two steps. */
function keySteps(operation: AddConstraint, context: RuleContext): RewriteStep[] {
  const { table, constraint } = operation;
  if (constraint.type !== 'foreign key' || constraint.notValid === true || !touchesEveryRow(context.effects, table)) return [{ operations: [draftOf(operation)] }];
  return notValidThenValidate(context, table, constraint);
}
