import { codeOf, loopsOverRows } from '../advice/code.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Each row travels to the program and back: what one UPDATE does in seconds takes hours, in one transaction. */
export default defineRule({
  meta: {
    id: 'row-by-row-in-app',
    category: 'data-migration',
    severity: 'warning',
    presets: ['strict'],
    operations: ['update', 'insert', 'delete'],
    trigger: 'A loop over the rows of a query that writes one row at a time',
    effect: 'The transaction stays open, and every row it wrote locked, for as long as the loop runs',
    remedy: 'Write one statement for a batch of rows',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/populate.html'],
  },

  check(write, context) {
    const { migration, text } = context;
    if (migration.language === 'sql' || context.isNew(write.table)) return;
    const code = codeOf(text, migration.language);
    const { start, end } = write.statement.span;
    if (!loopsOverRows(code, migration.language).some((body) => body.start <= start && end <= body.end)) return;
    return {
      message: `Rows of ${named(write.table)} are written one at a time in a loop.`,
      rewrite: [{ note: 'Say it in one statement, for a range of keys at a time: UPDATE … FROM, INSERT … SELECT.' }],
    };
  },
});
