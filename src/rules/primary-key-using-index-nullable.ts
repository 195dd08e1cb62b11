import { notNullSteps } from '../advice/constraints.js';
import { draftOf } from '../advice/drafts.js';
import { named, touchesEveryRow } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** USING INDEX saves the build, not the proof that no key column is NULL: that is a scan under the strongest lock. */
export default defineRule({
  meta: {
    id: 'primary-key-using-index-nullable',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    trigger: 'PRIMARY KEY USING INDEX on columns that are not NOT NULL yet',
    effect: 'Reads and writes of the table wait until every row was found not null',
    remedy: 'Set NOT NULL in steps first, then add the key',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(add, context) {
    const { table, constraint } = add;
    if (constraint.type !== 'primary key' || constraint.usingIndex === undefined) return;
    if (context.isNew(table) || !touchesEveryRow(context.effects, table)) return;
    const relation = context.relation(table);
    const keys = relation?.indexes.get(constraint.usingIndex)?.keys ?? [];
    const columns = keys.map(({ column }) => column).filter((column) => column !== undefined);
    const nullable = columns.filter((column) => relation?.columns.get(column)?.notNull !== true);
    return {
      message: `The primary key of ${named(table)} reads every row under lock: its columns may be NULL.`,
      rewrite: [
        ...nullable.flatMap((column) => notNullSteps(context, table, column)),
        { note: 'Then, without reading the table:', operations: [draftOf(add)], transaction: 'own' },
      ],
    };
  },
});
