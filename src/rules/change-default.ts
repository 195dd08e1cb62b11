import { stepsOn } from '../advice/steps-on.js';
import { named, sameStatement } from '../advice/wording.js';
import type { Expression, SetDefault } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';

/** A default is looked up when a row is inserted: it says nothing about the rows that are there. */
export default defineRule({
  meta: {
    id: 'change-default',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['setDefault'],
    trigger: 'The default of an existing column is changed',
    effect: 'Only new rows get it; a release that writes the old default itself goes on doing so',
    remedy: 'Change the application first, and fill in old rows if they shall have the new value',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-default.html'],
  },

  check(change, context) {
    const { table, column } = change;
    const relation = context.relation(table);
    if (context.isNew(table) || relation?.columns.get(column)?.addedHere === true) return;
    const before = defaultBefore(change, context);
    if (before == null || before === change.default) return;
    return {
      message: `Old rows of ${named(table)} keep their ${named(column)}; only new ones get the new default.`,
      rewrite: [{ note: 'Deploy the release that expects the new value first; update old rows in batches if they shall have it.' }],
    };
  },
});

/** Some builders drop the old default first, in the same call. */
function defaultBefore(change: SetDefault, context: RuleContext): Expression | null | undefined {
  const { table, column } = change;
  const dropped = stepsOn(context, 'dropDefault', table).find(({ index, operation }) => index < context.index && operation.column === column && sameStatement(operation, change));
  const schema = dropped?.schema ?? context.schema;
  return schema.relations.get(relationKey(table))?.columns.get(column)?.default;
}
