import { alwaysTrue } from '../advice/conditions.js';
import { batchedDelete } from '../advice/backfill.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** DELETE lets readers and other writers pass, but holds a lock on each row until the end and leaves them all to VACUUM. */
export default defineRule({
  meta: {
    id: 'delete-without-where',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['delete'],
    covers: ['unbatched-delete'],
    trigger: 'DELETE of an existing table without a WHERE, or with one that is always true',
    effect: 'All rows are lost, and each stays locked until the transaction ends',
    remedy: 'Say which rows, and delete them in batches',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-delete.html'],
  },

  check(remove, context) {
    const { table } = remove;
    if (remove.whereUnknown === true || remove.using !== undefined || !alwaysTrue(remove.where)) return;
    if (context.isNew(table)) return;
    const everyRow = { ...remove, where: undefined };
    return {
      message: `DELETE without a condition removes every row of ${named(table)}.`,
      rewrite: [
        { note: 'Keep a dump if the rows may be needed, and say in WHERE which rows have to go.' },
        batchedDelete(context, everyRow),
      ],
    };
  },
});
