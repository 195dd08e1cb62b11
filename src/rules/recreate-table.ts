import { named, same } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** What makes a clean start on a developer machine empties the table everywhere else. */
export default defineRule({
  meta: {
    id: 'recreate-table',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['dropTable'],
    covers: ['drop-table', 'drop-cascade', 'drop-foreign-key-locks-parent'],
    trigger: 'A table is dropped and created again under the same name',
    effect: 'Every row is lost on a database that has any; what referenced the table is gone or refuses the drop',
    remedy: 'Change the table that is there; or create the new one beside it and copy the rows',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-droptable.html'],
  },

  check({ table }, context) {
    const later = context.steps.slice(context.index + 1).map(({ operation }) => operation);
    const again = later.some((one) => one.kind === 'createTable' && same(one.table, table));
    const relation = context.relation(table);
    if (!again || context.isNew(table) || (relation === undefined && context.schema.complete)) return;
    return {
      message: `Table ${named(table)} is dropped and created again, without its rows.`,
      rewrite: [
        { note: `Change ${named(table)} in place; or create the new table under another name, copy the rows, and swap the names.` },
      ],
    };
  },
});
