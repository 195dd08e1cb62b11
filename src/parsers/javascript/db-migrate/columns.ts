import type { Span } from '../../../operations/types.js';
import { around, identifier, type Piece, separated, spaced, wordsOf } from '../compose.js';
import { type Text, textAt } from '../evaluate/text.js';
import type { Dictionary, HostValue, Site, Value } from '../evaluate/value.js';
import { Options } from '../options.js';

/** A statement that has to wait until the table or the column is there. */
export type Later = Piece;

const TYPES: Record<string, string | undefined> = {
  string: 'VARCHAR', text: 'TEXT', smallint: 'SMALLINT', bigint: 'BIGINT', int: 'INTEGER', real: 'REAL', date: 'DATE', datetime: 'TIMESTAMP',
  time: 'TIME', blob: 'BYTEA', timestamp: 'TIMESTAMP', binary: 'BINARY', boolean: 'BOOLEAN', decimal: 'DECIMAL', char: 'CHAR', json: 'JSON', jsonb: 'JSONB',
};

const NAMES: Record<string, string> = {
  STRING: 'string', TEXT: 'text', SMALLINT: 'smallint', BIGINT: 'bigint', INTEGER: 'int', SMALL_INTEGER: 'smallint', BIG_INTEGER: 'bigint', REAL: 'real',
  DATE: 'date', DATE_TIME: 'datetime', TIME: 'time', BLOB: 'blob', TIMESTAMP: 'timestamp', BINARY: 'binary', BOOLEAN: 'boolean', DECIMAL: 'decimal',
};

/** `dbm.dataType`. */
export const dataTypes: Dictionary = {
  kind: 'dictionary',
  properties: new Map(Object.entries(NAMES).map(([name, type]) => [name, { value: textAt(type, null) }])),
  open: true,
};

/** A type as the driver spells it; one it does not know goes out in capitals. */
export function typeOf(type: Text): Piece {
  const known = type.holes.length === 0 ? TYPES[type.text] : undefined;
  if (known !== undefined) return textAt(known, type.segments[0]?.source ?? null);
  return type.holes.length > 0 ? type : { ...type, text: type.text.toUpperCase() };
}

export function nameIn(value: Value | undefined, label: string, { span }: Site): Piece {
  return identifier(wordsOf(value, label, span));
}

export function lengthOf(spec: Options, { span }: Site): Piece {
  const length = spec.get('length');
  return length === undefined ? null : ['(', wordsOf(length, 'length', span), ')'];
}

/** Strings are put between quotes as they are; `{ raw }` and `{ special }` speak SQL. */
export function defaultOf(spec: Options, { span }: Site): Piece {
  const value = spec.get('defaultValue');
  if (value === undefined) return null;
  if (value.kind === 'text') return ["'", wordsOf(value, 'default', span), "'"];
  // `new String('now()')` is SQL: only a plain string is put between quotes.
  if (value.kind === 'host' && value.host.name === 'String') return wordsOf(member(value, span), 'default', span);
  if (value.kind !== 'dictionary') return wordsOf(value, 'default', span);
  const given = new Options(value);
  return wordsOf(given.get('raw') ?? given.get('prep') ?? given.get('special'), 'default', span);
}

function member({ host }: HostValue, span: Span): Value | undefined {
  const read = host.get?.('valueOf', span);
  return read?.kind === 'host' ? read.host.call?.([], { span, callee: 'valueOf' }) : undefined;
}

interface ColumnContext {
  emitPrimaryKey: boolean;
  site: Site;
  later: Later[];
  /** `addColumn` puts the foreign key behind the comment, `createTable` before it. */
  foreignKeysLast: boolean;
}

/** A column is an object, or its type alone. */
function specificationOf(value: Value | undefined): { spec: Options; type: Value | undefined } {
  if (value?.kind !== 'dictionary') return { spec: new Options(undefined), type: value };
  const spec = new Options(value);
  return { spec, type: spec.get('type') };
}

export function columnOf(table: Value | undefined, name: Text, specification: Value | undefined, { emitPrimaryKey, site, later, foreignKeysLast }: ColumnContext): Piece {
  const { spec, type: given } = specificationOf(specification);
  const written = wordsOf(given, 'type', site.span);
  const zoned = /^(?:time|timestamp)tz$/.test(written.text);
  const key = spec.get('foreignKey');
  const keys = key === undefined ? [] : [foreignKey(table, foreignKeyOf(name, key), site)];
  const comments = spec.has('comment') ? [comment(table, name, spec, site)] : [];
  later.push(...(foreignKeysLast ? [...comments, ...keys] : [...keys, ...comments]));
  const serial = spec.flag('primaryKey') && spec.flag('autoIncrement');
  const type = zoned ? { ...written, text: written.text.slice(0, -2), segments: written.segments.map((part) => ({ ...part, exact: false })) } : written;
  return spaced(
    name.text.startsWith('"') ? name : identifier(name),
    serial ? null : typeOf(type),
    lengthOf(spec, site),
    zoned || spec.flag('timezone') ? 'WITH TIME ZONE' : null,
    serial ? (written.text === 'bigint' ? 'BIGSERIAL' : 'SERIAL') : null,
    limits(spec, emitPrimaryKey),
    around('DEFAULT ', defaultOf(spec, site)),
  );
}

function limits(spec: Options, emitPrimaryKey: boolean): Piece {
  return spaced(spec.flag('primaryKey') && emitPrimaryKey ? 'PRIMARY KEY' : null, spec.flag('notNull') ? 'NOT NULL' : null, spec.flag('unique') ? 'UNIQUE' : null);
}

function comment(table: Value | undefined, name: Text, spec: Options, { span }: Site): Piece {
  return ['COMMENT on COLUMN ', wordsOf(table, 'table', span), '.', name, " IS '", wordsOf(spec.get('comment'), 'comment', span), "'"];
}

interface Columns {
  columns: Piece[];
  /** Of a key over several columns. */
  primaryKey: Piece;
  later: Later[];
  ifNotExists: boolean;
}

export function columnsOf(table: Value | undefined, options: Value | undefined, site: Site): Columns {
  const given = new Options(options);
  const specs = given.get('columns') ?? options;
  const later: Later[] = [];
  const entries = specs?.kind === 'dictionary' ? [...specs.properties] : [];
  const named = entries.map(([name, { value, span }]) => ({ name: placedIn(name, span, site), value }));
  const keys = named.filter(({ value }) => value.kind === 'dictionary' && new Options(value).flag('primaryKey'));
  const columns = named.map(({ name, value }) => columnOf(table, name, value, { emitPrimaryKey: keys.length === 1, site, later, foreignKeysLast: false }));
  if (specs?.kind !== 'dictionary' || specs.open === true) columns.push([identifier(wordsOf(undefined, 'column', site.span)), ' text']);
  const primaryKey = keys.length > 1 ? separated(keys.map(({ name }) => identifier(name))) : null;
  return { columns, primaryKey, later, ifNotExists: given.has('columns') && given.flag('ifNotExists') };
}

function placedIn(name: string, at: Site['span'] | undefined, { span }: Site): Text {
  return textAt(name, at !== undefined && at.start >= span.start && at.end <= span.end ? at : span);
}

interface ForeignKey {
  table: Value | undefined;
  name: Value | undefined;
  mapping: Value | undefined;
  rules: Value | undefined;
}

/** A column's `foreignKey`; a mapping given as a name is the referenced column. */
function foreignKeyOf(column: Text, value: Value): ForeignKey {
  const options = new Options(value);
  const mapping = options.get('mapping');
  const own: Dictionary = { kind: 'dictionary', properties: new Map(mapping?.kind === 'text' ? [[column.text, { value: mapping }]] : []) };
  return { table: options.get('table'), name: options.get('name'), mapping: mapping?.kind === 'text' ? own : mapping, rules: options.get('rules') };
}

export function foreignKey(table: Value | undefined, { table: referenced, name, mapping, rules }: ForeignKey, site: Site): Piece {
  const pairs = mapping?.kind === 'dictionary' ? [...mapping.properties] : [];
  const actions = new Options(rules);
  const action = (key: string): Piece => (actions.has(key) ? wordsOf(actions.get(key), key, site.span) : 'NO ACTION');
  return [
    'ALTER TABLE ', nameIn(table, 'table', site), ' ADD CONSTRAINT ', nameIn(name, 'constraint', site),
    ' FOREIGN KEY (', separated(pairs.map(([column]) => identifier(textAt(column, site.span)))), ') REFERENCES ', nameIn(referenced, 'table', site),
    ' (', separated(pairs.map(([, { value }]) => nameIn(value, 'column', site))), ') ON DELETE ', action('onDelete'), ' ON UPDATE ', action('onUpdate'),
  ];
}
