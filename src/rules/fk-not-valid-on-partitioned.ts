import { nameOfConstraint } from '../advice/constraints.js';
import { named } from '../advice/wording.js';
import type { RewriteStep } from '../rule.js';
import { defineRule } from '../rule.js';

/** Before 18 a foreign key of a partitioned table takes no NOT VALID; those of its partitions do. */
export default defineRule({
  meta: {
    id: 'fk-not-valid-on-partitioned',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    trigger: 'A NOT VALID foreign key on a partitioned table, before PostgreSQL 18',
    effect: 'PostgreSQL refuses it, and the migration fails',
    remedy: 'Add it NOT VALID to each partition, validate each, then add it to the parent',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'foreign key' || constraint.notValid !== true || context.version >= 18) return;
    const relation = context.relation(table);
    if (relation?.kind !== 'partitioned table') return;
    const name = nameOfConstraint(context, table, constraint);
    const partitions = relation.children.flatMap((key) => context.schema.relations.get(key)?.name ?? []);
    return {
      message: `Foreign key ${named(name)} of partitioned ${named(table)} cannot be NOT VALID before PostgreSQL 18.`,
      rewrite: [
        { note: 'First on each partition, which may be NOT VALID:' },
        ...partitions.flatMap((partition): RewriteStep[] => [
          { operations: [{ kind: 'addConstraint', table: partition, constraint: { ...constraint, name } }] },
          { note: 'In the next migration:', operations: [{ kind: 'validateConstraint', table: partition, constraint: name }], transaction: 'own' },
        ]),
        { note: 'Then without NOT VALID on the parent: it takes over the keys of its partitions and reads no rows.' },
      ],
    };
  },
});
