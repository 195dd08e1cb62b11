import type { Span } from '../../../operations/types.js';
import { wordsOf } from '../compose.js';
import { textAt } from '../evaluate/text.js';
import { host, type HostObject, hostFunction, type Value } from '../evaluate/value.js';
import { joinedParts, literalText, names, type Part, partsOf, query, queryOf } from './query.js';

type Helper = (args: readonly Value[], span: Span) => Part[];

const fixed = (text: string, span: Span): Part => textAt(text, span);

/** What a value becomes that the library casts on its way. */
const cast =
  (type: string): Helper =>
  (_args, span) => ['value', fixed(`::${type}`, span)];

const glueOf = (value: Value | undefined, span: Span): readonly Part[] =>
  value === undefined ? [fixed(', ', span)] : (queryOf(value)?.parts ?? [value.kind === 'text' ? value : fixed(', ', span)]);

/** `unnest($1::"int4"[], $2::"text"[])`. */
function unnested(types: Value | undefined, span: Span): Part[] {
  if (types?.kind !== 'list') return [wordsOf(undefined, 'unnest', span)];
  const columns = types.items.flatMap((type, index): Part[] => [fixed(index === 0 ? '' : ', ', span), 'value', fixed('::', span), names(type, '.', span), fixed('[]', span)]);
  return [fixed('unnest(', span), ...columns, fixed(')', span)];
}

const RAW: Helper = ([text], span) => [wordsOf(text, 'sql', span)];

/** Helpers beside the tag itself: slonik's, and what other tags call the same things. */
const HELPERS: Record<string, Helper | undefined> = {
  identifier: ([path], span) => [names(path, '.', span)],
  ident: (path, span) => [names({ kind: 'list', items: [...path] }, '.', span)],
  literalValue: ([value], span) => [literalText(value, span)],
  join: ([list, glue], span) => joinedParts(list, glueOf(glue, span), span),
  raw: RAW,
  json: () => ['value'],
  jsonb: cast('jsonb'),
  array: ([, type], span) => (type?.kind === 'text' ? ['value', fixed('::', span), names(type, '.', span), fixed('[]', span)] : ['value']),
  unnest: ([, types], span) => unnested(types, span),
  date: cast('date'),
  uuid: cast('uuid'),
  binary: () => ['value'],
  timestamp: (_args, span) => [fixed('to_timestamp(', span), 'value', fixed(')', span)],
  value: () => ['value'],
};

const TAGS = new Set(['unsafe', 'fragment', 'sql', 'type', 'typeAlias']);

/** `sql` of slonik and of packages that work like it: a query that a pool sends later. */
export const sqlTag: Value = host(tagObject());

function tagObject(): HostObject {
  const tag: NonNullable<HostObject['tag']> = (template, { span }) => query(partsOf(template, span), span);
  return {
    name: 'sql',
    tag,
    // `sql.type(schema)` and `sql.typeAlias('id')` give the tag back; `sql('…')` of older packages is raw.
    call: (args, { span }) => (args[0]?.kind === 'text' ? query(RAW(args, span), span) : sqlTag),
    get: (property) => {
      if (property === 'unsafe' || TAGS.has(property)) return host({ name: `sql.${property}`, tag, call: (args, { span }) => (property.startsWith('type') ? sqlTag : query(RAW(args, span), span)) });
      const helper = HELPERS[property];
      return helper === undefined ? undefined : hostFunction(`sql.${property}`, (args, { span }) => query(helper(args, span), span));
    },
  };
}

/** `Prisma.sql`, `Prisma.raw`, `Prisma.join`. */
export const prismaNamespace: Value = host({
  name: 'Prisma',
  get: (property) => {
    if (property === 'sql') return sqlTag;
    if (property === 'empty') return query([], { start: 0, end: 0 });
    const helper = HELPERS[property];
    return helper === undefined ? undefined : hostFunction(`Prisma.${property}`, (args, { span }) => query(helper(args, span), span));
  },
});
