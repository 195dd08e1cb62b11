import { batchedMerge, batchedUpdate, mergesMany } from '../advice/backfill.js';
import { mayWriteMostRows } from '../advice/conditions.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Each row is written again and stays locked until the end; the old versions are left to VACUUM all at once. */
export default defineRule({
  meta: {
    id: 'unbatched-update',
    category: 'data-migration',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['update', 'merge'],
    trigger: 'UPDATE of an existing table whose WHERE picks no rows by a value',
    effect: 'Every row it writes stays locked to the end, the table grows by as much, and replicas fall behind',
    remedy: 'Update in batches by key, each in its own transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/routine-vacuuming.html'],
  },

  check(update, context) {
    const { table } = update;
    if (update.kind === 'merge') {
      if (context.isNew(table) || !mergesMany(update, 'update')) return;
      return { message: `This MERGE may write every row of ${named(table)} in one transaction.`, rewrite: batchedMerge(update) };
    }
    if (context.isNew(table) || !mayWriteMostRows(update)) return;
    return {
      message: `This UPDATE may write every row of ${named(table)} in one transaction.`,
      rewrite: [batchedUpdate(context, update)],
    };
  },
});
