import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** timestamp is a reading of a clock on the wall, with no word about where the wall is. */
export default defineRule({
  meta: {
    id: 'prefer-timestamptz',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A column of type timestamp without time zone',
    effect: 'What instant a value means hangs on who reads it, and changes when clocks do',
    remedy: 'Use timestamptz for instants',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-datetime.html'],
  },

  check(operation) {
    return writtenColumns(operation)
      .filter(({ type }) => type.name === 'timestamp without time zone')
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Column ${named(name)} of ${named(table)} does not say which instant it means.`,
        rewrite: [{ note: `Make ${named(name)} timestamptz, unless it is a time of the wall clock.` }],
      }));
  },
});
