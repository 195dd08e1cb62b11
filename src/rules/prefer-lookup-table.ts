import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** To remove one value every column of the type has to be written again. */
export default defineRule({
  meta: {
    id: 'prefer-lookup-table',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createEnum'],
    trigger: 'An enum type is created',
    effect: 'Its values can be added and renamed, never removed',
    remedy: 'Use a lookup table, or text with a CHECK',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-enum.html'],
  },

  check({ type }) {
    return { message: `No value of ${named(type)} can ever be removed.`, rewrite: [{ note: 'Use text with a CHECK, or a table of the values, unless the set is closed.' }] };
  },
});
