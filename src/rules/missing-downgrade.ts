import { defineRule } from '../rule.js';

/** An empty down is worse than none: the tool takes the migration back without taking anything back. */
export default defineRule({
  meta: {
    id: 'missing-downgrade',
    category: 'reversibility',
    severity: 'info',
    presets: ['strict'],
    operations: '*',
    trigger: 'The way down of a migration is there and does nothing',
    effect: 'A rollback reports success and leaves the schema as it is',
    remedy: 'Write the inverse, or say why there is none',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(operation, context) {
    if (context.index > 0 || context.migration.up[0] !== operation) return;
    if (context.migration.down?.length !== 0) return;
    return { message: 'The way down does nothing: a rollback leaves all of this in place.', rewrite: [{ note: 'Write the inverse of each step, last one first; or suppress this with the reason why there is none.' }] };
  },
});
