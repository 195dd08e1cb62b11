import { displayName } from '../postgres/schema.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Both ends of a key have to agree on what is equal: 18 refuses keys whose collations differ where one is nondeterministic. */
export default defineRule({
  meta: {
    id: 'fk-nondeterministic-collation',
    category: 'validation',
    severity: 'warning',
    presets: ['strict'],
    operations: ['addConstraint'],
    trigger: 'A foreign key between columns of different collations',
    effect: 'Values that one side calls equal differ on the other; PostgreSQL 18 refuses some of these keys',
    remedy: 'Give both columns the same collation',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/collation.html#COLLATION-NONDETERMINISTIC'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'foreign key') return;
    const [own, other] = [context.relation(table), context.relation(constraint.references.table)];
    const differing = constraint.columns.find((column, index) => {
      const [a, b] = [own?.columns.get(column), other?.columns.get(constraint.references.columns[index] ?? '')];
      return a !== undefined && b !== undefined && collationOf(a.collation) !== collationOf(b.collation);
    });
    if (differing === undefined) return;
    return {
      message: `Column ${named(differing)} of ${named(table)} has another collation than what it references.`,
      rewrite: [{ note: 'Give both columns the same collation before the key is added.' }],
    };
  },
});

function collationOf(collation: Parameters<typeof displayName>[0] | null): string {
  return collation === null ? 'default' : displayName(collation);
}
