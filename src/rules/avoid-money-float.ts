import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

const FLOATS = ['real', 'double precision'];
const AMOUNT = /(^|_)(amount|price|cost|total|balance|fee|tax)(_|$)/;

/** money changes with lc_monetary; binary fractions cannot hold a tenth. */
export default defineRule({
  meta: {
    id: 'avoid-money-float',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A column of type money, or a binary fraction named like an amount',
    effect: 'Amounts are rounded, or read differently under another locale',
    remedy: 'Use numeric, or whole cents',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-money.html'],
  },

  check(operation) {
    return writtenColumns(operation)
      .filter(({ type, name }) => type.name === 'money' || (FLOATS.includes(type.name) && AMOUNT.test(name)))
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Column ${named(name)} of ${named(table)} cannot hold amounts exactly.`,
        rewrite: [{ note: `Make ${named(name)} numeric, or count whole cents.` }],
      }));
  },
});
