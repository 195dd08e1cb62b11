import type { Span } from '../../../../operations/types.js';
import { wordsOf } from '../../compose.js';
import { hostFunction, type Value } from '../../evaluate/value.js';
import { several } from '../sql.js';
import { orderItem } from './order.js';
import { bound, clause, condition, type Context, isUndefined, listed, reference, referenced, resolved, selections, type Sql, table, tables, valueOf } from './parts.js';
import { chain, joinSteps, type State, type Steps } from './chain.js';

const ends =
  (words: string): Steps[string] =>
  (state) => ({ ...state, ends: [...state.ends, words] });

const setOperation =
  (word: string): Steps[string] =>
  (state, [value], span, context) => ({ ...state, sets: [...state.sets, ...several(resolved(context, value, span)).map((item): Sql => [`${word} `, subquery(context, item, span)])] });

/** What UNION joins stands without parentheses. */
function subquery(context: Context, value: Value, span: Span): Sql {
  return value.kind === 'host' && 'parts' in value.host ? (value.host.parts as readonly Sql[]) : valueOf(context, value, span);
}

const numbered =
  (key: 'limit' | 'offset'): Steps[string] =>
  (state, [value], span, context) => ({ ...state, [key]: [`${key} `, value?.kind === 'primitive' && value.value === null ? 'null' : valueOf(context, value, span)] });

const STEPS: Steps = {
  ...joinSteps,
  select: (state, [value], span, context) => ({ ...state, columns: [...state.columns, ...selections(context, value, span)] }),
  selectAll: (state, [value], span, context) => ({ ...state, columns: [...state.columns, ...(isUndefined(value) ? ['*'] : several(value as Value).map((item): Sql => [table(context, item, span), '.*']))] }),
  where: (state, args, span, context) => ({ ...state, where: [...state.where, condition(context, args, span)] }),
  whereRef: (state, args, span, context) => ({ ...state, where: [...state.where, referenced(context, args, span)] }),
  having: (state, args, span, context) => ({ ...state, having: [...state.having, condition(context, args, span)] }),
  havingRef: (state, args, span, context) => ({ ...state, having: [...state.having, referenced(context, args, span)] }),
  distinct: (state) => ({ ...state, front: [...state.front, 'distinct'] }),
  distinctOn: (state, [value], span, context) => ({ ...state, distinct: listed(selections(context, value, span)) }),
  modifyFront: (state, [value], span, context) => ({ ...state, front: [...state.front, valueOf(context, value, span)] }),
  modifyEnd: (state, [value], span, context) => ({ ...state, ends: [...state.ends, valueOf(context, value, span)] }),
  orderBy: (state, args, span, context) => ({ ...state, order: [...state.order, ...orderItem(context, args, span)] }),
  clearOrderBy: (state) => ({ ...state, order: [] }),
  clearSelect: (state) => ({ ...state, columns: [] }),
  clearWhere: (state) => ({ ...state, where: [] }),
  clearLimit: (state) => ({ ...state, limit: null }),
  clearOffset: (state) => ({ ...state, offset: null }),
  groupBy: (state, [value], span, context) => ({ ...state, group: [...state.group, ...several(resolved(context, value, span)).map((item) => reference(context, item, 'column', span))] }),
  limit: numbered('limit'),
  offset: numbered('offset'),
  fetch: (state, [value], span) => ({ ...state, limit: [state.limit, state.limit === null ? null : ' ', 'fetch next ', value === undefined ? wordsOf(value, 'rows', span) : bound(value), ' rows only'] }),
  forUpdate: ends('for update'),
  forShare: ends('for share'),
  forNoKeyUpdate: ends('for no key update'),
  forKeyShare: ends('for key share'),
  skipLocked: ends('skip locked'),
  noWait: ends('nowait'),
  union: setOperation('union'),
  unionAll: setOperation('union all'),
  intersect: setOperation('intersect'),
  intersectAll: setOperation('intersect all'),
  except: setOperation('except'),
  exceptAll: setOperation('except all'),
};

function print(state: State): Sql {
  return [
    state.with, 'select', state.distinct === null ? null : [' distinct on (', state.distinct, ')'], clause(' ', state.front, ' '), clause(' ', state.columns),
    clause(' from ', state.tables), clause(' ', state.joins, ' '), clause(' where ', state.where, ' and '), clause(' group by ', state.group), clause(' having ', state.having, ' and '),
    clause(' ', state.sets, ' '), clause(' order by ', state.order), state.limit === null ? null : [' ', state.limit], state.offset === null ? null : [' ', state.offset], clause(' ', state.ends, ' '),
  ];
}

/** `selectFrom('t')`; without a table for `selectNoFrom`. */
export function selectFrom(context: Context, ctes: Sql): Value {
  return hostFunction('selectFrom', ([value], { span }) => chain(context, { steps: STEPS, print, bracketed: true }, { with: ctes, tables: tables(context, value, span) }, span));
}

export function selectNoFrom(context: Context, ctes: Sql): Value {
  return hostFunction('selectNoFrom', ([value], { span }) => chain(context, { steps: STEPS, print, bracketed: true }, { with: ctes, columns: selections(context, value, span) }, span));
}
