import { named } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Only rows travel; tables on both sides are changed by hand. */
export default defineRule({
  meta: {
    id: 'ddl-order-on-subscribers',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['addColumn', 'dropColumn', 'alterColumnType'],
    trigger: 'A table that a publication holds changes its columns',
    effect: 'DDL is not replicated: the subscriber stops when a row does not fit its table',
    remedy: 'Add columns on the subscriber first, drop them there last',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/logical-replication-restrictions.html'],
  },

  check({ table }, context) {
    if (context.isNew(table)) return;
    const key = relationKey(table);
    const publication = [...context.schema.objects.values()].find((one) => one.kind === 'publication' && (one.allTables || one.tables.includes(key)));
    if (publication === undefined) return;
    return { message: `${named(table)} is published: its subscribers have to change as well, in the right order.`, rewrite: [{ note: 'Add the column on the subscribers first; drop it there last.' }] };
  },
});
