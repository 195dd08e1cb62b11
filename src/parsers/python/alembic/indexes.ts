import type { CreateIndex, IndexKey, QualifiedName } from '../../../operations/types.js';
import { embeddedSql } from '../../load.js';
import { toString } from '../evaluate/text.js';
import { booleanOf, stringOf, type Value } from '../evaluate/value.js';
import { send, tableArgument, type Lowering } from './context.js';
import { ddlExpression } from './expression.js';
import { Arguments, Reading } from './reading.js';
import { calledName } from './symbols.js';

type Draft = Omit<CreateIndex, 'span' | 'statement'>;

export function createIndex(lowering: Lowering): void {
  const args = new Arguments(
    lowering.call,
    lowering.batch === null ? ['index_name', 'table_name', 'columns'] : ['index_name', 'columns'],
  );
  const reading = new Reading();
  const table = tableArgument(lowering, args.value('table_name'), args.value('schema'), reading);
  const columns = args.value('columns');
  const keys = columns?.type === 'sequence' ? columns.items : columns === undefined ? [] : [columns];
  if (columns?.type === 'sequence' && columns.open === true) reading.partial = true;
  const draft = indexDraft(args, args.value('index_name'), table, keys, reading);
  if (args.flag('if_not_exists')) draft.guard = 'if not exists';
  send(lowering, draft, args.span('index_name'), reading);
}

/** CREATE INDEX of `op.create_index` and of `sa.Index`, which take the same keywords. */
export function indexDraft(
  args: Arguments,
  name: Value | undefined,
  table: QualifiedName,
  keys: readonly Value[],
  reading: Reading,
): Draft {
  const index = reading.optionalName(name);
  const draft: Draft = {
    kind: 'createIndex',
    ...(index === undefined ? {} : { index }),
    table,
    keys: keys.flatMap((key) => indexKeys(key, args.postgres('ops'), reading)),
  };
  if (args.flag('unique')) draft.unique = true;
  if (booleanOf(args.postgres('concurrently')) === true) draft.concurrently = true;
  if (booleanOf(args.postgres('nulls_not_distinct')) === true) draft.nullsNotDistinct = true;
  const method = stringOf(args.postgres('using'));
  if (method !== null && method !== '') draft.method = method.toLowerCase();
  const include = args.postgres('include');
  if (include !== undefined) draft.include = reading.names(include);
  const where = args.postgres('where');
  if (where !== undefined) draft.where = ddlExpression(where, reading);
  const options = args.postgres('with');
  if (options?.type === 'dictionary') {
    draft.options = parametersText(options, reading);
  }
  const tablespace = args.postgres('tablespace');
  if (tablespace !== undefined) draft.tablespace = reading.name(tablespace);
  return draft;
}

/** Storage parameters as they stand between the parentheses of WITH. */
export function parametersText({ entries }: Extract<Value, { type: 'dictionary' }>, reading: Reading): string {
  return entries
    .map((entry) => `${reading.name(entry.key)} = ${entry.value.type === 'string' ? toString(entry.value.text) : ddlExpression(entry.value, reading)}`)
    .join(', ');
}

/** The keys that one element stands for: a text may hold several. */
function indexKeys(value: Value, ops: Value | undefined, reading: Reading): IndexKey[] {
  if (value.type === 'string' || value.type === 'unknown' || isColumnLike(value)) {
    const column = reading.name(value);
    return [withOperatorClass({ column }, column, ops, reading)];
  }
  const labelled = labelOf(value, reading);
  const named = labelled === null || ops?.type !== 'dictionary' ? undefined : ops.entries.find((entry) => stringOf(entry.key) === labelled);
  // `collate(x, "C")` is an expression in parentheses, `x.collate("C")` a clause of the key.
  const expression = calledName(value) === 'collate' ? `(${ddlExpression(value, reading)})` : ddlExpression(value, reading);
  if (named !== undefined) return parsedKeys(`${expression} ${reading.name(named.value)}`) ?? [{ expression }];
  if (/^[a-z_][a-z0-9_]*$/.test(expression)) return [withOperatorClass({ column: expression }, expression, ops, reading)];
  return parsedKeys(expression) ?? [{ expression }];
}

/** The name that `.label("x")` gives to an expression, for the operator classes. */
function labelOf(value: Value, reading: Reading): string | null {
  if (value.type !== 'call' || value.callee.type !== 'attribute' || value.callee.name !== 'label') return null;
  return reading.name(value.positional[0]?.value);
}

function isColumnLike(value: Value): boolean {
  const name = calledName(value);
  return name === 'column' || name === 'Column' || value.type === 'attribute';
}

function withOperatorClass(key: IndexKey, column: string, ops: Value | undefined, reading: Reading): IndexKey {
  if (ops?.type !== 'dictionary') return key;
  const found = ops.entries.find((entry) => stringOf(entry.key) === column);
  return found === undefined ? key : { ...key, operatorClass: reading.name(found.value) };
}

/** An SQL text between the parentheses of an index, read by the SQL front-end. */
function parsedKeys(expression: string): IndexKey[] | null {
  const text = `CREATE INDEX ON t (${expression})`;
  const nowhere = { start: 0, end: 0 };
  const [operation] = embeddedSql({ text, toSpan: () => nowhere, holes: [], call: 0, nextStatement: () => 0 });
  return operation?.kind === 'createIndex' ? operation.keys : null;
}

export function dropIndex(lowering: Lowering): void {
  const args = new Arguments(lowering.call, lowering.batch === null ? ['index_name', 'table_name'] : ['index_name']);
  const reading = new Reading();
  const schema = lowering.batch === null ? args.value('schema') : lowering.batch.schema;
  const index = reading.qualified(args.value('index_name'), schema);
  const table = lowering.batch === null ? args.value('table_name') : lowering.batch.table;
  const named = table === undefined ? undefined : reading.optionalName(table);
  send(
    lowering,
    {
      kind: 'dropIndex',
      index,
      ...(named === undefined ? {} : { table: index.schema === undefined ? { name: named } : { schema: index.schema, name: named } }),
      ...(booleanOf(args.postgres('concurrently')) === true ? { concurrently: true as const } : {}),
      ...(args.flag('if_exists') ? { guard: 'if exists' as const } : {}),
    },
    args.span('index_name'),
    reading,
  );
}
