import { named } from '../advice/wording.js';
import type { Operation } from '../operations/types.js';
import { defineRule } from '../rule.js';

/** DDL is quick and locks; DML is slow and retries. Each wants a file of its own. */
export default defineRule({
  meta: {
    id: 'data-in-schema-migration',
    category: 'data-migration',
    severity: 'info',
    presets: [],
    operations: ['insert', 'update', 'delete', 'merge'],
    trigger: 'Rows of an existing table are changed in a migration that also changes tables',
    effect: 'Neither can be retried or reviewed without the other',
    remedy: 'Put the change of data in a file of its own',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check({ table }, context) {
    if (context.isNew(table)) return;
    const operations = context.steps.map(({ operation }) => operation);
    const first = operations.findIndex((one) => ['insert', 'update', 'delete', 'merge'].includes(one.kind));
    if (first !== context.index || !operations.some(changesTables)) return;
    return { message: `Rows of ${named(table)} are changed in the file that changes tables.`, rewrite: [{ note: 'Move it to a migration of its own.' }] };
  },
});

function changesTables({ kind }: Operation): boolean {
  return /^(createTable|dropTable|renameTable|addColumn|dropColumn|alterColumnType|setNotNull|addConstraint|dropConstraint|createIndex)$/.test(kind);
}
