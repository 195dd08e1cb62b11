import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Single-table inheritance reads a class from a column: to add the column is to change the class of every row. */
export default defineRule({
  meta: {
    id: 'discriminator-column',
    category: 'compatibility',
    severity: 'info',
    presets: [],
    operations: ['addColumn'],
    trigger: 'A column named like a discriminator is added with a default',
    effect: 'A release whose ORM maps rows to classes by it meets a class it does not know',
    remedy: 'Deploy a release that ignores the column first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check({ table, column }, context) {
    if (context.isNew(table) || !/^(type|dtype|discriminator|class_name|kind)$/i.test(column.name) || column.default === undefined) return;
    return {
      message: `If ${named(column.name)} of ${named(table)} names a class, the running release does not know it.`,
      rewrite: [{ note: `Deploy a release that knows or ignores ${named(column.name)} before this one.` }],
    };
  },
});
