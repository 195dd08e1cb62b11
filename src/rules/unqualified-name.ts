import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Under a pooler search_path may be what another session left behind. */
export default defineRule({
  meta: {
    id: 'unqualified-name',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable'],
    trigger: 'A table is created without naming its schema',
    effect: 'It lands in whatever schema search_path names first for this connection',
    remedy: 'Name the schema, or pin search_path in the migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH'],
  },

  check({ table, persistence }, context) {
    if (table.schema !== undefined || persistence === 'temporary' || context.session.settings.has('search_path')) return;
    return { message: `Which schema ${named(table)} lands in depends on search_path.`, rewrite: [{ note: 'Write the schema in front of the name.' }] };
  },
});
