import { draftOf, onceReviewed } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The stored rows of a materialised view are gone with it, and so are its indexes. */
export default defineRule({
  meta: {
    id: 'drop-matview',
    category: 'data-loss',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropObject'],
    covers: ['drop-cascade'],
    trigger: 'An existing materialised view is dropped',
    effect: 'Its stored rows and indexes are lost, and every query that names it fails',
    remedy: 'Create the new view under another name, move readers over, then drop the old one',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-dropmaterializedview.html'],
  },

  check(drop, context) {
    if (drop.object !== 'materialized view' || context.isNew(drop.name)) return;
    return {
      table: drop.name,
      message: `Dropping materialised view ${named(drop.name)} fails every query that reads it.`,
      rewrite: [
        { note: 'Create its successor under another name, and deploy a release that reads that one.' },
        ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'drop-matview', reason: 'no release reads it any more' }),
      ],
    };
  },
});
