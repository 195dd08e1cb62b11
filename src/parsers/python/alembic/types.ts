import type { DataType, OperationDraft, QualifiedName } from '../../../operations/types.js';
import { parseType } from '../../../sql/type.js';
import { isEnum } from '../evaluate/iterate.js';
import { booleanOf, isNone, nameOf, numberOf, stringOf, type CallValue, type ClassValue, type Value } from '../evaluate/value.js';
import { Arguments, Reading } from './reading.js';
import { isPostgresDialect, libraryName } from './symbols.js';

export interface ReadType {
  type: DataType;
  /** A native enum, whose type SQLAlchemy creates and drops of itself. */
  enum?: { name: QualifiedName; values: string[]; creates: boolean; partial: boolean; /** It takes the schema of its table. */ inherits?: true };
  /** CREATE DOMAIN, which SQLAlchemy sends before the first table that uses it. */
  domain?: Extract<OperationDraft, { kind: 'createDomain' }>;
  /** Values of a CHECK that stands in for a native enum. */
  check?: { name?: string; values: string[] };
  /** `String(collation="C")`, which SQLAlchemy writes behind the type. */
  collation?: string;
  /** A type of the application, whose SQL is not known. */
  partial?: true;
}

type Build = (args: Arguments, reading: Reading) => DataType | ReadType;

const plain =
  (sql: string): Build =>
  () =>
    named(sql);

/** `VARCHAR(50)` from `String(50)` or `String(length=50)`. */
const sized =
  (sql: string, fallback?: number): Build =>
  (call) => {
    const args = new Arguments(call.call, ['length']);
    const length = args.number('length') ?? fallback;
    return named(length === undefined ? sql : `${sql}(${length})`);
  };

const timed =
  (sql: 'timestamp' | 'time'): Build =>
  (call) => {
    const args = new Arguments(call.call, ['timezone', 'precision']);
    const precision = args.number('precision');
    const digits = precision === undefined ? '' : `(${precision})`;
    return named(`${sql}${digits} ${args.flag('timezone') ? 'with' : 'without'} time zone`);
  };

const numeric: Build = (call) => {
  const args = new Arguments(call.call, ['precision', 'scale']);
  const precision = args.number('precision');
  const scale = args.number('scale');
  if (precision === undefined) return named('numeric');
  return named(scale === undefined ? `numeric(${precision})` : `numeric(${precision}, ${scale})`);
};

const float: Build = (call) => {
  const precision = new Arguments(call.call, ['precision']).number('precision');
  return named(precision === undefined ? 'float' : `float(${precision})`);
};

const interval: Build = (call) => {
  const args = new Arguments(call.call, isPostgresDialect(call.call.callee) ? ['precision', 'fields'] : ['native', 'second_precision']);
  const precision = args.number('precision') ?? args.number('second_precision');
  const fields = args.string('fields');
  return named(`interval${fields === undefined ? '' : ` ${fields}`}${precision === undefined ? '' : ` (${precision})`}`);
};

const array: Build = (call, reading) => {
  const args = new Arguments(call.call, ['item_type', 'as_tuple', 'dimensions']);
  const item = readType(args.value('item_type'), reading);
  const dimensions = args.number('dimensions') ?? 1;
  return { ...item, type: { ...item.type, dimensions: (item.type.dimensions ?? 0) + dimensions } };
};

const bit: Build = (call) => {
  const args = new Arguments(call.call, ['length', 'varying']);
  const length = args.number('length');
  const name = args.flag('varying') ? 'bit varying' : 'bit';
  return named(length === undefined ? name : `${name}(${length})`);
};

const uuid: Build = (call) =>
  booleanOf(new Arguments(call.call, ['as_uuid', 'native_uuid']).value('native_uuid')) === false
    ? named('char(32)')
    : named('uuid');

const domain: Build = (call, reading) => {
  const args = new Arguments(call.call, ['name', 'data_type']);
  const name = reading.qualified(args.value('name'), args.value('schema'));
  if (booleanOf(args.value('create_type')) === false) return custom(name);
  const check = args.value('check');
  const constraint = reading.optionalName(args.value('constraint_name'));
  const fallback = args.value('default');
  return {
    type: custom(name),
    domain: {
      kind: 'createDomain',
      domain: name,
      type: readType(args.value('data_type'), reading).type,
      ...(args.flag('not_null') ? { notNull: true } : {}),
      ...(fallback === undefined || isNone(fallback) ? {} : { default: sqlText(fallback, reading) }),
      ...(check === undefined || isNone(check)
        ? {}
        : {
            constraints: [
              { type: 'check', ...(constraint === undefined ? {} : { name: constraint }), expression: sqlText(check, reading) },
            ],
          }),
    },
  };
};

/** A string or `text()` that stands for SQL. */
function sqlText(value: Value, reading: Reading): string {
  return reading.name(value);
}

const geometry =
  (sql: string): Build =>
  (call) => {
    const args = new Arguments(call.call, ['geometry_type', 'srid']);
    const kind = args.string('geometry_type') ?? 'GEOMETRY';
    return named(`${sql}(${kind},${args.number('srid') ?? -1})`);
  };

const vector =
  (sql: string): Build =>
  (call) => {
    const size = new Arguments(call.call, ['dim']).number('dim');
    return named(size === undefined ? sql : `${sql}(${size})`);
  };

const choice: Build = (call, reading) => {
  const args = new Arguments(call.call, ['choices', 'impl']);
  const impl = args.value('impl');
  return impl === undefined ? named('varchar(255)') : readType(impl, reading);
};

const RANGES = ['int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange'];
const MULTIRANGES = RANGES.map((name) => name.replace('range', 'multirange'));
const SAME_NAME = [
  ...RANGES,
  ...MULTIRANGES,
  ...['inet', 'cidr', 'macaddr', 'macaddr8', 'money', 'oid', 'regclass', 'regconfig', 'tsvector', 'tsquery', 'hstore'],
  ...['jsonpath', 'xml'],
  ...['citext', 'jsonb', 'json', 'xml', 'bytea', 'real', 'date', 'text', 'boolean', 'smallint', 'bigint', 'integer'],
];

const BUILDERS: Record<string, Build> = {
  ...Object.fromEntries(SAME_NAME.map((name) => [name.toUpperCase(), plain(name)])),
  Integer: plain('integer'),
  INT: plain('integer'),
  BigInteger: plain('bigint'),
  SmallInteger: plain('smallint'),
  Numeric: numeric,
  NUMERIC: numeric,
  DECIMAL: numeric,
  Float: float,
  FLOAT: float,
  Double: plain('double precision'),
  // PostgreSQL knows no such type: sent as it stands, it fails.
  DOUBLE: plain('double'),
  DOUBLE_PRECISION: plain('double precision'),
  String: sized('varchar'),
  Unicode: sized('varchar'),
  VARCHAR: sized('varchar'),
  NVARCHAR: sized('varchar'),
  AutoString: sized('varchar'),
  CHAR: sized('char'),
  NCHAR: sized('char'),
  Text: plain('text'),
  UnicodeText: plain('text'),
  Boolean: plain('boolean'),
  BOOLEAN: plain('boolean'),
  Date: plain('date'),
  DateTime: timed('timestamp'),
  DATETIME: timed('timestamp'),
  TIMESTAMP: timed('timestamp'),
  Time: timed('time'),
  TIME: timed('time'),
  Interval: interval,
  INTERVAL: interval,
  LargeBinary: plain('bytea'),
  BLOB: plain('bytea'),
  PickleType: plain('bytea'),
  JSON: plain('json'),
  JSONB: plain('jsonb'),
  Uuid: uuid,
  UUID: plain('uuid'),
  GUID: plain('uuid'),
  ARRAY: array,
  BIT: bit,
  Enum: enumType,
  ENUM: enumType,
  DOMAIN: domain,
  Geometry: geometry('geometry'),
  Geography: geometry('geography'),
  Vector: vector('vector'),
  VECTOR: vector('vector'),
  HALFVEC: vector('halfvec'),
  SPARSEVEC: vector('sparsevec'),
  UUIDType: plain('uuid'),
  JSONType: plain('json'),
  EmailType: sized('varchar', 255),
  URLType: plain('text'),
  PhoneNumberType: plain('varchar(20)'),
  CountryType: plain('varchar(2)'),
  CurrencyType: plain('varchar(3)'),
  IPAddressType: plain('varchar(50)'),
  ColorType: plain('varchar(20)'),
  LocaleType: plain('varchar(10)'),
  TimezoneType: plain('varchar(50)'),
  ScalarListType: plain('text'),
  ArrowType: plain('timestamp without time zone'),
  TSVectorType: plain('tsvector'),
  LtreeType: plain('ltree'),
  LTREE: plain('ltree'),
  ChoiceType: choice,
};

/** The PostgreSQL type that a SQLAlchemy type stands for. */
export function readType(value: Value | undefined, reading: Reading): ReadType {
  if (value === undefined) return opaque('value', reading);
  const variant = variantOf(value);
  if (variant !== null) return readType(variant, reading);
  if (value.type === 'class') return classType(value, reading);
  if (value.type === 'call' && value.callee.type === 'class') return spelledType(value) ?? classType(value.callee, reading);
  const call = value.type === 'call' ? value : emptyCall(value);
  const name = libraryName(call.callee);
  const build = name === null ? undefined : BUILDERS[name];
  if (build === undefined) return opaque(nameOf(value), reading);
  const built = build(new Arguments(call, []), reading);
  return withCollation('type' in built && typeof built.type === 'object' ? built : { type: built as DataType }, call);
}

function withCollation(read: ReadType, call: CallValue): ReadType {
  const collation = stringOf(call.keywords.get('collation')?.value);
  // CITEXT takes one and writes none.
  return collation === null || libraryName(call.callee) === 'CITEXT' ? read : { ...read, collation };
}

/** True for a value that stands where a column's type may: a type, called or not. */
export function isType(value: Value): boolean {
  if (value.type === 'class') return !isEnum(value);
  const name = libraryName(value.type === 'call' ? value.callee : value);
  if (name !== null) return BUILDERS[name] !== undefined || /Type$/.test(name);
  if (value.type === 'call' && value.callee.type === 'attribute') return variantOf(value) !== null;
  return value.type === 'call' ? value.callee.type === 'class' || value.callee.type === 'symbol' : value.type === 'symbol';
}

/** `JSON().with_variant(JSONB(), "postgresql")` is the variant; for another dialect, what it varies. */
function variantOf(value: Value): Value | null {
  if (value.type !== 'call' || value.callee.type !== 'attribute' || value.callee.name !== 'with_variant') return null;
  const dialects = value.positional.slice(1).map((argument) => stringOf(argument.value));
  return dialects.includes('postgresql') ? (value.positional[0]?.value ?? null) : value.callee.object;
}

/** What `get_col_spec` of a UserDefinedType answers. */
function spelledType(value: CallValue): ReadType | null {
  const spelling = stringOf(value.attributes?.get('__spelling__'));
  return spelling === null ? null : { type: named(spelling) };
}

/** A TypeDecorator of the file is what its `impl` is, unless it decides by dialect. */
function classType(value: ClassValue, reading: Reading): ReadType {
  const impl = value.members.get('impl');
  const load = value.members.get('load_dialect_impl');
  const decided = load === undefined ? impl : describedType(load, impl);
  return decided === undefined || decided.type === 'unknown' ? opaque(value.name, reading) : readType(decided, reading);
}

/** `type_descriptor(x)` hands x on, `self.impl` is the class's own. */
function describedType(load: Value, impl: Value | undefined): Value | undefined {
  const describes = load.type === 'call' && load.callee.type === 'symbol' && load.callee.path.endsWith('.type_descriptor');
  const decided = describes ? load.positional[0]?.value : load;
  return decided?.type === 'attribute' && decided.name === 'impl' ? impl : decided;
}

function emptyCall(callee: Value): CallValue {
  return { type: 'call', callee, positional: [], keywords: new Map(), open: false, span: { start: 0, end: 0 } };
}

function opaque(name: string, reading: Reading): ReadType {
  reading.partial = true;
  return { type: { name }, partial: true };
}

function named(sql: string): DataType {
  return parseType(sql) ?? { name: sql };
}

function custom(name: QualifiedName): DataType {
  return name.schema === undefined ? { name: name.name } : { schema: name.schema, name: name.name };
}

function enumType(outer: Arguments, reading: Reading): ReadType {
  const { call } = outer;
  const own = new Reading();
  const values = enumValues(call, own);
  const name = enumName(call, own);
  if (own.partial) reading.partial = true;
  const native = booleanOf(call.keywords.get('native_enum')?.value) ?? true;
  if (!native) return textEnum(call, values, name?.name);
  if (name === null) return opaque('enum', reading);
  const creates = !isPostgresDialect(call.callee) || booleanOf(call.keywords.get('create_type')?.value) !== false;
  const inherits = booleanOf(call.keywords.get('inherit_schema')?.value) === true && name.schema === undefined;
  return { type: custom(name), enum: { name, values, creates, partial: own.partial, ...(inherits ? { inherits } : {}) } };
}

function textEnum(call: CallValue, values: string[], name: string | undefined): ReadType {
  const longest = Math.max(1, ...values.map((value) => value.length));
  const given = call.keywords.get('length')?.value;
  const length = isNone(given) ? null : (numberOf(given) ?? longest);
  const checked = booleanOf(call.keywords.get('create_constraint')?.value) === true;
  const type = named(length === null ? 'varchar' : `varchar(${Math.max(length, longest)})`);
  return checked ? { type, check: { values, ...(name === undefined ? {} : { name }) } } : { type };
}

function enumName(call: CallValue, reading: Reading): QualifiedName | null {
  const name = call.keywords.get('name')?.value;
  const schema = call.keywords.get('schema')?.value;
  if (name !== undefined && !isNone(name)) return reading.qualified(name, schema);
  const first = call.positional[0]?.value;
  if (first?.type !== 'class' && first?.type !== 'symbol') return null;
  const type = nameOf(first.type === 'class' ? { type: 'symbol', path: first.name } : first).toLowerCase();
  const space = reading.optionalName(schema);
  return space === undefined ? { name: type } : { schema: space, name: type };
}

function enumValues(call: CallValue, reading: Reading): string[] {
  const first = call.positional[0]?.value;
  if (first?.type === 'class') {
    const byValue = call.keywords.get('values_callable') !== undefined;
    const members = [...first.members].filter(([name, value]) => !name.startsWith('_') && value.type !== 'function');
    return members.map(([name, value]) => (byValue ? reading.name(value) : name));
  }
  if (call.open) reading.partial = true;
  return call.positional.map((argument) => reading.name(argument.value));
}
