import { columnWith, draftOf } from '../advice/drafts.js';
import { named, same } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Without a key a row has no name: logical replication refuses to update it, and duplicates cannot be told apart. */
export default defineRule({
  meta: {
    id: 'table-without-primary-key',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTable'],
    trigger: 'A table is created without a primary key',
    effect: 'Logical replication cannot update its rows, and duplicates cannot be told apart',
    remedy: 'Give it a primary key',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS'],
  },

  check(create, context) {
    const { table } = create;
    const inherited = create.partitionOf ?? create.like ?? create.inherits ?? create.ofType ?? create.server;
    if (create.persistence === 'temporary' || inherited !== undefined) return;
    const constraints = [...create.constraints, ...create.columns.flatMap((column) => column.constraints ?? [])];
    if (constraints.some(({ type }) => type === 'primary key')) return;
    const later = context.steps.slice(context.index + 1).some(
      ({ operation }) => operation.kind === 'addConstraint' && operation.constraint.type === 'primary key' && same(operation.table, table),
    );
    if (later) return;
    return {
      message: `Table ${named(table)} has no primary key.`,
      rewrite: [
        {
          operations: [
            draftOf(create, {
              columns: [
                columnWith({ name: 'id', type: { name: 'bigint' } }, { identity: 'always', constraints: [{ type: 'primary key', columns: ['id'] }] }),
                ...create.columns,
              ],
            }),
          ],
        },
      ],
    };
  },
});
