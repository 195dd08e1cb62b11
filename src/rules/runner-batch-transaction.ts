import { named, tableNamed, touchesEveryRow } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** How each tool is told to open a transaction for each file. */
const MODES: Readonly<Record<string, string>> = {
  alembic: 'Set transaction_per_migration=True in context.configure() of env.py.',
  typeorm: 'Set migrationsTransactionMode: "each" in the data source.',
  'mikro-orm': 'Set migrations.allOrNothing: false in the configuration.',
  'node-pg-migrate': 'Run it with --no-single-transaction.',
};

/** A runner that wraps all pending files in one transaction keeps the locks of the first until the last has committed. */
export default defineRule({
  meta: {
    id: 'runner-batch-transaction',
    category: 'transaction',
    severity: 'warning',
    presets: ['strict'],
    operations: '*',
    trigger: 'Long work while the same transaction holds a strong lock that an earlier pending file took',
    effect: 'Reads or writes of that table wait until every pending migration is done',
    remedy: 'Let the runner open a transaction for each migration, or deploy the files one by one',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html'],
  },

  check(operation, context) {
    const { session, effects, migration } = context;
    if (session.transaction.kind !== 'batch') return;
    if (![...effects.scans, ...effects.rewrites].some((shown) => touchesEveryRow(effects, tableNamed(shown)) && !context.isNew(tableNamed(shown)))) return;
    const held = [...session.held.values()].find(({ path, table, mode }) => path !== migration.path && blockedBy(mode).includes('writes') && !context.isNew(table));
    if (held === undefined) return;
    return {
      message: `${named(displayName(held.table))}, locked by an earlier file of the batch, stays locked during this.`,
      rewrite: [{ note: MODES[migration.framework] ?? 'Deploy the files one by one.' }],
    };
  },
});
