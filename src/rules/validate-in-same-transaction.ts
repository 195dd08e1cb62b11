import { draftOf } from '../advice/drafts.js';
import { named, sameStatement } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** VALIDATE alone lets everyone pass; in the transaction of NOT VALID it reads the table under that one's lock. */
export default defineRule({
  meta: {
    id: 'validate-in-same-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['validateConstraint'],
    covers: ['work-after-exclusive-lock'],
    trigger: 'VALIDATE CONSTRAINT in a transaction that already holds a stronger lock on the table',
    effect: 'The stronger lock is held while every row is read, as if NOT VALID had not been written',
    remedy: 'Validate in a transaction of its own, in the next migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT'],
  },

  check(validate, context) {
    const { table, constraint } = validate;
    if (context.isNew(table)) return;
    const beside = context.steps.filter(({ operation }) => operation !== validate && sameStatement(operation, validate));
    const shown = displayName(table);
    const modes = [...beside.flatMap(({ effects }) => effects.locks.filter((lock) => lock.table === shown)), context.session.held.get(shown)].flatMap((lock) => lock?.mode ?? []);
    const blocked = modes.flatMap(blockedBy);
    if (!blocked.includes('writes')) return;
    return {
      message: `${blocked.includes('reads') ? 'Reads and writes' : 'Writes'} of ${named(table)} wait while ${named(constraint)} is validated: the table is locked.`,
      rewrite: [
        ...(beside.length === 0 ? [] : [{ operations: beside.map(({ operation }) => draftOf(operation)) }]),
        { note: 'In the next migration:', operations: [draftOf(validate)], transaction: 'own' },
      ],
    };
  },
});
