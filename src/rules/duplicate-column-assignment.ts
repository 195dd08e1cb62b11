import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The parser lets it through; the analysis of the statement does not. */
export default defineRule({
  meta: {
    id: 'duplicate-column-assignment',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['update', 'insert'],
    trigger: 'One statement gives a column two values',
    effect: 'PostgreSQL refuses it: multiple assignments to same column, and the migration fails',
    remedy: 'Remove one of the two',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-update.html'],
  },

  check(operation) {
    const columns = operation.kind === 'update' ? operation.set.map(({ column }) => column) : operation.columns;
    const twice = columns.find((column, index) => columns.indexOf(column) !== index);
    // Elements of one array or composite may be set one by one.
    if (twice === undefined || /[[.]/.test(twice) || operation.partial === true) return;
    return { message: `${named(twice)} of ${named(operation.table)} gets two values in one statement.`, rewrite: [{ note: 'Remove one of the two.' }] };
  },
});
