import type { Operation } from '../operations/types.js';
import { defineRule } from '../rule.js';

/** Rights are checked for each statement: sessions notice at once. */
export default defineRule({
  meta: {
    id: 'privileges-in-ddl-migration',
    category: 'compatibility',
    severity: 'info',
    presets: [],
    operations: ['grant', 'setTableOwner'],
    trigger: 'Privileges change in a migration that changes tables',
    effect: 'A REVOKE fails the next statement of running sessions, hidden among other changes',
    remedy: 'Put privileges in a migration of their own',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-grant.html'],
  },

  check(_grant, context) {
    const operations = context.steps.map(({ operation }) => operation);
    const first = operations.findIndex(({ kind }) => kind === 'grant' || kind === 'setTableOwner');
    if (first !== context.index || !operations.some(isChange)) return;
    return { message: 'Privileges change in the file that changes tables.', rewrite: [{ note: 'Move it to a migration of its own.' }] };
  },
});

function isChange({ kind }: Operation): boolean {
  return /^(addColumn|dropColumn|alterColumnType|dropTable|renameTable|renameColumn)$/.test(kind);
}
