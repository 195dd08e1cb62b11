import { named } from '../advice/wording.js';
import type { Operation, QualifiedName } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** CREATE OR REPLACE FUNCTION locks no table; to take a name away breaks whoever calls it. */
export default defineRule({
  meta: {
    id: 'drop-or-rename-routine',
    category: 'compatibility',
    severity: 'warning',
    presets: ['strict'],
    operations: ['dropObject', 'renameObject'],
    trigger: 'A function, procedure or aggregate is dropped or renamed and not created again',
    effect: 'Every caller of the running release fails from that moment on',
    remedy: 'Create the new one beside the old one, deploy callers, then drop the old one',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-dropfunction.html'],
  },

  check(operation, context) {
    if (!ROUTINES.includes(operation.object)) return;
    const { name } = operation;
    const others = context.steps.filter(({ index }) => index !== context.index);
    if (others.some((step) => creates(step.operation, name))) return;
    const what = operation.kind === 'dropObject' ? 'Dropping' : 'Renaming';
    return {
      message: `${what} ${operation.object} ${named(name)} fails whoever still calls it.`,
      rewrite: [{ note: 'Create the new one under its own name, deploy a release that calls it, then drop the old one.' }],
    };
  },
});

const ROUTINES: readonly string[] = ['function', 'procedure', 'routine', 'aggregate'];

function creates(operation: Operation, name: QualifiedName): boolean {
  return operation.kind === 'createFunction' && relationKey(operation.routine) === relationKey(name);
}
