import type { Span } from '../../../../operations/types.js';
import { compose, identifier, wordsOf } from '../../compose.js';
import { isFunction } from '../../callbacks.js';
import { textAt } from '../../evaluate/text.js';
import { host, hostFunction, type Value } from '../../evaluate/value.js';
import { several } from '../sql.js';
import { queryOf } from '../../tagged/query.js';
import { chain, joinedOn, joinSteps, type State, type Steps } from './chain.js';
import { orderItem } from './order.js';
import { changes, clause, condition, type Context, isUndefined, listed, reference, referenced, resolved, selections, type Sql, table, tables, valueOf } from './parts.js';

const WHERE: Steps = {
  where: (state, args, span, context) => ({ ...state, where: [...state.where, condition(context, args, span)] }),
  whereRef: (state, args, span, context) => ({ ...state, where: [...state.where, referenced(context, args, span)] }),
  clearWhere: (state) => ({ ...state, where: [] }),
};

const SHARED: Steps = {
  returning: (state, [value], span, context) => ({ ...state, returning: [...state.returning, ...selections(context, value, span)] }),
  returningAll: (state, [value], span, context) => ({ ...state, returning: [...state.returning, ...(isUndefined(value) ? ['*'] : several(value as Value).map((item): Sql => [table(context, item, span), '.*']))] }),
  clearReturning: (state) => ({ ...state, returning: [] }),
  modifyEnd: (state, [value], span, context) => ({ ...state, ends: [...state.ends, valueOf(context, value, span)] }),
  orderBy: (state, args, span, context) => ({ ...state, order: [...state.order, ...orderItem(context, args, span)] }),
  limit: (state, [value], span, context) => ({ ...state, limit: ['limit ', valueOf(context, value, span)] }),
};

const column = (name: Value | string, span: Span): Sql => compose(span, identifier(typeof name === 'string' ? textAt(name, span) : wordsOf(name, 'column', span)));

const tail = (state: State): Sql => [
  clause(' where ', state.where, ' and '), clause(' returning ', state.returning), clause(' order by ', state.order), state.limit === null ? null : [' ', state.limit], clause(' ', state.ends, ' '),
];

const INSERT: Steps = {
  ...SHARED,
  values: (state, [value], span, context) => ({ ...state, ...rows(context, resolved(context, value, span), span) }),
  columns: (state, [value], span) => ({ ...state, columns: several(value).map((name) => column(name, span)) }),
  expression: (state, [value], span, context) => ({ ...state, source: queryOf(resolved(context, value, span))?.parts ?? wordsOf(undefined, 'rows', span) }),
  defaultValues: (state) => ({ ...state, source: 'default values' }),
  onConflict: (state, [build], span, context) => ({ ...state, conflict: conflictOf(context, build, span) }),
  // Only other databases know these.
  ignore: (state) => state,
};

/** Rows given as objects: a column that no row has a value for is left out, one that some lack has its default there. */
function rows(context: Context, value: Value | undefined, span: Span): Pick<State, 'columns' | 'source'> {
  const items = several(value);
  const unread = items.length === 0 || items.some((row) => row.kind !== 'dictionary') || (value?.kind === 'list' && value.open === true);
  const keys = new Set<string>();
  for (const row of items) {
    if (row.kind === 'dictionary') for (const [key, property] of row.properties) if (!isUndefined(property.value)) keys.add(key);
  }
  const cell = (row: Value, key: string): Sql => {
    const held = row.kind === 'dictionary' ? row.properties.get(key)?.value : undefined;
    return isUndefined(held) ? 'default' : valueOf(context, held, span);
  };
  if (keys.size === 0) return { columns: [], source: wordsOf(undefined, 'rows', span) };
  const known = items.filter((row) => row.kind === 'dictionary').map((row): Sql => ['(', listed([...keys].map((key) => cell(row, key))), ')']);
  return { columns: [...keys].map((key) => column(key, span)), source: unread && known.length === 0 ? wordsOf(undefined, 'rows', span) : ['values ', listed(known)] };
}

/** `(oc) => oc.column('id').doUpdateSet({ … })`. */
function conflictOf(context: Context, build: Value | undefined, span: Span): Sql {
  const columns: Sql[] = [];
  let target: Sql = null;
  const before: Sql[] = [];
  const after: Sql[] = [];
  let action: Sql = null;
  const where = (made: Sql): number => (action === null ? before : after).push(made);
  const CALLS: Record<string, ((args: readonly Value[], at: Span) => unknown) | undefined> = {
    column: ([name], at) => columns.push(reference(context, name, 'column', at)),
    columns: ([names], at) => columns.push(...several(names).map((name) => reference(context, name, 'column', at))),
    constraint: ([name], at) => (target = [' on constraint ', column(name ?? '', at)]),
    expression: ([value], at) => (target = [' (', valueOf(context, value, at), ')']),
    where: (args, at) => where(condition(context, args, at)),
    whereRef: (args, at) => where(referenced(context, args, at)),
    doNothing: () => (action = ' do nothing'),
    doUpdateSet: (args, at) => (action = [' do update set ', listed(changes(context, args, at))]),
  };
  const self: Value = host({
    name: 'on conflict',
    get: (property) =>
      hostFunction(property, (args, site) => {
        CALLS[property]?.(args, site.span);
        return self;
      }),
  });
  if (isFunction(build)) context.run.call(build, [self], { span, callee: 'onConflict' });
  return [' on conflict', columns.length > 0 ? [' (', listed(columns), ')'] : target, clause(' where ', before, ' and '), action, clause(' where ', after, ' and ')];
}

function printInsert(state: State): Sql {
  return [
    state.with, 'insert into ', listed(state.tables), clause(' (', state.columns, ', ', ')'), state.source === null ? null : [' ', state.source], state.conflict,
    clause(' returning ', state.returning), clause(' ', state.ends, ' '),
  ];
}

const UPDATE: Steps = {
  ...SHARED, ...WHERE, ...joinSteps,
  set: (state, args, span, context) => ({ ...state, set: [...state.set, ...changes(context, args, span)] }),
  from: (state, [value], span, context) => ({ ...state, using: [...state.using, ...tables(context, value, span)] }),
};

const printUpdate = (state: State): Sql => [state.with, 'update ', listed(state.tables), ' set ', listed(state.set), clause(' from ', state.using), clause(' ', state.joins, ' '), tail(state)];

const DELETE: Steps = {
  ...SHARED, ...WHERE, ...joinSteps,
  using: (state, [value], span, context) => ({ ...state, using: [...state.using, ...tables(context, value, span)] }),
};

const printDelete = (state: State): Sql => [state.with, 'delete from ', listed(state.tables), clause(' using ', state.using), clause(' ', state.joins, ' '), tail(state)];

const matched =
  (words: string): Steps[string] =>
  (state, args, span, context) => ({ ...state, sets: [...state.sets, [words, args.length === 0 ? null : [' and ', args.length === 1 || !words.endsWith('Ref') ? condition(context, args, span) : null]]] });

const then =
  (write: (context: Context, args: readonly Value[], span: Span) => Sql): Steps[string] =>
  (state, args, span, context) => ({ ...state, sets: [...state.sets.slice(0, -1), [state.sets.at(-1) ?? null, ' then ', write(context, args, span)]] });

const MERGE: Steps = {
  ...SHARED,
  using: (state, [target, first, second], span, context) => ({ ...state, using: [['using ', table(context, target, span), joinedOn(context, first, second, span)]] }),
  whenMatched: matched('when matched'),
  whenMatchedAnd: matched('when matched'),
  whenNotMatched: matched('when not matched'),
  whenNotMatchedAnd: matched('when not matched'),
  whenNotMatchedBySource: matched('when not matched by source'),
  thenUpdateSet: then((context, args, span) => ['update set ', listed(changes(context, args, span))]),
  thenDelete: then(() => 'delete'),
  thenDoNothing: then(() => 'do nothing'),
  thenInsertValues: then((context, [value], span) => {
    const made = rows(context, resolved(context, value, span), span);
    return ['insert', clause(' (', made.columns, ', ', ')'), ' ', made.source];
  }),
};

const printMerge = (state: State): Sql => [state.with, 'merge into ', listed(state.tables), ' ', listed(state.using), clause(' ', state.sets, ' '), clause(' returning ', state.returning), clause(' ', state.ends, ' ')];

const starting = (name: string, steps: Steps, print: (state: State) => Sql) => (context: Context, ctes: Sql): Value =>
  hostFunction(name, ([value], { span }) => chain(context, { steps, print, bracketed: true }, { with: ctes, tables: tables(context, value, span) }, span));

/** What changes rows, under the names of the calls that begin it. */
export const writers: Record<string, ((context: Context, ctes: Sql) => Value) | undefined> = {
  insertInto: starting('insertInto', INSERT, printInsert),
  updateTable: starting('updateTable', UPDATE, printUpdate),
  deleteFrom: starting('deleteFrom', DELETE, printDelete),
  mergeInto: starting('mergeInto', MERGE, printMerge),
};
