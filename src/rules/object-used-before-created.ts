import { isHole, named, same } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { tableOf } from '../operations/table-of.js';
import { defineRule } from '../rule.js';

const CREATES: ReadonlySet<string> = new Set(['createTable', 'createTableAs', 'createView', 'createMaterializedView', 'createSequence', 'comment', 'grant', 'unread', 'call']);

/** A history is replayed from its first file on every new database, whatever order its authors ran it in. */
export default defineRule({
  meta: {
    id: 'object-used-before-created',
    category: 'reversibility',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: '*',
    trigger: 'A statement needs a table that only a later migration creates',
    effect: 'A new database, as in CI or a preview, stops here: the relation does not exist',
    remedy: 'Move the statement after the migration that creates the table',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-basics.html'],
  },

  check(operation, context) {
    // Files that no tool orders are run in an order of their own.
    if (context.migration.framework === 'tagged-sql') return;
    const table = tableOf(operation);
    if (table === null || isHole(table) || operation.guard !== undefined || operation.conditional === true || CREATES.has(operation.kind)) return;
    const { start, end } = operation.statement.span;
    if (/\bif\s+exists\b/i.test(context.text.slice(start, end))) return;
    if (context.relation(table) !== undefined || context.schema.types.has(relationKey(table))) return;
    const creator = context.place.later(table.name).find(({ up }) => up.some((one) => one.kind === 'createTable' && one.guard === undefined && same(one.table, table)));
    if (creator === undefined) return;
    return {
      message: `Table ${named(table)} is created only by a later migration.`,
      rewrite: [{ note: `It comes into being in ${creator.path}: let this run after it.` }],
    };
  },
});
