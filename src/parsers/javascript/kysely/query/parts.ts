import type { Span } from '../../../../operations/types.js';
import { compose, identifier, wordsOf } from '../../compose.js';
import { isFunction } from '../../callbacks.js';
import { type Text, textAt } from '../../evaluate/text.js';
import { host, hostFunction, truthOf, type Value } from '../../evaluate/value.js';
import type { Run } from '../../run.js';
import { type Bound, type Part, Query, queryOf } from '../../tagged/query.js';
import { aliased as aliasedQuery, several } from '../sql.js';

/** Part of a query as Kysely puts it together; a string stands for the whole call, null for nothing. */
export type Sql = string | Part | null | readonly Sql[];

/** What a query is written in: its run, the schema its tables are in, and the names that stand for no table. */
export interface Context {
  run: Run;
  schema: Value | undefined;
  /** Names of common table expressions: they have no schema. */
  local: readonly string[];
  /** What a callback is handed to write expressions with. */
  builder(): Value;
}

export function flatten(sql: Sql, span: Span): Part[] {
  if (sql === null) return [];
  if (sql === 'value') return ['value'];
  if (typeof sql === 'string') return [textAt(sql, span)];
  return isList(sql) ? sql.flatMap((part) => flatten(part, span)) : [sql];
}

function isList(sql: Sql): sql is readonly Sql[] {
  return Array.isArray(sql);
}

/** Those of the parts that are there, with `by` between them. */
export function listed(items: readonly Sql[], by = ', '): Sql {
  return items.filter((item) => item !== null).map((item, index): Sql => (index === 0 ? item : [by, item]));
}

/** `before`, the list and `after`, or nothing where the list is empty. */
export function clause(before: string, items: readonly Sql[], by = ', ', after = ''): Sql {
  return items.length === 0 ? null : [before, listed(items, by), after];
}

export function bound(value: Value): Bound {
  return { kind: 'bound', value };
}

/** An expression that a callback or the chain can go on with; `open` is what its parentheses hold when it is a chain of conditions. */
export function expressionOf(context: Context, sql: Sql, span: Span, open?: Sql): Value {
  return host(new Query(flatten(sql, span), span, { methods: (made, property) => expressionMethod(context, made, property, open) }));
}

function expressionMethod(context: Context, made: Query, property: string, open: Sql | undefined): Value | undefined {
  if (property === 'as') return hostFunction(property, ([name], { span }) => aliasedQuery(made, name, span));
  if (property.startsWith('$')) return hostFunction(property, () => host(made));
  if (property !== 'and' && property !== 'or') return undefined;
  return hostFunction(property, (args, { span }) => {
    const whole: Sql = [open ?? made.inner, ` ${property} `, condition(context, args, span)];
    return expressionOf(context, ['(', whole, ')'], span, whole);
  });
}

/** What an argument stands for once a callback among them has been called. */
export function resolved({ run, builder }: Context, value: Value | undefined, span: Span): Value | undefined {
  if (!isFunction(value) || queryOf(value) !== null) return value;
  return run.call(value, [builder()], { span, callee: 'expression' });
}

const dotted = (text: Text, span: Span): Sql => {
  if (text.holes.length > 0) return compose(span, identifier(text));
  const at = text.segments[0]?.source ?? span;
  return listed(text.text.split('.').map((part): Sql => (part.trim() === '*' ? '*' : compose(at, identifier(textAt(part.trim(), at))))), '.');
};

const ALIAS = /^(.*?)\s+as\s+(\S.*)$/is;

/** `a`, `t.a`, `s.t.a`; with `as` where a list of columns may rename. */
export function reference(context: Context, value: Value | undefined, label: string, span: Span): Sql {
  const held = resolved(context, value, span);
  const made = queryOf(held);
  if (made !== null) return made.inner;
  if (held?.kind !== 'text') return wordsOf(held?.kind === 'unknown' || held?.kind === 'either' ? held : undefined, label, span);
  return dotted(wordsOf(held, label, span), span);
}

/** A column of a list, which may be renamed there. */
export function selection(context: Context, value: Value, span: Span): Sql {
  const match = value.kind === 'text' && value.holes.length === 0 ? ALIAS.exec(value.text) : null;
  if (match === null) return reference(context, value, 'column', span);
  const at = value.span ?? span;
  return [dotted(textAt(match[1] ?? '', at), at), ' as ', compose(at, identifier(textAt((match[2] ?? '').trim(), at)))];
}

/** Tables named in FROM, USING or a join: a name, a renamed one, a subquery. */
export function table(context: Context, value: Value | undefined, span: Span): Sql {
  const held = resolved(context, value, span);
  const made = queryOf(held);
  if (made !== null) return made.inner;
  const words = wordsOf(held?.kind === 'text' ? held : undefined, 'table', span);
  const match = words.holes.length === 0 ? ALIAS.exec(words.text) : null;
  const at = words.segments[0]?.source ?? span;
  if (match === null) return qualified(context, words, at);
  return [qualified(context, textAt(match[1] ?? '', at), at), ' as ', compose(at, identifier(textAt((match[2] ?? '').trim(), at)))];
}

function qualified({ schema, local }: Context, name: Text, at: Span): Sql {
  const bare = !name.text.includes('.') && !local.includes(name.text);
  return schema !== undefined && bare ? [compose(at, identifier(wordsOf(schema, 'schema', at))), '.', dotted(name, at)] : dotted(name, at);
}

/** One table or several. */
export function tables(context: Context, value: Value | undefined, span: Span): Sql[] {
  return value?.kind === 'list' ? value.items.map((item) => table(context, item, span)) : value === undefined ? [] : [table(context, value, span)];
}

/** A value that travels beside the query, or an expression in its place. */
export function valueOf(context: Context, value: Value | undefined, span: Span): Sql {
  const held = resolved(context, value, span);
  const made = queryOf(held);
  if (made !== null) return made.inner;
  if (held === undefined || held.kind === 'host' || held.kind === 'callable') return wordsOf(undefined, 'value', span);
  return bound(held);
}

/** The right side of an operator: a list stands in parentheses. */
export function valueOrList(context: Context, value: Value | undefined, span: Span): Sql {
  const held = resolved(context, value, span);
  if (held?.kind !== 'list') return valueOf(context, held, span);
  const items = held.items.map((item) => valueOf(context, item, span));
  return ['(', listed(held.open === true && items.length === 0 ? ['value'] : items), ')'];
}

/** `a = 1`: a column, an operator, a value. */
export function comparison(context: Context, [left, operator, right]: readonly Value[], span: Span): Sql {
  const made = queryOf(operator);
  const word = made?.inner ?? wordsOf(operator, 'operator', span);
  const isTest = operator?.kind === 'text' && /^is(?: not)?$/.test(operator.text);
  const plain = isTest && right?.kind === 'primitive' && (right.value === null || typeof right.value === 'boolean');
  return [reference(context, left, 'column', span), ' ', word, ' ', plain ? String(right.value) : valueOrList(context, right, span)];
}

/** What `where` and `having` take: a comparison, or one expression. */
export function condition(context: Context, args: readonly Value[], span: Span): Sql {
  if (args.length >= 3) return comparison(context, args, span);
  const held = resolved(context, args[0], span);
  return queryOf(held)?.inner ?? wordsOf(held?.kind === 'unknown' ? held : undefined, 'condition', span);
}

/** `a < b` of two columns. */
export function referenced(context: Context, [left, operator, right]: readonly Value[], span: Span): Sql {
  return [reference(context, left, 'column', span), ' ', wordsOf(operator, 'operator', span), ' ', reference(context, right, 'column', span)];
}

/** What a list of columns takes: names, expressions, or a callback that makes them. */
export function selections(context: Context, value: Value | undefined, span: Span): Sql[] {
  const held = resolved(context, value, span);
  return several(held).map((item) => selection(context, item, span));
}

/** `a = 1, b = 2` of an object, a callback that makes one, or a column and its value. */
export function changes(context: Context, [first, second]: readonly Value[], span: Span): Sql[] {
  if (second !== undefined) return [[reference(context, first, 'column', span), ' = ', valueOf(context, second, span)]];
  const held = resolved(context, first, span);
  if (held?.kind !== 'dictionary') return [[compose(span, identifier(wordsOf(undefined, 'column', span))), ' = ', wordsOf(undefined, 'value', span)]];
  const known = [...held.properties].filter(([, { value }]) => !isUndefined(value));
  const set = known.map(([key, property]): Sql => [compose(property.span ?? span, identifier(textAt(key, property.span ?? span))), ' = ', valueOf(context, property.value, span)]);
  return held.open === true ? [...set, [compose(span, identifier(wordsOf(undefined, 'column', span))), ' = ', wordsOf(undefined, 'value', span)]] : set;
}

export function isUndefined(value: Value | undefined): boolean {
  return value === undefined || (value.kind === 'primitive' && value.value === undefined);
}

/** Whether a switch that a call takes is certainly off, certainly on, or left to the run. */
export function switched(value: Value | undefined): boolean | null {
  return value === undefined ? false : truthOf(value);
}
