import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Old and new rows are matched by a unique index on plain columns that covers every row. */
export default defineRule({
  meta: {
    id: 'refresh-concurrently-needs-unique',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['refreshMaterializedView'],
    trigger: 'REFRESH … CONCURRENTLY of a view that has no unique index',
    effect: 'PostgreSQL refuses the statement, and the migration fails',
    remedy: 'Create a unique index on columns of the view first, without WHERE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html'],
  },

  check({ view, concurrently }, context) {
    if (concurrently !== true || context.effects.fails?.when !== 'always') return;
    return {
      message: `${named(view)} cannot be refreshed CONCURRENTLY: it has no unique index.`,
      rewrite: [{ note: `Create a unique index on columns of ${named(view)} first, without WHERE.` }],
    };
  },
});
