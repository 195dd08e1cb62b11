import { nameOfConstraint } from '../advice/constraints.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A generated name depends on what else is there when it is generated. */
export default defineRule({
  meta: {
    id: 'unnamed-constraint',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['addConstraint', 'createIndex'],
    trigger: 'A constraint or an index without a name is added',
    effect: 'PostgreSQL makes one up, which may differ between databases, and a later DROP has to guess it',
    remedy: 'Name it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html'],
  },

  check(operation, context) {
    if (operation.kind === 'createIndex') {
      if (operation.index !== undefined) return;
      return { message: `An index of ${named(operation.table)} gets whatever name is free.`, rewrite: [{ note: 'Name it: CREATE INDEX name ON ….' }] };
    }
    const { constraint, table } = operation;
    if (constraint.name !== undefined) return;
    const name = nameOfConstraint(context, table, constraint);
    return {
      message: `A ${constraint.type} constraint of ${named(table)} gets whatever name is free.`,
      rewrite: [{ note: `Name it, as ADD CONSTRAINT ${name} ….` }],
    };
  },
});
