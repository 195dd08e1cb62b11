import type { Span } from '../../../operations/types.js';
import { compose, constant, identifier, separated, wordsOf } from '../compose.js';
import { concat, holeAt, relocate, type Text, textAt } from '../evaluate/text.js';
import { host, type HostObject, type Site, type TemplateParts, type Value } from '../evaluate/value.js';

/** A value that travels beside a query, as far as it is known. */
export interface Bound {
  kind: 'bound';
  value: Value;
}

/** Part of a query: SQL, or a value that travels beside it. */
export type Part = Text | 'value' | Bound;

/** Whether a part is no text of the query. */
export function isBound(part: Part): part is 'value' | Bound {
  return part === 'value' || part.kind === 'bound';
}

interface Sending {
  settle?: (query: Query, site: Site) => Value;
  methods?: (query: Query, property: string) => Value | undefined;
  inner?: readonly Part[];
}

/** SQL that a tag or a builder's helper has made; sent by whoever is handed it. */
export class Query implements HostObject {
  readonly name = 'query';
  readonly parts: readonly Part[];
  readonly span: Span;
  /** How it stands inside another query, where that differs: a subquery in its parentheses. */
  readonly inner: readonly Part[];
  /** A query that its own client made is sent when it is waited for. */
  readonly settle?: (site: Site) => Value;
  private readonly methods: ((query: Query, property: string) => Value | undefined) | undefined;

  constructor(parts: readonly Part[], span: Span, sending: Sending = {}) {
    this.parts = parts;
    this.span = span;
    this.inner = sending.inner ?? parts;
    this.methods = sending.methods;
    const { settle } = sending;
    if (settle !== undefined) this.settle = (site) => settle(this, site);
  }

  get(property: string): Value | undefined {
    if (property === 'sql' || property === 'text') return this.text();
    return this.methods?.(this, property);
  }

  /** The string that reaches the server: values are `$1`, `$2` …, or stand in it as constants. */
  text(): Text {
    let next = 0;
    const texts = this.parts.map((part) => {
      if (!isBound(part)) return part;
      next += 1;
      return textAt(`$${next}`, this.span);
    });
    return { ...concat(texts), span: this.span };
  }
}

/** The query a value stands for, or null. */
export function queryOf(value: Value | undefined): Query | null {
  return value?.kind === 'host' && value.host instanceof Query ? value.host : null;
}

export function query(parts: readonly Part[], span: Span): Value {
  return host(new Query(parts, span));
}

/** A template's parts; what is no fragment is a value, and what is not known may be either. */
export function partsOf({ quasis, holes, holeSpans, holeLabels }: TemplateParts, span: Span): Part[] {
  return quasis.flatMap((quasi, index): Part[] => {
    const hole = holes[index];
    return hole === undefined ? [quasi] : [quasi, ...holeParts(hole, holeSpans[index] ?? span, holeLabels[index] ?? 'value')];
  });
}

function holeParts(value: Value, span: Span, label: string): Part[] {
  const fragment = queryOf(value);
  if (fragment !== null) return fragment.inner.map((part) => (isBound(part) ? part : placed(part, span, fragment.span)));
  if (value.kind === 'either') {
    const fragments = value.options.map(queryOf);
    return fragments.includes(null) ? [holeAt(label, span)] : holeParts(value.options[0] as Value, span, label);
  }
  return isValue(value) ? [{ kind: 'bound', value }] : [holeAt(label, span)];
}

/** A fragment written in the hole itself keeps its places; one made elsewhere stands where it is used. */
function placed(part: Text, hole: Span, fragment: Span): Text {
  return fragment.start >= hole.start && fragment.end <= hole.end ? part : relocate(part, hole);
}

function isValue(value: Value): boolean {
  return value.kind !== 'unknown' && value.kind !== 'host' && value.kind !== 'callable';
}

/** `"a"."b"` of a list of names or one name; `by` stands between them. */
export function names(value: Value | undefined, by: string, span: Span): Text {
  const items = value?.kind === 'list' ? (value.items.length === 0 && value.open === true ? [undefined] : value.items) : [value];
  return compose(span, separated(items.map((item) => identifier(wordsOf(item, 'name', span))), by));
}

/** A value as a constant of the text. */
export function literalText(value: Value | undefined, span: Span): Text {
  if (value?.kind === 'text') return compose(span, constant(wordsOf(value, 'value', span)));
  return compose(span, value?.kind === 'primitive' && value.value == null ? 'NULL' : wordsOf(value, 'value', span));
}

/** Parts of a list of fragments and values with `glue` between them. */
export function joinedParts(value: Value | undefined, glue: readonly Part[], span: Span): Part[] {
  if (value?.kind !== 'list' || (value.open === true && value.items.length === 0)) return [holeAt('list', span)];
  const items = value.items.map((item) => holeParts(item, item.span ?? span, 'item'));
  const parts = items.flatMap((item, index) => (index === 0 ? item : [...glue, ...item]));
  return value.open === true ? [...parts, ...glue, holeAt('list', span)] : parts;
}
