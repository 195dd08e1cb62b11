import { draftOf } from '../advice/drafts.js';
import { droppedLater, named, waiting } from '../advice/wording.js';
import { ownerOfIndex, type Relation } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';
import type { DropIndex } from '../operations/types.js';

/**
 * DROP INDEX is quick once it holds its lock on the table, but it waits for
 * every running query, and every later query waits behind it.
 */
export default defineRule({
  meta: {
    id: 'drop-index-blocking',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropIndex'],
    covers: ['drop-cascade'],
    trigger: 'An index of an existing table is dropped without CONCURRENTLY',
    effect: 'Reads and writes of the table wait behind it until every running query on the table has ended',
    remedy: 'Drop it CONCURRENTLY, outside a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-dropindex.html'],
  },

  check(drop, context) {
    if (drop.concurrently === true) return;
    const owner = ownerOf(drop, context);
    // CONCURRENTLY is not to be had for the index of a partitioned table.
    if (owner?.kind === 'partitioned table') return;
    const table = owner?.name ?? drop.table;
    if (table === undefined ? isKnownHarmless(context) : context.isNew(table) || droppedLater(context, table)) return;
    return {
      ...(table === undefined ? {} : { table }),
      message: `Dropping index ${named(drop.index)} blocks reads and writes of ${table === undefined ? 'its table' : named(table)}.`,
      rewrite: [
        {
          operations: [draftOf(drop, { concurrently: true, cascade: undefined, guard: 'if exists' })],
          transaction: 'none',
        },
      ],
    };
  },
});

function ownerOf(drop: DropIndex, context: RuleContext): Relation | undefined {
  return ownerOfIndex(context.schema, drop.index) ?? (drop.table === undefined ? undefined : context.relation(drop.table));
}

/** Nothing waits for an index that is not there. */
function isKnownHarmless(context: RuleContext): boolean {
  return context.schema.complete && waiting(context, 'reads').length === 0;
}
