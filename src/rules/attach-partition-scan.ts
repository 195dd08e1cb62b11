import { notValidThenValidate } from '../advice/constraints.js';
import { draftOf } from '../advice/drafts.js';
import { named, touchesEveryRow } from '../advice/wording.js';
import type { AttachPartition, Expression } from '../operations/types.js';
import { defineRule, type RewriteStep, type RuleContext } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/** The rows of the new partition have to fit its bounds; a validated CHECK that says so spares the scan. */
export default defineRule({
  meta: {
    id: 'attach-partition-scan',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['attachPartition'],
    covers: ['attach-scans-default'],
    trigger: 'ATTACH PARTITION of a filled table that no CHECK proves to fit',
    effect: 'Reads and writes of the partition wait until all its rows are checked',
    remedy: 'Add a matching CHECK NOT VALID, validate it, attach, then drop the CHECK',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  },

  check(attach, context) {
    const { partition } = attach;
    if (attach.relation === 'index') return;
    if (context.isNew(partition) || !touchesEveryRow(context.effects, partition)) return;
    return {
      table: partition,
      message: `Attaching ${named(partition)} reads all its rows while its reads and writes wait.`,
      rewrite: proven(attach, context),
    };
  },
});

function proven(attach: AttachPartition, context: RuleContext): RewriteStep[] {
  const { partition } = attach;
  const expression = boundsAsCheck(attach, context);
  if (expression === null) {
    return [
      { note: `First a CHECK on ${named(partition)} that says what its bounds say, NOT VALID; then validate it.` },
      { note: 'Then attach it, which reads nothing, and drop the CHECK.' },
    ];
  }
  const name = `${partition.name}_bounds`;
  return [
    ...notValidThenValidate(context, partition, { type: 'check', name, expression }),
    {
      note: 'Then, without reading the rows again:',
      operations: [draftOf(attach)],
      transaction: 'own',
    },
    {
      note: 'The CHECK has done its work:',
      operations: [{ kind: 'dropConstraint', table: partition, constraint: name }],
      transaction: 'own',
      reviewed: { rule: 'drop-constraint', reason: 'the bounds of the partition say the same' },
    },
  ];
}

/** The bounds of a partition by one column as a CHECK of its own; null for anything else. */
function boundsAsCheck({ table, bounds }: AttachPartition, context: RuleContext): Expression | null {
  const partitionBy = context.relation(table)?.partitionBy;
  const column = partitionBy?.keys.length === 1 ? partitionBy.keys[0]?.column : undefined;
  if (column === undefined || bounds === undefined || /\b(null|minvalue|maxvalue)\b/i.test(bounds)) return null;
  const name = quoteIdentifier(column);
  const test = partitionBy?.strategy === 'range' ? rangeTest(name, bounds) : listTest(name, bounds);
  return test === null ? null : `${name} IS NOT NULL AND ${test}`;
}

function rangeTest(column: string, bounds: string): Expression | null {
  const range = /from\s*\(([^(),]+)\)\s*to\s*\(([^(),]+)\)/i.exec(bounds);
  return range === null ? null : `${column} >= ${(range[1] ?? '').trim()} AND ${column} < ${(range[2] ?? '').trim()}`;
}

function listTest(column: string, bounds: string): Expression | null {
  const list = /\bin\s*\(([^()]+)\)/i.exec(bounds);
  return list === null ? null : `${column} IN (${list[1] ?? ''})`;
}
