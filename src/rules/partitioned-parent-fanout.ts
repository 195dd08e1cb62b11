import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** What changes the parent changes each partition, under the same lock. */
export default defineRule({
  meta: {
    id: 'partitioned-parent-fanout',
    category: 'lock',
    severity: 'info',
    presets: [],
    operations: ['addColumn', 'dropColumn', 'alterColumnType', 'setNotNull', 'dropNotNull', 'addConstraint', 'dropConstraint'],
    trigger: 'ALTER TABLE of a partitioned table with partitions',
    effect: 'It locks the parent and every partition, one after the other, to the end',
    remedy: 'Set a lock_timeout and try again when it strikes',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html'],
  },

  check(alter, context) {
    const { table } = alter;
    const children = context.relation(table)?.children.length ?? 0;
    if (children === 0 || context.isNew(table) || hasLockTimeout(context) || alter.only === true) return;
    return { message: `This locks ${named(table)} and its ${children} partitions together.`, rewrite: withLockTimeout(context, alter) };
  },
});
