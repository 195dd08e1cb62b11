import type { Span } from '../../operations/types.js';
import { concat, holeAt, type Text, textAt } from './evaluate/text.js';
import { plainOf } from './evaluate/plain.js';
import { spelt } from './options.js';
import type { Value } from './evaluate/value.js';

/** An identifier as query builders write it: always in quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string constant as `pg` escapes it. */
export function escaped(value: string): string {
  const text = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? ` E${text.replaceAll('\\', '\\\\')}`.trimStart() : text;
}

/** Puts together the SQL of a query builder, all of which stands for one place of the file. */
export class SqlWriter {
  private readonly parts: Text[] = [];
  private parameters = 0;
  /** Where what is written now stands. */
  span: Span;
  /** Values stand in the text instead of behind `$1`: a view keeps its query as it is. */
  readonly inline: boolean;
  /** Something in it could not be read. */
  partial = false;

  constructor(span: Span, inline = false) {
    this.span = span;
    this.inline = inline;
  }

  sql(text: string): this {
    this.parts.push(textAt(text, this.span));
    return this;
  }

  /** SQL of the author's own; it keeps its places. */
  text(text: Text): this {
    this.parts.push(text);
    return this;
  }

  hole(label: string): this {
    this.partial = true;
    this.parts.push(holeAt(label, this.span));
    return this;
  }

  value(value: Value | undefined): this {
    if (!this.inline) {
      this.parameters += 1;
      return this.sql(`$${this.parameters}`);
    }
    const constant = literal(value);
    return constant === null ? this.hole(value?.kind === 'unknown' ? value.label : 'value') : this.sql(constant);
  }

  list<T>(items: readonly T[], write: (item: T) => void, separator = ', '): this {
    for (const [index, item] of items.entries()) {
      if (index > 0) this.sql(separator);
      write(item);
    }
    return this;
  }

  done(): Text {
    return concat(this.parts);
  }
}

/** A value as an SQL constant, or null where it is not known. */
export function literal(value: Value | undefined): string | null {
  if (value === undefined) return 'NULL';
  if (value.kind === 'text') return value.holes.length === 0 ? escaped(value.text) : null;
  if (value.kind === 'primitive') return value.value == null ? 'NULL' : String(value.value);
  if (value.kind === 'dictionary' || value.kind === 'list') {
    const json = jsonOf(value);
    return json === null ? null : escaped(json);
  }
  return null;
}

/** `JSON.stringify` of a value, or null where some of it is not known. */
export function jsonOf(value: Value): string | null {
  const plain = plainOf(value);
  return plain === undefined ? null : JSON.stringify(plain);
}

/** Names in a list argument, or the one name given; unknown ones as a hole's name. */
export function namesOf(value: Value | undefined, label = 'column'): { names: string[]; partial: boolean } {
  if (value === undefined) return { names: [], partial: false };
  if (value.kind !== 'list') {
    const { text, partial } = spelt(value, label);
    return { names: [text], partial };
  }
  const items = value.items.map((item) => spelt(item, label));
  if (value.open === true && items.length === 0) return { names: [spelt(undefined, label).text], partial: true };
  return { names: items.map(({ text }) => text), partial: value.open === true || items.some(({ partial }) => partial) };
}
