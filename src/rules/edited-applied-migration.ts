import { isForward } from '../operations/migration.js';
import type { Operation } from '../operations/types.js';
import { print } from '../operations/print.js';
import { defineRule } from '../rule.js';

/** A database that has run a migration does not run it again: whoever edits it makes two schemas of one history. */
export default defineRule({
  meta: {
    id: 'edited-applied-migration',
    category: 'reversibility',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: '*',
    trigger: 'A migration that the default branch has already is changed in what it does',
    effect: 'Databases that have run it keep the old result, new ones get another; some runners refuse the changed file',
    remedy: 'Take the change back and put it into a new migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(operation, context) {
    const { place, migration, index } = context;
    if (index > 0 || place.deployed === null || !isForward(migration, operation)) return;
    const before = statements(place.deployed.up);
    const now = statements(migration.up);
    const at = now.findIndex((one, position) => one !== before[position]);
    if (at < 0 && now.length === before.length) return;
    const changed = written(migration.up)[Math.max(at, 0)] ?? operation;
    return {
      at: changed.span,
      message: 'This migration is on the default branch already, and does something else here.',
      rewrite: [{ note: 'Take the edit back and make a new migration that does what is missing.' }],
    };
  },
});

/** What the author wrote; comments and layout are no part of it. */
function written(operations: readonly Operation[]): Operation[] {
  return operations.filter(({ implied }) => implied !== true);
}

function statements(operations: readonly Operation[]): string[] {
  return written(operations).map(print);
}
