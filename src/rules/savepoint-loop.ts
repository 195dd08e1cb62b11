import { earlierInTransaction } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The server keeps 64 open subtransaction ids in shared memory for each session; the rest overflow to disk. */
export default defineRule({
  meta: {
    id: 'savepoint-loop',
    category: 'transaction',
    severity: 'info',
    presets: ['strict'],
    operations: ['savepoint'],
    trigger: 'More than 64 savepoints in one migration',
    effect: 'A transaction keeps 64 subtransactions in memory: beyond that every reader on a replica slows down',
    remedy: 'Commit in batches in place of savepoints',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/subxacts.html'],
  },

  check(savepoint, context) {
    if (savepoint.release === true) return;
    const before = earlierInTransaction(context).filter(({ operation }) => operation.kind === 'savepoint' && operation.release !== true).length;
    if (before !== CACHED) return;
    return { message: `This is savepoint ${CACHED + 1} of its transaction: readers on replicas slow down.`, rewrite: [{ note: 'Commit in batches in place of savepoints.' }] };
  },
});

/** PGPROC_MAX_CACHED_SUBXIDS */
const CACHED = 64;
