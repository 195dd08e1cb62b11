import { draftOf, onceReviewed } from '../advice/drafts.js';
import { named, namedTables, waiting } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';
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
    const foreignKeys = keys.flatMap(({ name }) =>
      onceReviewed(
        context,
        { kind: 'dropConstraint', table, constraint: name, type: 'foreign key' },
        { rule: 'drop-constraint', reason: 'its table is unused and goes next' },
        'Let go of a table it references, alone in a migration:',
      ),
    );

    return {
      message:
        others.length === 0
          ? `Dropping table ${named(table)} loses all its rows for good.`
          : `Dropping table ${named(table)} loses its rows and stops reads of ${namedTables(others)}.`,
      rewrite: [
        { note: `Deploy a release that does not use ${named(table)}, and keep a dump:` },
        { code: `pg_dump -Fc -t '${printName(table)}' -f ${table.name}.dump "$DATABASE_URL"`, language: 'shell' },
        ...foreignKeys,
        ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'drop-table', reason: 'no release uses it any more' }),
      ],
    };
  },
});
