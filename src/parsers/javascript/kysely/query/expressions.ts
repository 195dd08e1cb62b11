import type { Span } from '../../../../operations/types.js';
import { wordsOf } from '../../compose.js';
import { host, hostFunction, type Value } from '../../evaluate/value.js';
import { queryOf } from '../../tagged/query.js';
import { dataType, immediate, several } from '../sql.js';
import {
  clause, comparison, condition, type Context, expressionOf, listed, reference, type Sql, table, valueOf, valueOrList,
} from './parts.js';
import { orderItem } from './order.js';

type Writer = (args: readonly Value[], span: Span) => Sql;

/** `eb('a', '=', 1)` and everything that hangs on it. */
export function expressionBuilder(context: Context, selectFrom: (context: Context) => Value): Value {
  const writers = expressions(context);
  const self: Value = host({
    name: 'eb',
    call: (args, { span }) => expressionOf(context, comparison(context, args, span), span),
    get: (property) => {
      if (property === 'eb') return self;
      if (property === 'fn') return functions(context);
      if (property === 'selectFrom') return selectFrom(context);
      if (property === 'case') return hostFunction(property, ([value], { span }) => caseBuilder(context, ['case', value === undefined ? null : [' ', reference(context, value, 'column', span)]]));
      const write = Object.hasOwn(writers, property) ? writers[property] : undefined;
      return write === undefined ? undefined : hostFunction(property, (args, { span }) => expressionOf(context, write(args, span), span));
    },
  });
  return self;
}

function expressions(context: Context): Record<string, Writer | undefined> {
  const ref = (value: Value | undefined, span: Span): Sql => reference(context, value, 'column', span);
  const val = (value: Value | undefined, span: Span): Sql => valueOf(context, value, span);
  const prefixed = (word: string): Writer => ([value], span) => [word, ref(value, span)];
  const between = (word: string): Writer => ([value, from, to], span) => [ref(value, span), ` ${word} `, val(from, span), ' and ', val(to, span)];
  return {
    ref: ([value], span) => ref(value, span),
    val: ([value], span) => valueOrList(context, value, span),
    value: ([value], span) => val(value, span),
    lit: ([value], span) => immediate(value, span),
    table: ([value], span) => table(context, value, span),
    not: prefixed('not '),
    exists: prefixed('exists '),
    neg: prefixed('-'),
    unary: ([operator, value], span) => [wordsOf(operator, 'operator', span), ' ', ref(value, span)],
    between: between('between'),
    betweenSymmetric: between('between symmetric'),
    and: ([list], span) => combined(context, list, 'and', span),
    or: ([list], span) => combined(context, list, 'or', span),
    parens: (args, span) => ['(', condition(context, args, span), ')'],
    cast: ([value, type], span) => ['cast(', ref(value, span), ' as ', dataType(type, span), ')'],
    tuple: (values, span) => ['(', listed(values.map((value) => val(value, span))), ')'],
    refTuple: (values, span) => ['(', listed(values.map((value) => ref(value, span))), ')'],
  };
}

/** Several conditions in parentheses, one without, none as what is always true or never. */
function combined(context: Context, list: Value | undefined, word: 'and' | 'or', span: Span): Sql {
  const items = conditionsOf(context, list, span);
  if (items.length === 0) return word === 'and' ? '1 = 1' : '1 = 0';
  return items.length === 1 ? (items[0] as Sql) : ['(', listed(items, ` ${word} `), ')'];
}

function conditionsOf(context: Context, list: Value | undefined, span: Span): Sql[] {
  if (list?.kind !== 'dictionary') return several(list).map((item) => condition(context, [item], span));
  return [...list.properties].map(([key, { value }]) => {
    const word = value.kind === 'primitive' && (value.value === null || typeof value.value === 'boolean') ? 'is' : '=';
    const text = (content: string): Value => ({ kind: 'text', text: content, segments: [], holes: [] });
    return comparison(context, [text(key), text(word), value], span);
  });
}

/** `case when … then … else … end`. */
function caseBuilder(context: Context, sql: Sql): Value {
  const more = (added: Sql): Value => caseBuilder(context, [sql, added]);
  const result = (value: Value | undefined, span: Span): Sql =>
    value?.kind === 'primitive' && (value.value === null || typeof value.value !== 'bigint') ? String(value.value) : valueOf(context, value, span);
  return host({
    name: 'case',
    get: (property) => {
      if (property === 'when') return hostFunction(property, (args, { span }) => more([' when ', args.length === 1 ? caseValue(context, args[0], span) : comparison(context, args, span)]));
      if (property === 'then' || property === 'else') return hostFunction(property, ([value], { span }) => more([` ${property} `, result(value, span)]));
      if (property === 'thenRef' || property === 'elseRef') return hostFunction(property, ([value], { span }) => more([` ${property.slice(0, 4)} `, reference(context, value, 'column', span)]));
      if (property === 'end' || property === 'endCase') return hostFunction(property, (_, { span }) => expressionOf(context, [sql, property === 'end' ? ' end' : ' end case'], span));
      return undefined;
    },
  });
}

function caseValue(context: Context, value: Value | undefined, span: Span): Sql {
  return valueOf(context, value, span);
}

/** Functions that need no more than their name. */
const AGGREGATES = /^(?:avg|count|max|min|sum|coalesce|any|jsonAgg|toJson)$/;

/** `eb.fn.count('a')`, `eb.fn('lower', ['a'])`. */
export function functions(context: Context): Value {
  const args = (values: readonly Value[], span: Span): Sql => listed(values.map((value) => reference(context, value, 'column', span)));
  return host({
    name: 'fn',
    call: ([name, list], { span }) => called(context, [wordsOf(name, 'function', span), '(', list === undefined ? null : args(several(list), span), ')'], span),
    get: (property) => {
      if (property === 'agg') return hostFunction(property, ([name, list], { span }) => called(context, [wordsOf(name, 'function', span), '(', list === undefined ? null : args(several(list), span), ')'], span));
      if (property === 'countAll') return hostFunction(property, ([of], { span }) => called(context, ['count(', of === undefined ? '*' : [table(context, of, span), '.*'], ')'], span));
      if (!AGGREGATES.test(property)) return undefined;
      const name = { jsonAgg: 'json_agg', toJson: 'to_json' }[property] ?? property;
      return hostFunction(property, (values, { span }) => aggregate(context, { name, args: args(values.flatMap(several), span), distinct: false, filter: [], over: null }, span));
    },
  });
}

function called(context: Context, sql: Sql, span: Span): Value {
  return overable(context, sql, span);
}

interface Aggregate {
  name: string;
  args: Sql;
  distinct: boolean;
  filter: readonly Sql[];
  over: Sql;
}

function aggregate(context: Context, made: Aggregate, span: Span): Value {
  const sql: Sql = [`${made.name}(`, made.distinct ? 'distinct ' : null, made.args, ')', clause(' filter(where ', made.filter, ' and ', ')'), made.over];
  const base = expressionOf(context, sql, span);
  if (base.kind !== 'host') return base;
  const query = queryOf(base);
  if (query === null) return base;
  const own = query.get.bind(query);
  query.get = (property) => {
    if (property === 'distinct') return hostFunction(property, () => aggregate(context, { ...made, distinct: true }, span));
    if (property === 'filterWhere') return hostFunction(property, (values, site) => aggregate(context, { ...made, filter: [...made.filter, condition(context, values, site.span)] }, span));
    if (property === 'over') return hostFunction(property, ([build], site) => aggregate(context, { ...made, over: [' ', over(context, build, site.span)] }, span));
    return own(property);
  };
  return base;
}

function overable(context: Context, sql: Sql, span: Span): Value {
  const base = expressionOf(context, sql, span);
  const query = queryOf(base);
  if (query === null) return base;
  const own = query.get.bind(query);
  query.get = (property) => (property === 'over' ? hostFunction(property, ([build], site) => expressionOf(context, [sql, ' ', over(context, build, site.span)], span)) : own(property));
  return base;
}

/** `over(partition by a order by b)`. */
function over(context: Context, build: Value | undefined, span: Span): Sql {
  const partition: Sql[] = [];
  const order: Sql[] = [];
  const self: Value = host({
    name: 'over',
    get: (property) => {
      if (property === 'partitionBy') return hostFunction(property, ([list], site) => (partition.push(...several(list).map((item) => reference(context, item, 'column', site.span))), self));
      if (property === 'orderBy') return hostFunction(property, (args, site) => (order.push(...orderItem(context, args, site.span)), self));
      return undefined;
    },
  });
  if (build !== undefined) context.run.call(build, [self], { span, callee: 'over' });
  return ['over(', clause('partition by ', partition), partition.length > 0 && order.length > 0 ? ' ' : null, clause('order by ', order), ')'];
}
