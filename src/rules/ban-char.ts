import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** char(n) pads with blanks, which some comparisons see and others do not. */
export default defineRule({
  meta: {
    id: 'ban-char',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A column of type char(n)',
    effect: 'Values are padded with blanks, and compare in surprising ways',
    remedy: 'Use text, with a CHECK on the length where it matters',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-character.html'],
  },

  check(operation) {
    return writtenColumns(operation)
      .filter(({ type }) => type.name === 'character')
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Column ${named(name)} of ${named(table)} is char(n), which pads with blanks.`,
        rewrite: [{ note: `Make ${named(name)} text, with a CHECK on its length if need be.` }],
      }));
  },
});
