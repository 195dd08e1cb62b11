import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Names in queries are looked up as they are written: nothing follows a rename. */
export default defineRule({
  meta: {
    id: 'rename-schema',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['renameObject'],
    trigger: 'A schema is renamed that this migration did not create',
    effect: 'Every query, function and search_path that names the schema fails from that moment on',
    remedy: 'Create the new schema beside it, serve both names by views, then move the tables',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-alterschema.html'],
  },

  check(rename, context) {
    if (rename.object !== 'schema') return;
    const { name } = rename.name;
    if (context.steps.some(({ operation }) => operation.kind === 'createSchema' && operation.schema === name)) return;
    return {
      message: `Renaming schema ${named(name)} fails every query that names it.`,
      rewrite: [
        { note: `Create ${named(rename.to)} with a view for each table of ${named(name)}, and deploy a release that uses it.` },
        { note: 'Then move the tables over with SET SCHEMA, one in a transaction.' },
      ],
    };
  },
});
