import type { Span } from '../../../operations/types.js';
import { concat, holeAt, slice, sourceOf, type Text, textAt } from '../evaluate/text.js';
import type { HostObject, Site, Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { literal, quoted, SqlWriter } from '../sql-writer.js';
import type { Knex } from './knex.js';
import { writeOperand } from './operand.js';

type RawParts = Pick<Raw, 'sql' | 'bindings'> & { around?: Raw['around'] };

/** `knex.raw(sql, bindings)`: part of another query, or a statement once it is waited for. */
export class Raw implements HostObject {
  readonly name = 'raw';
  readonly sql: Value | undefined;
  readonly bindings: Value | undefined;
  private readonly knex: Knex;
  private readonly site: Site;
  private readonly conditions: Knex['conditions'];
  /** `wrap(before, after)`. */
  around: readonly [Value | undefined, Value | undefined] | undefined;

  constructor(knex: Knex, sql: Value | undefined, bindings: Value | undefined, site: Site) {
    this.knex = knex;
    this.sql = sql;
    this.bindings = bindings;
    this.site = site;
    this.conditions = [...knex.conditions];
  }

  get(property: string): Value | undefined {
    if (property === 'then' || property === 'catch' || property === 'finally') return undefined;
    if (property === 'toString' || property === 'toQuery') return this.knex.function(property, (_, { span }) => this.printed(span));
    // `.transacting(trx)`, `.timeout(…)`: the same statement.
    return this.knex.function(property, ([before, after]) => {
      if (property === 'wrap') this.around = [before, after];
      return { kind: 'host', host: this };
    });
  }

  /** Its SQL with the values in it. */
  private printed(span: Span): Text {
    const writer = new SqlWriter(span, true);
    writeRaw(writer, this);
    return { ...writer.done(), span };
  }

  settle(): Value {
    return this.knex.machine.under(this.conditions, () => this.knex.raw(this, this.site));
  }
}

/** The SQL of a raw query with its bindings put in, whichever way it names them. */
export function writeRaw(writer: SqlWriter, { sql, bindings, around }: RawParts): void {
  const [before, after] = around ?? [];
  if (before !== undefined) writer.sql(spelt(before, 'sql').text);
  writeParts(writer, sql, bindings);
  if (after !== undefined) writer.sql(spelt(after, 'sql').text);
}

function writeParts(writer: SqlWriter, sql: Value | undefined, bindings: Value | undefined): void {
  const text = sql?.kind === 'either' ? sql.options[0] : sql;
  if (text?.kind !== 'text') {
    if (text?.kind === 'primitive') writer.sql(String(text.value));
    else writer.hole(text?.kind === 'unknown' ? text.label : 'sql');
    return;
  }
  for (const part of pieces(text, bindings)) {
    if ('text' in part) writer.text(part.text);
    else {
      const { span } = writer;
      writer.span = part.source ?? span;
      writeBinding(writer, part);
      writer.span = span;
    }
  }
}

/** As `knex.raw` sends it; a text without bindings keeps every character in its place. */
export function rawText(raw: RawParts, site: Site): Text | null {
  const { sql } = raw;
  if (sql?.kind !== 'text') return null;
  const writer = new SqlWriter(sql.span ?? site.span);
  writeRaw(writer, raw);
  return writer.done();
}

interface Binding {
  value: Value | undefined;
  identifier: boolean;
  label: string;
  /** The mark it takes the place of. */
  source: Span | null;
}

type Piece = { text: Text } | Binding;

function* pieces(text: Text, bindings: Value | undefined): Generator<Piece> {
  const named = bindings?.kind === 'dictionary' ? bindings : null;
  const pattern = named === null ? /\\?\?\??/g : /\\?(?::(\w+):(?=::)|:(\w+):(?!:)|:(\w+))/g;
  const given = bindings?.kind === 'list' ? bindings.items : bindings === undefined ? [] : [bindings];
  let at = 0;
  let index = 0;
  for (const match of text.text.matchAll(pattern)) {
    const [whole] = match;
    const key = match[1] ?? match[2] ?? match[3];
    if (named !== null && !whole.startsWith('\\') && named.properties.get(key ?? '') === undefined && named.open !== true) continue;
    yield { text: slice(text, at, match.index) };
    at = match.index + whole.length;
    const source = sourceOf(text, match.index, at);
    if (whole.startsWith('\\')) yield { text: slice(text, match.index + 1, at) };
    else if (named !== null) yield { value: named.properties.get(key ?? '')?.value, identifier: whole.endsWith(':'), label: key ?? 'value', source };
    else {
      const value = given[index];
      index += 1;
      yield { value: value ?? { kind: 'unknown', label: 'binding' }, identifier: whole === '??', label: 'binding', source };
    }
  }
  if (at < text.text.length || at === 0) yield { text: slice(text, at, text.text.length) };
}

function writeBinding(writer: SqlWriter, { value, identifier, label }: Binding): void {
  if (value?.kind === 'host' && !identifier) writeOperand(writer, value);
  else if (value?.kind === 'host' && value.host instanceof Raw) writeRaw(writer, value.host);
  else if (identifier) writeIdentifier(writer, value, label);
  else writer.value(value);
}

/** A name as Knex wraps it: `a.b as c`, `*`, a list of names, a raw query. */
export function writeIdentifier(writer: SqlWriter, value: Value | undefined, label = 'name'): void {
  if (value?.kind === 'list') {
    writer.list(value.items, (item) => writeIdentifier(writer, item, label));
    return;
  }
  if (value?.kind === 'host' && value.host instanceof Raw) {
    writeRaw(writer, value.host);
    return;
  }
  if (value?.kind === 'primitive' && typeof value.value === 'number') writer.sql(String(value.value));
  else if (value?.kind === 'text') writer.text(wrapped(value, writer));
  else if (value?.kind === 'dictionary') {
    // `{ alias: 'name' }`
    writer.list([...value.properties], ([alias, { value: name }]) => {
      writeIdentifier(writer, name, label);
      writer.sql(` as ${quoted(alias)}`);
    });
  } else writer.sql('"').hole(value?.kind === 'unknown' ? value.label : label).sql('"');
}

function wrapped(name: Text, writer: SqlWriter): Text {
  const source = writer.span;
  const [, first = '', alias] = /^(.*?)(?:\s+as\s+(.*))?$/is.exec(name.text) ?? [];
  const parts = first.split('.').map((part) => wrappedPart(part.trim()));
  const text = parts.join('.') + (alias === undefined ? '' : ` as ${quoted(alias.trim())}`);
  if (name.holes.length === 0) return textAt(text, source);
  // Each hole is one character of the text.
  const pieces_ = text.split('\uE000');
  return concat(pieces_.flatMap((piece, index) => (index === 0 ? [textAt(piece, source)] : [holeAt(name.holes[index - 1]?.label ?? 'name', source), textAt(piece, source)])));
}

function wrappedPart(part: string): string {
  return part === '*' ? part : quoted(part);
}

/** A raw query as Knex prints it whole, its values in it (`toQuery`); null when some of it is not known. */
export function rawQuery(raw: RawParts): string | null {
  const { sql } = raw;
  if (sql?.kind === 'primitive') return String(sql.value);
  if (sql?.kind !== 'text') return null;
  const writer = new SqlWriter({ start: 0, end: 0 }, true);
  writeRaw(writer, raw);
  const { text, holes } = writer.done();
  return holes.length === 0 ? text : null;
}

/** A value that may be a raw query, as an SQL constant. */
export function constantOf(value: Value | undefined): string | null {
  return value?.kind === 'host' && value.host instanceof Raw ? rawQuery(value.host) : literal(value);
}
