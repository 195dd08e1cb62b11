import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/** Without CASCADE a schema that holds anything is refused; with it everything inside goes. */
export default defineRule({
  meta: {
    id: 'drop-schema',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['dropObject'],
    covers: ['drop-cascade'],
    trigger: 'DROP SCHEMA … CASCADE',
    effect: 'Every table, view, type and function in the schema is dropped with its rows',
    remedy: 'Drop what the schema holds one by one, then the empty schema without CASCADE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-dropschema.html'],
  },

  check(drop, context) {
    if (drop.object !== 'schema' || drop.cascade !== true) return;
    const { name } = drop.name;
    const bornHere = context.steps.some(({ operation }) => operation.kind === 'createSchema' && operation.schema === name);
    if (bornHere) return;
    return {
      message: `DROP SCHEMA ${name} CASCADE drops all it holds, rows included.`,
      rewrite: [
        {
          note: `Keep a dump, and drop the tables of ${named(drop.name)} one by one when nothing uses them:`,
          code: `pg_dump -Fc -n '${quoteIdentifier(name)}' -f ${name}.dump "$DATABASE_URL"`,
          language: 'shell',
        },
        { operations: [draftOf(drop, { cascade: undefined })] },
      ],
    };
  },
});
