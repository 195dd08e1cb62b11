import { defineRule } from '../rule.js';

/** A grant locks no table, and is hard to take back. */
export default defineRule({
  meta: {
    id: 'grant-widening',
    category: 'compatibility',
    severity: 'info',
    presets: [],
    operations: ['grant'],
    trigger: 'Everything is granted, or to everybody',
    effect: 'Roles get rights nobody listed, on tables to come as well where the schema is named',
    remedy: 'Grant the privileges that are needed, to the roles that need them',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-grant.html'],
  },

  check({ privileges, grantees, object, revoke }) {
    if (revoke === true) return;
    const what = privileges.includes('ALL') ? 'all privileges' : object === 'all tables in schema' ? 'every table of a schema' : null;
    const toAll = grantees.some((name) => name.toLowerCase() === 'public');
    if (what === null && !toAll) return;
    return { message: `This grants ${what ?? 'privileges'} to ${toAll ? 'everybody' : grantees.join(', ')}.`, rewrite: [{ note: 'Name the privileges, the tables and the roles.' }] };
  },
});
