import { named } from '../advice/wording.js';
import { newNames } from '../advice/written.js';
import { defineRule } from '../rule.js';
import { RESERVED } from '../sql/keywords.js';

/** Unquoted names are folded to lower case; one capital letter makes the quotes part of the name. */
export default defineRule({
  meta: {
    id: 'quoted-identifier',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'renameTable', 'renameColumn'],
    trigger: 'A new name that has to be written in quotes for ever',
    effect: 'Without its quotes the name means another one, or nothing',
    remedy: 'Use snake_case names that are no keywords',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS'],
  },

  check(operation) {
    const name = newNames(operation).find((one) => !/^[a-z_][a-z0-9_$]*$/.test(one) || RESERVED.has(one));
    if (name === undefined) return;
    return { message: `The name ${named(name)} has to be quoted wherever it is used.`, rewrite: [{ note: 'Choose a lower-case name that is no keyword.' }] };
  },
});
