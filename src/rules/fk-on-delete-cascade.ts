import { notValidThenValidate } from '../advice/constraints.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** One DELETE fans out to as many rows as reference it, and on from there. */
export default defineRule({
  meta: {
    id: 'fk-on-delete-cascade',
    category: 'data-loss',
    severity: 'info',
    presets: ['strict'],
    operations: ['addConstraint'],
    trigger: 'A foreign key with ON DELETE CASCADE is added between existing tables',
    effect: 'A DELETE of one row removes all that reference it, silently, and locks every one of them',
    remedy: 'Leave the action out and delete children on purpose',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'foreign key' || constraint.onDelete !== 'cascade') return;
    const parent = constraint.references.table;
    if (context.isNew(table) || context.isNew(parent)) return;
    const { onDelete: _onDelete, ...plain } = constraint;
    return {
      message: `A DELETE in ${named(parent)} silently removes the rows of ${named(table)} that reference it.`,
      rewrite: notValidThenValidate(context, table, plain),
    };
  },
});
