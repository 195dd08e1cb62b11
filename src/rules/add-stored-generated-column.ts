import { batchedUpdate } from '../advice/backfill.js';
import { columnsMentioned } from '../advice/conditions.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { syncTrigger } from '../advice/replace-column.js';
import { blockedOn, named } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** A stored value has to be worked out for each row at once; a virtual one (18 on) is worked out when it is read. */
export default defineRule({
  meta: {
    id: 'add-stored-generated-column',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn', 'setExpression'],
    covers: ['add-column-unique', 'add-column-with-check', 'add-not-null-column'],
    trigger: 'A stored generated column is added to an existing table, or its expression changed',
    effect: 'Reads and writes of the table wait until every row is written again with its value',
    remedy: 'Use a plain column that a trigger fills and batches backfill, or VIRTUAL from PostgreSQL 18 on',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-generated-columns.html'],
  },

  check(change, context) {
    const { table } = change;
    if (context.isNew(table) || !context.effects.rewrites.includes(displayName(table))) return;
    const blocked = blockedOn(context, table);
    if (change.kind === 'setExpression') {
      return {
        message: `A new expression for ${named(change.column)} rewrites ${named(table)} while ${blocked} wait.`,
        rewrite: [{ note: 'Add a second column with the new expression in steps, move readers over, then drop the first.' }],
      };
    }
    const { column } = change;
    const { generated } = column;
    if (generated === undefined) return;
    const sources = columnsMentioned(generated.expression, context.relation(table)?.columns);
    const plain = draftOf(change, { column: columnWith(column, { generated: undefined, notNull: undefined }) });
    return {
      message: `Stored column ${named(column.name)} rewrites ${named(table)} while ${blocked} wait.`,
      rewrite:
        context.version >= 18
          ? [
              {
                note: 'Worked out when it is read, nothing is written:',
                operations: [draftOf(change, { column: columnWith(column, { generated: { ...generated, stored: false } }) })],
              },
            ]
          : [
              {
                note: 'A plain column, filled by a trigger:',
                operations: [plain, ...syncTrigger(table, column.name, generated.expression, sources)],
              },
              batchedUpdate(context, { table, set: [{ column: column.name, value: generated.expression }] }),
            ],
    };
  },
});
