import { named } from '../advice/wording.js';
import { tableOf } from '../operations/table-of.js';
import { defineRule } from '../rule.js';

/** A block hides a statement from the eye, not from the lock manager. */
export default defineRule({
  meta: {
    id: 'ddl-in-do-block',
    category: 'data-migration',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'A change of a table inside a DO block',
    effect: 'It takes the same locks as outside, where reviewers and tools look for it',
    remedy: 'Write it as a plain statement, with IF [NOT] EXISTS where the block only guards it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-do.html'],
  },

  check(operation, context) {
    const table = tableOf(operation);
    if (operation.within !== 'do' || table === null || context.isNew(table) || !/^(create|add|drop|alter|set|rename)/.test(operation.kind)) return;
    return { message: `This block changes ${named(table)} where nobody looks for it.`, rewrite: [{ note: 'Write it as a plain statement with IF [NOT] EXISTS.' }] };
  },
});
