import { notValidThenValidate, nameOfConstraint } from '../advice/constraints.js';
import { blockedOn, named, namedTables, touchesEveryRow, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/**
 * ADD FOREIGN KEY keeps writers out of both tables and, unless it is NOT VALID,
 * reads every row of the referencing table before it lets go. Readers pass.
 */
export default defineRule({
  meta: {
    id: 'add-foreign-key',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    covers: ['several-foreign-keys'],
    trigger: 'A foreign key is added to an existing table and validated at once',
    effect: 'Writes to both tables wait until every existing row is checked',
    remedy: 'Add it NOT VALID, then validate it in a later transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'foreign key' || constraint.notValid === true || context.isNew(table)) return;
    if (!touchesEveryRow(context.effects, table)) return;
    if (context.version < 18 && context.relation(table)?.kind === 'partitioned table') {
      return {
        message: `The foreign key blocks writes to ${named(table)} and its partitions while it is checked.`,
        rewrite: [
          { note: 'Before PostgreSQL 18 NOT VALID is refused on a partitioned table.' },
          { note: 'Add it to each partition NOT VALID, validate each, then add it to the parent.' },
        ],
      };
    }
    const tables = waiting(context, 'writes');
    return {
      message: `Foreign key ${named(nameOfConstraint(context, table, constraint))} blocks ${blockedOn(context, table)} ${blockedOn(context, table) === 'writes' ? 'to' : 'of'} ${namedTables(tables)} while it is checked.`,
      rewrite: notValidThenValidate(context, table, constraint),
    };
  },
});
