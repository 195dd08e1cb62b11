import { defineRule } from '../rule.js';

/** Only CHECK and FOREIGN KEY (and NOT NULL, from 18 on) can be added without looking at the rows. */
export default defineRule({
  meta: {
    id: 'not-valid-unsupported',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['unread'],
    covers: ['parse-error'],
    trigger: 'NOT VALID on a UNIQUE, PRIMARY KEY or EXCLUDE constraint',
    effect: 'PostgreSQL refuses it: the index behind the constraint has to hold every row',
    remedy: 'Build a unique index CONCURRENTLY, then add the constraint USING INDEX',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(unread) {
    const kind = /(UNIQUE|PRIMARY KEY|EXCLUDE)\s+constraints cannot be marked NOT VALID/i.exec(unread.reason)?.[1];
    if (kind === undefined) return;
    return {
      message: `NOT VALID is refused on ${kind.toUpperCase()}.`,
      rewrite: [{ note: 'Build a unique index CONCURRENTLY outside a transaction, then ADD CONSTRAINT … USING INDEX.' }],
    };
  },
});
