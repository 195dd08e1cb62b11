import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Names in the body are looked up by the search_path of the caller. */
export default defineRule({
  meta: {
    id: 'security-definer-search-path',
    category: 'compatibility',
    severity: 'warning',
    presets: ['strict'],
    operations: ['createFunction'],
    trigger: 'A SECURITY DEFINER function without a search_path of its own',
    effect: 'Whoever can create objects in a schema of the caller runs code with the rights of the owner',
    remedy: 'SET search_path in the function, pg_temp last',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY'],
  },

  check({ routine, securityDefiner, settings }) {
    if (securityDefiner !== true || settings?.some((name) => name.toLowerCase().startsWith('search_path')) === true) return;
    return { message: `${named(routine)} runs as its owner under whatever search_path the caller has.`, rewrite: [{ note: 'Add SET search_path = public, pg_temp to the function.' }] };
  },
});
