import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The query of the view runs inside the migration, however long it takes. */
export default defineRule({
  meta: {
    id: 'create-matview-with-data',
    category: 'data-migration',
    severity: 'info',
    presets: ['strict'],
    operations: ['createMaterializedView'],
    trigger: 'CREATE MATERIALIZED VIEW over existing tables without WITH NO DATA',
    effect: 'The migration takes as long as the query, and changes of the tables it reads wait for it',
    remedy: 'Create it WITH NO DATA, and refresh it afterwards',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-creatematerializedview.html'],
  },

  check(create, context) {
    if (create.withNoData === true || !create.query.reads.some((table) => !context.isNew(table))) return;
    return {
      message: `The query of ${named(create.view)} runs to its end inside the migration.`,
      rewrite: [
        { operations: [draftOf(create, { withNoData: true })] },
        { note: 'After the migration:', operations: [{ kind: 'refreshMaterializedView', view: create.view }], transaction: 'own' },
      ],
    };
  },
});
