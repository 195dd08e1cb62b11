import { draftOf } from '../advice/drafts.js';
import { defineRule } from '../rule.js';

/** VACUUM, CREATE DATABASE, ALTER SYSTEM and their like cannot be rolled back, so a transaction block refuses them. */
export default defineRule({
  meta: {
    id: 'not-allowed-in-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: '*',
    covers: ['vacuum-full'],
    trigger: 'A statement that refuses transactions, inside one',
    effect: 'PostgreSQL refuses the statement, and the migration fails',
    remedy: 'Run it outside the transaction, or by hand',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-vacuum.html'],
  },

  check(operation, context) {
    if (context.effects.fails?.when !== 'in-transaction' || context.session.transaction.kind === 'implicit') return;
    if ('concurrently' in operation && operation.concurrently === true) return;
    if (operation.kind === 'addEnumValue') return;
    return {
      message: 'This statement fails inside a transaction, and one is open here.',
      rewrite: [{ operations: [draftOf(operation)], transaction: 'none' }],
    };
  },
});
