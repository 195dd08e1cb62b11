import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The rule of a domain is shared: so is the lock that a change of it takes. */
export default defineRule({
  meta: {
    id: 'create-constrained-domain',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createDomain'],
    trigger: 'A domain with a CHECK or NOT NULL is created',
    effect: 'To change its rule later every table with a column of it is read under a lock',
    remedy: 'Put the rule on the columns as a table CHECK',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createdomain.html'],
  },

  check({ domain, notNull, constraints }) {
    if (notNull !== true && (constraints ?? []).length === 0) return;
    return {
      message: `A later change of domain ${named(domain)} has to read every table that uses it.`,
      rewrite: [{ note: 'Use the base type, and a CHECK on each table, which can be added NOT VALID.' }],
    };
  },
});
