import { draftOf, together } from '../advice/drafts.js';
import { laterInTransaction, named, same } from '../advice/wording.js';
import type { OperationDraft } from '../operations/types.js';
import { defineRule } from '../rule.js';
import { printName } from '../sql/name.js';

/** Names that say the schema break at once; names that do not are looked up along search_path. */
export default defineRule({
  meta: {
    id: 'set-schema',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['setTableSchema'],
    trigger: 'An existing table or view is moved to another schema',
    effect: 'Queries of the running release find it only if the new schema is on their search_path',
    remedy: 'Leave a view under the old name, made in the same transaction, until no release uses it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH'],
  },

  check(move, context) {
    const { table, to } = move;
    if (context.isNew(table) || move.relation === 'index' || move.relation === 'sequence') return;
    if (laterInTransaction(context).some(({ operation }) => operation.kind === 'createView' && same(operation.view, table))) return;
    const moved = { schema: to, name: table.name };
    const view: OperationDraft = {
      kind: 'createView',
      view: table,
      query: { text: `SELECT * FROM ${printName(moved)}`, reads: [moved] },
    };
    return {
      message: `Moving ${named(table)} to schema ${named(to)} fails queries that look for it where it was.`,
      rewrite: [{ note: 'A view where it was serves the old release:', operations: together(context, draftOf(move), view) }],
    };
  },
});
