import type { Span } from '../../../../operations/types.js';
import { isFunction } from '../../callbacks.js';
import { wordsOf } from '../../compose.js';
import { host, hostFunction, type Site, unknown, type Value } from '../../evaluate/value.js';
import { Query } from '../../tagged/query.js';
import { aliased } from '../sql.js';
import { condition, type Context, flatten, reference, referenced, type Sql, switched, table } from './parts.js';

/** A query as far as its chain of calls has come. */
export interface State {
  with: Sql;
  front: readonly Sql[];
  distinct: Sql;
  columns: readonly Sql[];
  tables: readonly Sql[];
  using: readonly Sql[];
  joins: readonly Sql[];
  set: readonly Sql[];
  source: Sql;
  conflict: Sql;
  where: readonly Sql[];
  group: readonly Sql[];
  having: readonly Sql[];
  sets: readonly Sql[];
  order: readonly Sql[];
  limit: Sql;
  offset: Sql;
  ends: readonly Sql[];
  returning: readonly Sql[];
}

const EMPTY: State = {
  with: null, front: [], distinct: null, columns: [], tables: [], using: [], joins: [], set: [], source: null, conflict: null, where: [], group: [], having: [], sets: [], order: [],
  limit: null, offset: null, ends: [], returning: [],
};

/** What a method adds to its query. */
export type Steps = Record<string, (state: State, args: readonly Value[], span: Span, context: Context) => State>;

/** One of Kysely's query builders. */
export interface Kind {
  steps: Steps;
  print(state: State): Sql;
  /** It stands in parentheses inside an expression. */
  bracketed: boolean;
}

const EXECUTE = /^(?:execute\w*|stream)$/;

/** A query builder; only `execute` sends anything. */
export function chain(context: Context, kind: Kind, from: Partial<State>, at: Span): Value {
  const state: State = { ...EMPTY, ...from };
  const next = (changed: State): Value => chain(context, kind, changed, at);
  const parts = flatten(kind.print(state), at);
  const query: Query = new Query(parts, at, {
    ...(kind.bracketed && { inner: flatten(['(', parts, ')'], at) }),
    methods: (made, property) => {
      if (EXECUTE.test(property)) return hostFunction(property, (_, site) => executed(context, made, site));
      if (property === 'compile') return hostFunction(property, () => host(made));
      if (property === 'as') return hostFunction(property, ([name], { span }) => aliased(made, name, span));
      if (property === '$call') return hostFunction(property, ([callback], site) => (isFunction(callback) ? context.run.call(callback, [host(made)], site) : host(made)));
      if (property === '$if') return hostFunction(property, (args, site) => when(context, made, args, site) ?? next(uncertain(state, site.span)));
      if (/^\$|^(?:withPlugin|clearReturning|as\w*|toOperationNode)$/.test(property)) return hostFunction(property, () => host(made));
      const step = Object.hasOwn(kind.steps, property) ? kind.steps[property] : undefined;
      return hostFunction(property, (args, { span }) => next(step === undefined ? uncertain(state, span, property) : step(state, args, placeIn(args, span), context)));
    },
  });
  return host(Object.assign(query, { carrier: true as const }));
}

function placeIn(args: readonly Value[], call: Span): Span {
  const start = args[0]?.span?.start ?? call.start;
  return start >= call.start && start < call.end ? { start, end: call.end } : call;
}

/** `$if(true, (qb) => …)`; null when the run decides. */
function when(context: Context, made: Query, [test, callback]: readonly Value[], site: Site): Value | null {
  const on = switched(test);
  if (on === null) return null;
  return on && isFunction(callback) ? context.run.call(callback, [host(made)], site) : host(made);
}

/** Whatever else limits the query stands where its WHERE does. */
function uncertain(state: State, span: Span, label = 'condition'): State {
  return { ...state, where: [...state.where, wordsOf(undefined, label, span)] };
}

function executed({ run }: Context, made: Query, site: Site): Value {
  const text = made.text();
  run.sql({ ...text, span: site.span }, site);
  return unknown(`${site.callee}()`, site.span);
}

const JOINS: Record<string, string> = {
  innerJoin: 'inner join', leftJoin: 'left join', rightJoin: 'right join', fullJoin: 'full join', crossJoin: 'cross join',
  innerJoinLateral: 'inner join lateral', leftJoinLateral: 'left join lateral', crossJoinLateral: 'cross join lateral',
};

/** Every way to join a table. */
export const joinSteps: Steps = Object.fromEntries(
  Object.entries(JOINS).map(([name, words]) => [
    name,
    (state: State, [target, first, second]: readonly Value[], span: Span, context: Context): State => ({
      ...state,
      joins: [...state.joins, [`${words} `, table(context, target, span), joinedOn(context, first, second, span)]],
    }),
  ]),
);

export function joinedOn(context: Context, first: Value | undefined, second: Value | undefined, span: Span): Sql {
  if (first === undefined) return null;
  if (second !== undefined) return [' on ', reference(context, first, 'column', span), ' = ', reference(context, second, 'column', span)];
  const conditions: Sql[] = [];
  const self: Value = host({
    name: 'join',
    get: (property) =>
      hostFunction(property, (args, site) => {
        if (property === 'onRef') conditions.push(referenced(context, args, site.span));
        if (property === 'on') conditions.push(condition(context, args, site.span));
        if (property === 'onTrue') conditions.push('true');
        return self;
      }),
  });
  context.run.call(first, [self], { span, callee: 'join' });
  return conditions.length === 0 ? null : [' on ', conditions.map((item, index): Sql => (index === 0 ? item : [' and ', item]))];
}
