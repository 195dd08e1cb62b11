import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import type { OperationOf } from '../operations/types.js';
import { inTransaction } from '../postgres/session.js';
import { defineRule } from '../rule.js';

/** A concurrent build runs several transactions of its own, so it cannot run inside another. */
export default defineRule({
  meta: {
    id: 'concurrently-in-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['createIndex', 'dropIndex', 'reindex', 'detachPartition'],
    covers: ['invalid-index-on-retry', 'short-lock-timeout-on-concurrent-build'],
    trigger: 'CONCURRENTLY inside a transaction that the file or its runner opened',
    effect: 'PostgreSQL refuses the statement, and the migration fails',
    remedy: 'Run it outside the transaction, by the runner\'s own opt-out, alone in its migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  },

  check(operation, context) {
    if (operation.concurrently !== true || context.effects.fails?.when !== 'in-transaction') return;
    const { kind } = context.session.transaction;
    if (!inTransaction(context.session) || kind === 'implicit') return;
    return {
      message: `${wording(operation)} CONCURRENTLY fails: ${OPENED[kind]}.`,
      rewrite: [{ operations: [draftOf(operation)], transaction: 'none' }],
    };
  },
});

const OPENED: Readonly<Record<string, string>> = {
  explicit: 'a transaction is open',
  file: 'the runner opens a transaction for the file',
  batch: 'the runner opens one transaction for all files',
};

function wording(operation: OperationOf<'createIndex' | 'dropIndex' | 'reindex' | 'detachPartition'>): string {
  switch (operation.kind) {
    case 'createIndex':
      return operation.index === undefined ? 'Creating an index' : `Creating ${named(operation.index)}`;
    case 'dropIndex':
      return `Dropping ${named(operation.index)}`;
    case 'reindex':
      return operation.name === undefined ? 'REINDEX' : `REINDEX of ${named(operation.name)}`;
    case 'detachPartition':
      return `Detaching ${named(operation.partition)}`;
  }
}
