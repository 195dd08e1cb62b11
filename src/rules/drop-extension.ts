import { draftOf, onceReviewed } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** An extension owns its objects: they go together, and take along what was built on them. */
export default defineRule({
  meta: {
    id: 'drop-extension',
    category: 'data-loss',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropObject'],
    covers: ['drop-cascade'],
    trigger: 'An extension is dropped that this migration did not create',
    effect: 'Its types, functions and operators go; with CASCADE also the columns and indexes that use them',
    remedy: 'Remove what uses the extension first, then drop it without CASCADE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-dropextension.html'],
  },

  check(drop, context) {
    if (drop.object !== 'extension') return;
    const { name } = drop.name;
    const bornHere = context.steps
      .slice(0, context.index)
      .some(({ operation }) => operation.kind === 'createExtension' && operation.extension === name);
    if (bornHere) return;
    return {
      message:
        drop.cascade === true
          ? `Dropping extension ${named(name)} with CASCADE drops the columns and indexes that use it.`
          : `Dropping extension ${named(name)} fails every query that uses its types and functions.`,
      rewrite: [
        { note: `Remove the columns, indexes and defaults that use ${named(name)} first, each by name.` },
        ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'drop-extension', reason: 'nothing uses it any more' }),
      ],
    };
  },
});
