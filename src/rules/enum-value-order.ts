import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** An enum sorts in the order of its values, which is fixed when a value is added. */
export default defineRule({
  meta: {
    id: 'enum-value-order',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['addEnumValue'],
    trigger: 'A value is added to an enum without saying where',
    effect: 'It sorts last, and its place cannot be changed later',
    remedy: 'Say BEFORE or AFTER which value it stands',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertype.html'],
  },

  check({ type, value, before, after }) {
    if (before !== undefined || after !== undefined) return;
    return { message: `Value '${value}' sorts after every other value of ${named(type)}, for ever.`, rewrite: [{ note: 'Say where it belongs, with BEFORE or AFTER.' }] };
  },
});
