import { batchedMerge, batchedDelete, mergesMany } from '../advice/backfill.js';
import { mayWriteMostRows } from '../advice/conditions.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Deleted rows stay locked to the end, and their space comes back only by VACUUM. */
export default defineRule({
  meta: {
    id: 'unbatched-delete',
    category: 'data-migration',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['delete', 'merge'],
    trigger: 'DELETE from an existing table whose WHERE picks no rows by a value',
    effect: 'Every row it deletes stays locked to the end, and replicas fall behind',
    remedy: 'Delete in batches by key, each in its own transaction, or drop a partition',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/routine-vacuuming.html'],
  },

  check(remove, context) {
    const { table } = remove;
    if (remove.kind === 'merge') {
      if (context.isNew(table) || !mergesMany(remove, 'delete') || mergesMany(remove, 'update')) return;
      return { message: `This MERGE may remove most rows of ${named(table)} in one transaction.`, rewrite: batchedMerge(remove) };
    }
    if (context.isNew(table) || !mayWriteMostRows(remove)) return;
    return {
      message: `This DELETE may remove most rows of ${named(table)} in one transaction.`,
      rewrite: [batchedDelete(context, remove)],
    };
  },
});
