import { draftOf } from '../advice/drafts.js';
import type { Operation } from '../operations/types.js';
import { named, same } from '../advice/wording.js';
import { nameOfConstraint } from '../advice/constraints.js';
import { defineRule } from '../rule.js';

/** NOT VALID binds new rows only. Until VALIDATE has read the old ones the planner trusts nothing, and neither does SET NOT NULL. */
export default defineRule({
  meta: {
    id: 'never-validated-constraint',
    category: 'validation',
    severity: 'info',
    presets: ['strict'],
    operations: ['addConstraint'],
    trigger: 'A constraint is added NOT VALID and no migration validates it',
    effect: 'Old rows may break it for ever, and no query plan or SET NOT NULL can rely on it',
    remedy: 'Validate it in the next migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(add, context) {
    const { table, constraint } = add;
    if (!('notValid' in constraint) || constraint.notValid !== true || context.effects.fails?.when === 'always') return;
    const name = nameOfConstraint(context, table, constraint);
    const settles = (one: Operation): boolean =>
      (one.kind === 'validateConstraint' || one.kind === 'dropConstraint') && one.constraint === name && same(one.table, table);
    const drops = (one: Operation): boolean => one.kind === 'dropTable' && same(one.table, table);
    const follows = [...context.steps.slice(context.index + 1).map(({ operation }) => operation), ...context.place.later(name).flatMap(({ up }) => up)];
    if (follows.some((one) => settles(one) || drops(one))) return;
    return {
      message: `Constraint ${named(name)} of ${named(table)} is NOT VALID, and nothing validates it.`,
      rewrite: [
        { operations: [draftOf(add)] },
        { note: 'In the next migration:', operations: [{ kind: 'validateConstraint', table, constraint: name }], transaction: 'own' },
      ],
    };
  },
});
