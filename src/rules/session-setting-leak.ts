import { defineRule } from '../rule.js';

/** A setting belongs to the connection, and connections outlive migrations. */
export default defineRule({
  meta: {
    id: 'session-setting-leak',
    category: 'timeout',
    severity: 'info',
    presets: [],
    operations: ['setParameter'],
    trigger: 'SET without LOCAL that is never reset',
    effect: 'On a pooled connection later queries of the application run under it',
    remedy: 'Use SET LOCAL in a transaction, or RESET at the end',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-set.html'],
  },

  check(set, context) {
    if (set.local === true || set.implied === true) return;
    const later = context.steps.slice(context.index + 1).map(({ operation }) => operation);
    const undone = later.some((one) => (one.kind === 'resetParameter' || one.kind === 'setParameter') && (one.name === set.name || one.name === 'all'));
    if (undone) return;
    return {
      message: `Setting "${set.name}" stays for whatever uses this connection next.`,
      rewrite: [{ note: 'At the end of the file:', operations: [{ kind: 'resetParameter', name: set.name }] }],
    };
  },
});
