import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

const MOST = 3;

/** Each column after the first helps only queries that fix all before it. */
export default defineRule({
  meta: {
    id: 'wide-index',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createIndex'],
    trigger: 'An index that is not unique on more than three columns',
    effect: 'Every write pays for it, and few queries can use its last columns',
    remedy: 'Index the columns that pick the rows, and INCLUDE what is only read',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/indexes-multicolumn.html'],
  },

  check({ keys, unique, table }) {
    if (unique === true || keys.length <= MOST) return;
    return {
      message: `An index of ${keys.length} columns on ${named(table)} is rarely used to its end.`,
      rewrite: [{ note: 'Index the columns that pick the rows, and INCLUDE what is only read.' }],
    };
  },
});
