import type { CreateIndex, QualifiedName } from '../operations/types.js';
import { printName, quoteIdentifier } from '../sql/name.js';
import { indexName } from '../postgres/generated-names.js';
import type { RewriteStep, RuleContext } from '../rule.js';
import { draftOf } from './drafts.js';

/** Index names live in the schema of their table. */
export function inSchemaOf(table: QualifiedName, name: string): QualifiedName {
  return table.schema === undefined ? { name } : { schema: table.schema, name };
}

/**
 * The same index built beside running writes. What an interrupted build leaves
 * behind is an invalid index, which IF NOT EXISTS would take for the real one.
 */
export function buildConcurrently(index: CreateIndex): RewriteStep[] {
  const steps: RewriteStep[] = [];
  const columns = index.keys.map(({ column }) => column);
  if (index.unique === true && columns.every((column) => column !== undefined)) {
    const list = columns.map((column) => quoteIdentifier(column)).join(', ');
    const where = index.where === undefined ? '' : ` WHERE ${index.where}`;
    steps.push({
      note: 'Duplicates fail the build; look for them first:',
      code: `SELECT ${list}, count(*) FROM ${printName(index.table)}${where} GROUP BY ${list} HAVING count(*) > 1;`,
      language: 'sql',
      byHand: true,
    });
  }
  if (index.guard !== undefined && index.index !== undefined) {
    steps.push({
      note: 'An interrupted build leaves an invalid index; make room for a new one:',
      operations: [
        { kind: 'dropIndex', index: inSchemaOf(index.table, index.index), table: index.table, concurrently: true, guard: 'if exists' },
      ],
      transaction: 'none',
    });
  }
  steps.push({
    operations: [draftOf(index, { concurrently: true, guard: undefined })],
    transaction: 'none',
  });
  return steps;
}

/**
 * A partitioned parent takes no CONCURRENTLY: the parent's index is made
 * without its children, and turns valid when every partition's is attached.
 */
export function buildByPartition(context: RuleContext, index: CreateIndex): RewriteStep[] {
  const parent = index.index ?? `${index.table.name}_${index.keys.map(({ column }) => column ?? 'expr').join('_')}_idx`;
  const steps: RewriteStep[] = [
    {
      note: 'On the parent alone, which takes an instant:',
      operations: [draftOf(index, { index: parent, only: true, concurrently: undefined })],
    },
  ];
  for (const key of context.relation(index.table)?.children ?? []) {
    const partition = context.schema.relations.get(key);
    if (partition === undefined) continue;
    const name = indexName(context.schema, partition, index.keys, index.include ?? []);
    steps.push({
      operations: [draftOf(index, { table: partition.name, index: name, concurrently: true, guard: undefined })],
      transaction: 'none',
    });
    steps.push({
      operations: [
        { kind: 'attachPartition', relation: 'index', table: inSchemaOf(index.table, parent), partition: inSchemaOf(partition.name, name) },
      ],
    });
  }
  if (steps.length === 1) steps.push({ note: 'Then on each partition CONCURRENTLY, and ALTER INDEX … ATTACH PARTITION.' });
  return steps;
}
