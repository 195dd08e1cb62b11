import { blockedOn, named } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Rows have to be stored in another form, so all of them are written again. */
export default defineRule({
  meta: {
    id: 'set-access-method',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['setAccessMethod'],
    trigger: 'An existing table gets another access method',
    effect: 'Reads and writes of the table wait until it is written again',
    remedy: 'Create a new table with the access method, copy in batches, and swap the names',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, method }, context) {
    if (context.isNew(table) || !context.effects.rewrites.includes(displayName(table))) return;
    return {
      message: `Access method ${method ?? 'DEFAULT'} rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: [{ note: 'No form of it avoids the rewrite: copy to a new table in batches, then swap the names.' }],
    };
  },
});
