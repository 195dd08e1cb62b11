import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Before 12 a new enum value could not be added inside a transaction at all. */
export default defineRule({
  meta: {
    id: 'enum-add-value-in-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addEnumValue'],
    trigger: 'ALTER TYPE … ADD VALUE inside a transaction, on PostgreSQL 11 and older',
    effect: 'PostgreSQL refuses the statement, and the migration fails',
    remedy: 'Run it outside the transaction, by the runner\'s own opt-out',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/11/sql-altertype.html'],
  },

  check(add, context) {
    if (context.effects.fails?.when !== 'in-transaction') return;
    return {
      message: `Adding '${add.value}' to ${named(add.type)} fails inside a transaction before PostgreSQL 12.`,
      rewrite: [{ operations: [draftOf(add)], transaction: 'none' }],
    };
  },
});
