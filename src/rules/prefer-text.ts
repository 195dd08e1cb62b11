import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** varchar(n), varchar and text are stored alike; a limit is a rule, and rules change. */
export default defineRule({
  meta: {
    id: 'prefer-text',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A column of type varchar(n)',
    effect: 'The limit refuses longer values; to shorten it later the table is checked under a strong lock',
    remedy: 'Use text, with a CHECK where the limit means something',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-character.html'],
  },

  check(operation) {
    return writtenColumns(operation)
      .filter(({ type }) => type.name === 'character varying' && type.length !== undefined)
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Column ${named(name)} of ${named(table)} has a length limit in its type.`,
        rewrite: [{ note: `Make ${named(name)} text; say the limit in a CHECK if the business has one.` }],
      }));
  },
});
