import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A hash index serves equality and nothing else: no order, no range, no uniqueness, no second column. */
export default defineRule({
  meta: {
    id: 'hash-index',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createIndex'],
    trigger: 'An index USING hash',
    effect: 'It serves equality only, and no constraint can use it',
    remedy: 'Use a B-tree, which serves equality as well',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/hash-index.html'],
  },

  check(index, context) {
    if (index.method !== 'hash') return;
    return {
      message: `Hash index ${named(index.index ?? '')} on ${named(index.table)} serves equality only.`,
      rewrite: [{ operations: [draftOf(index, { method: undefined, ...(context.isNew(index.table) ? {} : { concurrently: true as const }) })], ...(context.isNew(index.table) ? {} : { transaction: 'none' as const }) }],
    };
  },
});
