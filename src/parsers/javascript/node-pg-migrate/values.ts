import type { Span } from '../../../operations/types.js';
import { compose, identifier, type Piece, separated, wordsOf } from '../compose.js';
import { type Text, textAt } from '../evaluate/text.js';
import type { Dictionary, HostObject, List, Property, Site, Value } from '../evaluate/value.js';

/** `pgm.func('now()')`: SQL that is put in as it is. */
export class Literal implements HostObject {
  readonly name = 'literal';
  readonly text: Text;

  constructor(text: Text) {
    this.text = text;
  }

  get(property: string): Value | undefined {
    return property === 'value' ? this.text : property === 'literal' ? { kind: 'primitive', value: true } : undefined;
  }
}

export function literalOf(value: Value | undefined): Text | null {
  return value?.kind === 'host' && value.host instanceof Literal ? value.host.text : null;
}

/** A name as the library writes it: quoted, `{ schema, name }` in two parts. */
export function name(value: Value | undefined, label: string, { span }: Site): Piece {
  const literal = literalOf(value);
  if (literal !== null) return literal;
  if (value?.kind !== 'dictionary') return identifier(wordsOf(value, label, span));
  const schema = value.properties.get('schema')?.value;
  const own = identifier(wordsOf(value.properties.get('name')?.value, label, span));
  const absent = schema === undefined || (schema.kind === 'primitive' && schema.value == null);
  return absent ? own : [identifier(wordsOf(schema, 'schema', span)), '.', own];
}

/** A name without its schema and without quotes, as derived names are made of. */
export function bareName(value: Value | undefined, label: string, { span }: Site): Text {
  return literalOf(value) ?? wordsOf(value?.kind === 'dictionary' ? value.properties.get('name')?.value : value, label, span);
}

/** The items of a list, or the one thing given. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || (value.kind === 'primitive' && value.value === undefined)) return [];
  if (value.kind !== 'list') return [value];
  return value.open === true ? [...value.items, { kind: 'unknown', label: 'item' }] : value.items;
}

export function names(value: Value | undefined, label: string, site: Site): Piece {
  return separated(itemsOf(value).map((item) => name(item, label, site)));
}

/** A value as the library writes constants: strings between `$pga$`. */
export function constant(value: Value | undefined, { span }: Site): Piece {
  const literal = literalOf(value);
  if (literal !== null) return literal;
  if (value?.kind === 'text') return dollarQuoted(wordsOf(value, 'value', span));
  if (value?.kind === 'primitive' && value.value === null) return textAt('NULL', value.span ?? span);
  if (value?.kind === 'list') return ['ARRAY', arrayItems(value, span)];
  return wordsOf(value, 'value', span);
}

function dollarQuoted(text: Text): Piece {
  const tag = ['$pga$', '$pgb$', '$pgc$', '$pgd$'].find((candidate) => !text.text.includes(candidate)) ?? '$pge$';
  return [tag, text, tag];
}

/** ARRAY stands once, in front of the outermost brackets. */
function arrayItems({ items }: List, span: Span): Piece {
  const written = items.map((item) => (item.kind === 'list' ? arrayItems(item, span) : constant(item, { span, callee: '' })));
  return ['[', separated(written, ','), ']'];
}

const ADAPTERS: Record<string, string | undefined> = { int: 'integer', string: 'text', float: 'real', double: 'double precision', datetime: 'timestamp', bool: 'boolean' };

/** Shorthands of the file's own (`exports.shorthands`), over the one every file has. */
export type Shorthands = ReadonlyMap<string, Value>;

export const SHORTHANDS: Shorthands = new Map<string, Value>([
  ['id', { kind: 'dictionary', properties: new Map<string, Property>([['type', { value: textAt('serial', null) }], ['primaryKey', { value: { kind: 'primitive', value: true } }]]) }],
]);

/** A column's options with its shorthands opened: what stands nearer to the column wins. */
export function typed(value: Value | undefined, shorthands: Shorthands): Dictionary {
  const options = asOptions(value);
  const { type: written, rest } = split(options.properties);
  const { type, merged } = opened(written, shorthands);
  const properties = new Map<string, Property>([...merged, ...rest]);
  if (type !== undefined) properties.set('type', { value: type });
  return { kind: 'dictionary', properties, ...(options.span !== undefined && { span: options.span }), ...(options.open === true && { open: true as const }) };
}

/** A shorthand's own type may be a shorthand again. */
function opened(written: Value | undefined, shorthands: Shorthands): { type: Value | undefined; merged: Map<string, Property> } {
  let merged = new Map<string, Property>();
  let type = written;
  const seen = new Set<string>();
  for (let name = plainText(type); name !== null && shorthands.has(name) && !seen.has(name); name = plainText(type)) {
    seen.add(name);
    const { type: own, rest } = split(asOptions(shorthands.get(name)).properties);
    merged = new Map([...rest, ...merged]);
    type = own?.kind === 'text' && written?.span !== undefined ? { ...textAt(own.text, written.span), holes: own.holes } : own;
  }
  return { type, merged };
}

function plainText(value: Value | undefined): string | null {
  return value?.kind === 'text' && value.holes.length === 0 ? value.text : null;
}

function split(properties: ReadonlyMap<string, Property>): { type: Value | undefined; rest: [string, Property][] } {
  return { type: properties.get('type')?.value, rest: [...properties].filter(([key]) => key !== 'type') };
}

function asOptions(value: Value | undefined): Dictionary {
  if (value?.kind === 'dictionary') return value;
  const held: Value = value ?? { kind: 'unknown', label: 'type' };
  return { kind: 'dictionary', properties: new Map([['type', { value: held }]]), ...(value?.span !== undefined && { span: value.span }) };
}

/** A type's SQL, with the library's own words for types replaced. */
export function typeText(type: Value | undefined, site: Site): Piece {
  if (type?.kind === 'dictionary') return name(type, 'type', site);
  const text = wordsOf(type, 'type', site.span);
  const adapted = text.holes.length === 0 ? ADAPTERS[text.text] : undefined;
  return adapted === undefined ? text : compose(text.segments[0]?.source ?? site.span, adapted);
}

export function typeOf(value: Value | undefined, shorthands: Shorthands, site: Site): Piece {
  return typeText(typed(value, shorthands).properties.get('type')?.value, site);
}
