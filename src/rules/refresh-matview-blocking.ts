import { draftOf } from '../advice/drafts.js';
import { named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A plain refresh fills a new file behind the strongest lock; CONCURRENTLY compares and changes rows, and lets readers pass. */
export default defineRule({
  meta: {
    id: 'refresh-matview-blocking',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['refreshMaterializedView'],
    trigger: 'REFRESH MATERIALIZED VIEW of an existing view without CONCURRENTLY',
    effect: 'Reads of the view wait until its whole query has run again',
    remedy: 'Give it a unique index, then refresh it CONCURRENTLY',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html'],
  },

  check(refresh, context) {
    const { view } = refresh;
    if (refresh.concurrently === true || refresh.withNoData === true || !waitsFor(context, view, 'reads')) return;
    // Nobody can read a view that was never filled.
    if (context.relation(view)?.populated === false) return;
    const indexes = [...(context.relation(view)?.indexes.values() ?? [])];
    const unique = indexes.some((index) => index.unique && index.where === null && index.keys.every((key) => key.column !== undefined));
    return {
      message: `Refreshing ${named(view)} stops all reads of it until its query has run.`,
      rewrite: [
        ...(unique ? [] : [{ note: `CONCURRENTLY needs a unique index on columns of ${named(view)}, without WHERE; create it first.` }]),
        { operations: [draftOf(refresh, { concurrently: true })] },
      ],
    };
  },
});
