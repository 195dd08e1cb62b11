import { batchedUpdate } from '../advice/backfill.js';
import { mayWriteMostRows } from '../advice/conditions.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

const LONG: ReadonlySet<string> = new Set(['text', 'json', 'jsonb', 'bytea', 'xml', 'character varying']);

/** A long value lies apart in the TOAST table. An UPDATE that sets it writes it anew in full, and VACUUM gives the old one back only later. */
export default defineRule({
  meta: {
    id: 'toast-heavy-update',
    category: 'data-migration',
    severity: 'info',
    presets: [],
    operations: ['update'],
    covers: ['unbatched-update'],
    trigger: 'An UPDATE of most rows that sets a text, json, jsonb or bytea column',
    effect: 'Every long value is written a second time: the table grows by as much, and so does the WAL',
    remedy: 'Update in batches, with VACUUM between them',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/storage-toast.html'],
  },

  check(update, context) {
    const { table } = update;
    if (context.isNew(table) || !mayWriteMostRows(update)) return;
    const columns = context.relation(table)?.columns;
    const long = update.set.find(({ column, value }) => LONG.has(columns?.get(column)?.type?.name ?? '') && !/^\s*(null|true|false|-?\d+|'[^']{0,100}')\s*$/i.test(value));
    if (long === undefined) return;
    return {
      message: `This UPDATE writes the long values of ${named(long.column)} in ${named(table)} a second time.`,
      rewrite: [batchedUpdate(context, update)],
    };
  },
});
