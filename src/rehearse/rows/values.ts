import type { Column } from './catalogue.js';

/**
 * SQL for the value of a column in row `n` (an integer expression): another one
 * for every row where the type has room for that many. `salt` makes two
 * columns, and two seeds, differ.
 */
export type Maker = (n: string, column: Column, salt: number) => string;

/** Characters of `varchar(n)` and `char(n)`; null without a limit. */
function lengthOf({ modifier }: Column): number | null {
  return modifier > 4 ? modifier - 4 : null;
}

function text(n: string, column: Column): string {
  const length = lengthOf(column);
  const word = column.name.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase().slice(0, 12);
  if (length === null || length >= word.length + 8) return `'${word}_' || (${n})`;
  // The short ones from the end, where rows differ most.
  return `right(lpad(to_hex(${n}), ${length}, '0'), ${length})`;
}

function numeric(n: string, { modifier }: Column): string {
  if (modifier < 4) return `(${n})::numeric`;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (modifier - 4) & 0x7ff;
  const digits = Math.max(precision - scale, 0);
  if (digits >= 10) return `(${n})::numeric`;
  return digits === 0 ? '0' : `((${n}) % ${10 ** digits})::numeric`;
}

/** Thirty years in steps of a few hours: past, so that `CHECK (at <= now())` holds. */
const STEP = "interval '3 hours 7 minutes'";

const moment: Maker = (n, column) => `(timestamp '2021-01-01' + (${n}) * ${STEP})::${column.type}`;

const MAKERS: Readonly<Record<string, Maker>> = {
  bool: (n, _, salt) => `((${n}) + ${salt}) % 2 = 0`,
  int2: (n) => `((${n}) % 32767)::smallint`,
  int4: (n) => `(${n})::integer`,
  int8: (n) => `(${n})::bigint`,
  oid: (n) => `(${n})::oid`,
  float4: (n) => `(${n})::real`,
  float8: (n) => `(${n})::double precision`,
  numeric,
  money: (n) => `(${n})::numeric::money`,
  text,
  varchar: text,
  bpchar: text,
  name: (n, column) => `(${text(n, column)})::name`,
  citext: (n, column) => `(${text(n, column)})::${column.type}`,
  char: (n) => `chr(97 + (${n}) % 26)::"char"`,
  uuid: (n, { name }, salt) => `md5('${name.replaceAll("'", "''")}${salt}/' || (${n}))::uuid`,
  timestamp: moment,
  timestamptz: moment,
  date: (n) => `(date '2021-01-01' + (${n}) % 1500)`,
  time: (n) => `(time '00:00' + (${n}) * interval '37 seconds')`,
  timetz: (n) => `(time '00:00' + (${n}) * interval '37 seconds')::timetz`,
  interval: (n) => `(${n}) * interval '1 minute'`,
  json: (n) => `json_build_object('n', ${n})`,
  jsonb: (n) => `jsonb_build_object('n', ${n})`,
  bytea: (n) => `decode(md5((${n})::text), 'hex')`,
  inet: (n) => `('10.' || (${n}) / 65536 % 256 || '.' || (${n}) / 256 % 256 || '.' || (${n}) % 256)::inet`,
  cidr: (n) => `('10.' || (${n}) / 65536 % 256 || '.' || (${n}) / 256 % 256 || '.' || (${n}) % 256 || '/32')::cidr`,
  macaddr: (n) => `('02:00:00:' || to_char((${n}) / 65536 % 256, 'FM00') || ':00:' || lpad(to_hex((${n}) % 256), 2, '0'))::macaddr`,
  bit: (n, column) => `(${n})::bit(${Math.max(column.modifier, 1)})`,
  varbit: (n, column) => `(${n})::bit(${Math.min(column.modifier > 0 ? column.modifier : 32, 32)})::varbit`,
  tsvector: (n) => `to_tsvector('simple', 'word' || (${n}))`,
  tsquery: (n) => `to_tsquery('simple', 'word' || (${n}))`,
  xml: (n) => `xmlparse(content '<n>' || (${n}) || '</n>')`,
  point: (n) => `point(${n}, ${n})`,
  box: (n) => `box(point(0, 0), point(${n}, ${n}))`,
  circle: (n) => `circle(point(0, 0), ${n})`,
  line: (n) => `line(point(0, 0), point(1, ${n}))`,
  lseg: (n) => `lseg(point(0, 0), point(1, ${n}))`,
  path: (n) => `('((0,0),(1,' || (${n}) || '))')::path`,
  polygon: (n) => `('((0,0),(1,' || (${n}) || '),(1,0))')::polygon`,
  int4range: (n) => `int4range((${n})::integer, (${n})::integer + 1)`,
  int8range: (n) => `int8range((${n})::bigint, (${n})::bigint + 1)`,
  numrange: (n) => `numrange((${n})::numeric, (${n})::numeric + 1)`,
  daterange: (n) => `daterange(date '2021-01-01' + (${n})::integer, date '2021-01-02' + (${n})::integer)`,
  tsrange: (n) => `tsrange(timestamp '2021-01-01' + (${n}) * ${STEP}, timestamp '2021-01-01' + ((${n}) + 1) * ${STEP})`,
  tstzrange: (n) => `tstzrange(timestamptz '2021-01-01' + (${n}) * ${STEP}, timestamptz '2021-01-01' + ((${n}) + 1) * ${STEP})`,
  hstore: (n) => `('n=>' || (${n}))::hstore`,
  ltree: (n) => `('top.n' || (${n}))::ltree`,
  vector: (n, { modifier }) => `(SELECT ('[' || string_agg(((${n}) % 97 + i)::text, ',') || ']')::vector FROM generate_series(1, ${Math.max(modifier, 3)}) i)`,
};

function quoted(label: string): string {
  return `'${label.replaceAll("'", "''")}'`;
}

/** Null when no value of the type is known how to make. */
export function valueOf(column: Column, n: string, salt: number): string | null {
  const { base, kind, labels, type } = column;
  let value: string | null;
  if (kind === 'e') {
    const list = labels.map(quoted).join(', ');
    const element = column.array ? type.replace(/(\[\d*\])+$/, '') : type;
    value = labels.length === 0 ? null : `(ARRAY[${list}])[1 + ((${n}) + ${salt}) % ${labels.length}]::${element}`;
  } else {
    // An array's elements are made as a column of their type would be.
    const element = column.array ? { ...column, type: type.replace(/(\[\d*\])+$/, ''), array: false } : column;
    value = MAKERS[base]?.(n, element, salt) ?? null;
  }
  if (value === null) return null;
  return column.array ? `ARRAY[${value}]::${type}` : `(${value})::${type}`;
}

/** Spellings that CHECK constraints on text ask for, each with the row in it. */
const TEXTS: readonly ((n: string) => string)[] = [
  (n) => `'value' || (${n})`,
  (n) => `'user' || (${n}) || '@example.com'`,
  (n) => `'https://example.com/' || (${n})`,
  (n) => `(${n})::text`,
  (n) => `md5((${n})::text)`,
  (n) => `upper(md5((${n})::text))`,
  (n) => `upper(translate(to_hex((${n}) % 4096), '0123456789', 'ghijklmnop'))`,
  (n) => `translate(to_hex(${n}), '0123456789', 'ghijklmnop')`,
  (n) => `chr(65 + (${n}) % 26) || chr(65 + (${n}) / 26 % 26)`,
  (n) => `'#' || lpad(to_hex((${n}) % 4096), 6, '0')`,
  (n) => `repeat('x', 40) || (${n})`,
  () => `''`,
];

const NUMBERS: readonly ((n: string) => string)[] = [
  (n) => `(${n}) % 100`,
  (n) => `(${n}) % 2`,
  (n) => `-(${n})`,
  () => '0',
  () => '1',
];

const TEXTUAL = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);
const NUMERIC = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);

/** Literals of a CHECK expression: what it compares with is often what it allows. */
function literalsIn(expressions: readonly string[]): string[] {
  const found = new Set<string>();
  for (const expression of expressions) {
    for (const [literal] of expression.matchAll(/'(?:[^']|'')*'|(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])/g)) found.add(literal);
  }
  return [...found].slice(0, 40);
}

/**
 * Values to try where the ordinary ones break a CHECK: those that the checks
 * speak of, a little more and a little less, usual spellings, and NULL.
 */
export function candidatesOf(column: Column, n: string, salt: number, checks: readonly string[]): string[] {
  const { type, array, notNull } = column;
  const usual = valueOf(column, n, salt);
  const others = array ? ["'{}'"] : [...spellingsOf(column, n), ...literalsIn([...checks, ...column.domainChecks]).flatMap((literal) => nearby(literal, column, n))];
  return [
    ...new Set([
      ...(usual === null ? [] : [usual]),
      ...others.map((value) => `(${value})::${type}`),
      ...(column.default === null ? [] : [`(${column.default})::${type}`]),
      ...(notNull ? [] : [`NULL::${type}`]),
    ]),
  ];
}

/** Values of the type that checks often ask for. */
function spellingsOf({ base, kind, labels }: Column, n: string): string[] {
  if (kind === 'e') return labels.map(quoted);
  if (TEXTUAL.has(base)) return TEXTS.map((spelling) => spelling(n));
  if (NUMERIC.has(base)) return NUMBERS.map((number) => number(n));
  return base === 'jsonb' || base === 'json' ? ["'{}'", "'[]'", "'\"a\"'", "'1'"] : [];
}

function nearby(literal: string, { base }: Column, n: string): string[] {
  if (literal.startsWith("'")) return fits(literal, base) ? [literal] : [];
  return NUMERIC.has(base) ? [literal, `${literal} + 1`, `${literal} - 1`, `${literal} + (${n}) % 10`] : [];
}

/** A literal that cannot be read as the type would fail the whole search. */
function fits(literal: string, base: string): boolean {
  if (TEXTUAL.has(base)) return true;
  if (/^(?:date|timestamp|timestamptz)$/.test(base)) return /^'\d{4}-\d\d-\d\d/.test(literal);
  if (base === 'uuid') return /^'[0-9a-f]{8}-/i.test(literal);
  return false;
}
