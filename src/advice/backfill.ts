import type { Delete, Expression, Merge, QualifiedName, Update } from '../operations/types.js';
import type { Relation } from '../postgres/schema.js';
import { quoteIdentifier, printName } from '../sql/name.js';
import type { RewriteStep, RuleContext } from '../rule.js';

/** Rows of one batch: a second or so of work, so that no row stays locked for long. */
const BATCH = 5000;

/** The column by which a table can be walked, and whether it was seen or guessed. */
export function walkColumn(context: RuleContext, table: QualifiedName): { column: string; known: boolean } {
  const relation = context.relation(table);
  const column = relation === undefined ? undefined : (primaryKeyOf(relation) ?? uniqueColumnOf(relation));
  return column === undefined ? { column: 'id', known: false } : { column, known: true };
}

function primaryKeyOf({ constraints }: Relation): string | undefined {
  const keys = [...constraints.values()].map(({ definition }) => definition);
  const key = keys.find((one) => one.type === 'primary key' && one.columns.length === 1);
  return key?.type === 'primary key' ? key.columns[0] : undefined;
}

/** A column that is NOT NULL and unique in every row serves as well. */
function uniqueColumnOf({ indexes, columns }: Relation): string | undefined {
  const usable = [...indexes.values()].filter((index) => index.unique && index.where === null && index.keys.length === 1);
  return usable
    .map(({ keys: [key] }) => key?.column)
    .find((column) => column !== undefined && columns.get(column)?.notNull === true);
}

interface Walk {
  table: QualifiedName;
  alias?: string;
  /** The statement for one batch; `range` limits it to the batch's keys. */
  statement: (range: string) => string;
}

/**
 * A walk along the key, one transaction for each batch. It needs no test for
 * rows already done, so it is right for any update, and it reads each row once.
 */
function walk(context: RuleContext, { table, alias, statement }: Walk): RewriteStep {
  const { column, known } = walkColumn(context, table);
  const target = printName(table);
  const key = quoteIdentifier(column);
  const own = `${alias === undefined ? target : quoteIdentifier(alias)}.${key}`;
  const [parameter] = /\$\d+\b/.exec(statement('')) ?? [];
  const range = `(batch_after IS NULL OR ${own} > batch_after) AND ${own} <= batch_end`;
  const places = [...(known ? [] : [`its key where "${column}" stands`]), ...(parameter === undefined ? [] : [`the value where ${parameter} stands`])];
  return {
    note: `On its own, outside a transaction, ${BATCH.toLocaleString('en-US')} rows at a time${places.length === 0 ? '' : `; put ${places.join(' and ')}`}.`,
    code: `DO $$
DECLARE
  batch_after ${target}.${key}%TYPE;
  batch_end ${target}.${key}%TYPE;
BEGIN
  LOOP
    SELECT ${key} INTO batch_end
    FROM (
      SELECT ${key} FROM ${target}
      WHERE batch_after IS NULL OR ${key} > batch_after
      ORDER BY ${key} LIMIT ${BATCH}
    ) AS batch
    ORDER BY ${key} DESC LIMIT 1;
    EXIT WHEN batch_end IS NULL;
    ${statement(range)}
    COMMIT;
    batch_after := batch_end;
    batch_end := NULL;
  END LOOP;
END
$$;`,
    language: 'sql',
    transaction: 'none',
  };
}

const conjunction = (where: Expression | undefined, range: string): string =>
  where === undefined ? range : `(${where}) AND ${range}`;

export type Backfill = Pick<Update, 'table' | 'alias' | 'set' | 'from' | 'where' | 'with'>;

/** The same UPDATE, a batch of rows at a time. */
export function batchedUpdate(context: RuleContext, update: Backfill): RewriteStep {
  const alias = update.alias === undefined ? '' : ` AS ${quoteIdentifier(update.alias)}`;
  const set = update.set.map(({ column, value }) => `${quoteIdentifier(column)} = ${value}`).join(', ');
  const head = `${update.with === undefined ? '' : `${update.with} `}UPDATE ${printName(update.table)}${alias} SET ${set}`;
  const from = update.from === undefined ? '' : `\n    FROM ${update.from}`;
  return walk(context, {
    table: update.table,
    ...(update.alias === undefined ? {} : { alias: update.alias }),
    statement: (range) => `${head}${from}\n    WHERE ${conjunction(update.where, range)};`,
  });
}

/** The same DELETE, a batch of rows at a time. */
export function batchedDelete(context: RuleContext, { table, alias, using, where, with: ctes }: Delete): RewriteStep {
  const named = alias === undefined ? '' : ` AS ${quoteIdentifier(alias)}`;
  const head = `${ctes === undefined ? '' : `${ctes} `}DELETE FROM ${printName(table)}${named}`;
  const others = using === undefined ? '' : `\n    USING ${using}`;
  return walk(context, {
    table,
    ...(alias === undefined ? {} : { alias }),
    statement: (range) => `${head}${others}\n    WHERE ${conjunction(where, range)};`,
  });
}

/** True for a MERGE that does this to the rows of an existing table that those of another one match, however many. */
export function mergesMany({ actions, reads }: Merge, action: 'update' | 'delete'): boolean {
  return actions.includes(action) && reads.length > 0;
}

/** In words: what bounds a batch depends on the source. */
export function batchedMerge({ reads: [source] }: Merge): RewriteStep[] {
  const of = source === undefined ? 'the source' : `"${source.name}"`;
  return [{ note: `Merge a range of keys of ${of} at a time, each in its own transaction.` }];
}
