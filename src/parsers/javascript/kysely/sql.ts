import type { Span } from '../../../operations/types.js';
import { compose, constant, identifier, type Piece, separated, wordsOf } from '../compose.js';
import { concat, type Text, textAt } from '../evaluate/text.js';
import { host, hostFunction, list, type Site, unknown, type Value } from '../evaluate/value.js';
import type { Run } from '../run.js';
import { isBound, joinedParts, type Part, partsOf, Query, queryOf } from '../tagged/query.js';

/** `a.b.c` as names with dots between them; `schema` in front of a name without one. */
export function path(value: Value | undefined, label: string, span: Span, schema?: Value): Piece {
  const whole = wordsOf(value, label, span);
  const at = whole.segments[0]?.source ?? span;
  const parts = whole.holes.length > 0 ? [whole] : whole.text.split('.').map((part) => textAt(part.trim(), at));
  const own = separated(parts.map((part) => identifier(part)), '.');
  return schema === undefined || parts.length > 1 ? own : [identifier(wordsOf(schema, 'schema', span)), '.', own];
}

/** A constant as Kysely puts it into a statement; SQL made by a tag stays SQL. */
export function immediate(value: Value | undefined, span: Span): Piece {
  const made = queryOf(value);
  if (made !== null) return inlined(made, span);
  if (value?.kind === 'text') return constant(wordsOf(value, 'value', span));
  if (value?.kind === 'primitive' && value.value === null) return textAt('null', value.span ?? span);
  return wordsOf(value, 'value', span);
}

/** SQL of a tag inside a builder's statement, in its place. */
export function expression(value: Value | undefined, label: string, span: Span): Piece {
  const made = queryOf(value);
  return made === null ? wordsOf(value?.kind === 'text' ? undefined : value, label, span) : inlined(made, span);
}

/** A query that a statement of the schema holds: no value travels beside it. */
export function constantQuery(value: Value | undefined, span: Span): Piece {
  const made = queryOf(value);
  if (made === null) return expression(value, 'query', span);
  const parts = made.parts.map((part): Part => (typeof part === 'object' && part.kind === 'bound' ? compose(span, immediate(part.value, span)) : part));
  return inlined(new Query(parts, made.span), span);
}

function inlined(made: Query, span: Span): Text {
  let next = 0;
  const text = concat(
    made.parts.map((part) => {
      if (!isBound(part)) return part;
      next += 1;
      return textAt(`$${next}`, span);
    }),
  );
  const inside = made.span.start >= span.start && made.span.end <= span.end;
  return inside ? text : { ...textAt(text.text, span), holes: text.holes };
}

/** A data type: a word of SQL, or SQL of a tag. */
export function dataType(value: Value | undefined, span: Span): Piece {
  return value?.kind === 'text' ? wordsOf(value, 'type', span) : expression(value, 'type', span);
}

type Helper = (args: readonly Value[], span: Span) => Piece | Part[];

const fragments = (run: Run): Record<string, Helper | undefined> => ({
  ref: ([name], span) => path(name, 'column', span),
  table: ([name], span) => path(name, 'table', span),
  id: (names, span) => separated(names.map((name) => identifier(wordsOf(name, 'name', span))), '.'),
  lit: ([value], span) => immediate(value, span),
  literal: ([value], span) => immediate(value, span),
  raw: ([text], span) => wordsOf(text, 'sql', span),
  join: ([items, separator], span) => joinedParts(items, separator === undefined ? [textAt(', ', span)] : (queryOf(separator)?.parts ?? [textAt(', ', span)]), span),
  value: ([value]) => [value === undefined ? 'value' : { kind: 'bound', value }],
  val: ([value]) => [value === undefined ? 'value' : { kind: 'bound', value }],
  fragment: ([text], span) => wordsOf(text, run.file.path, span),
});

/** Kysely's `sql`: sent by its `execute`, or part of a builder's statement. */
export function sqlTag(run: Run): Value {
  const helpers = fragments(run);
  return host({
    name: 'sql',
    tag: (template, { span }) => rawBuilder(run, partsOf(template, span), span),
    get: (property) => {
      const helper = Object.hasOwn(helpers, property) ? helpers[property] : undefined;
      if (helper === undefined) return undefined;
      return hostFunction(`sql.${property}`, (args, { span }) => rawBuilder(run, asParts(helper(args, span), span), span));
    },
  });
}

function asParts(made: Piece | Part[], span: Span): Part[] {
  return isParts(made) ? made : flatten(made, span);
}

function isParts(made: Piece | Part[]): made is Part[] {
  return Array.isArray(made) && made.some((part: Piece | Part) => part === 'value' || (part !== null && typeof part === 'object' && 'kind' in part && part.kind === 'bound'));
}

function flatten(piece: Piece, span: Span): Text[] {
  if (piece === null) return [];
  if (typeof piece === 'string') return [textAt(piece, span)];
  return 'kind' in piece ? [piece] : piece.flatMap((part) => flatten(part, span));
}

export function rawBuilder(run: Run, parts: readonly Part[], span: Span): Value {
  const methods = (made: Query, property: string): Value | undefined => {
    if (property === 'execute') {
      return hostFunction(property, (_, site: Site) => {
        run.sql(made.text(), site);
        return { kind: 'dictionary', properties: new Map([['rows', { value: unknown('rows') }]]), open: true };
      });
    }
    if (property === 'as') return hostFunction(property, ([name], site) => aliased(made, name, site.span));
    return /^(?:\$castTo|\$notNull|withPlugin|compile)$/.test(property) ? hostFunction(property, () => host(made)) : undefined;
  };
  return host(new Query(parts, span, { methods }));
}

/** `… as "name"`, as it stands in a list of columns or tables. */
export function aliased(made: Query, name: Value | undefined, span: Span): Value {
  const alias = queryOf(name)?.parts ?? [compose(span, identifier(wordsOf(name, 'name', span)))];
  return host(new Query([...made.inner, textAt(' as ', span), ...alias], span));
}

/** The arguments of a call that may take one name or a list of them. */
export function several(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : value === undefined ? [] : list([value]).items;
}
