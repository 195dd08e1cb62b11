import { draftOf, lockTimeout, onceReviewed } from '../advice/drafts.js';
import { named, namedTables, waiting } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule, type RewriteStep } from '../rule.js';
import { printName } from '../sql/name.js';

/**
 * DROP TABLE also takes the strongest lock on every table that its foreign keys
 * reference; with CASCADE on those that reference it as well.
 */
export default defineRule({
  meta: {
    id: 'drop-table',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['dropTable'],
    covers: ['drop-cascade', 'drop-foreign-key-locks-parent'],
    trigger: 'An existing table is dropped',
    effect: 'All its rows are lost, and every release that still names the table fails',
    remedy: 'Stop using the table, deploy that, keep a dump, drop its foreign keys, then drop it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-droptable.html'],
  },

  check(drop, context) {
    const { table } = drop;
    const relation = context.relation(table);
    if (context.isNew(table) || (relation === undefined && context.schema.complete)) return;

    const others = waiting(context, 'reads').filter((name) => name !== displayName(table));
    const keys = [...(relation?.constraints.values() ?? [])].filter(({ definition }) => definition.type === 'foreign key');
    const foreignKeys = keys.map(
      ({ name }): RewriteStep => ({
        operations: [lockTimeout(context), { kind: 'dropConstraint', table, constraint: name, type: 'foreign key' }],
        transaction: 'own',
        reviewed: 'its table is unused and goes next',
      }),
    );

    return {
      message:
        others.length === 0
          ? `Dropping table ${named(table)} loses all its rows for good.`
          : `Dropping table ${named(table)} loses its rows and stops reads of ${namedTables(others)}.`,
      rewrite: [
        { note: `Deploy a release that does not use ${named(table)}, and keep a dump:` },
        { code: `pg_dump -Fc -t '${printName(table)}' -f ${table.name}.dump "$DATABASE_URL"`, language: 'shell' },
        ...(foreignKeys.length === 0 ? [] : [{ note: 'Let go of the tables it references, one at a time:' }, ...foreignKeys]),
        { note: 'Then, in a later migration:', operations: [lockTimeout(context)] },
        onceReviewed([draftOf(drop, { cascade: undefined })], 'no release uses it any more'),
      ],
    };
  },
});
