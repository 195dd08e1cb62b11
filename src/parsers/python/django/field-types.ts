import type { DataType } from '../../../operations/types.js';
import { parseType } from '../../../sql/type.js';
import { isNone, numberOf, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';

/** Django's own fields by class name; what stands behind each in PostgreSQL. */
const TYPES: Record<string, string> = {
  AutoField: 'integer',
  BigAutoField: 'bigint',
  SmallAutoField: 'smallint',
  BinaryField: 'bytea',
  BooleanField: 'boolean',
  NullBooleanField: 'boolean',
  DateField: 'date',
  DateTimeField: 'timestamp with time zone',
  DurationField: 'interval',
  FloatField: 'double precision',
  IntegerField: 'integer',
  BigIntegerField: 'bigint',
  IPAddressField: 'inet',
  GenericIPAddressField: 'inet',
  JSONField: 'jsonb',
  PositiveBigIntegerField: 'bigint',
  PositiveIntegerField: 'integer',
  PositiveSmallIntegerField: 'smallint',
  SmallIntegerField: 'smallint',
  TextField: 'text',
  TimeField: 'time',
  UUIDField: 'uuid',
  HStoreField: 'hstore',
  SearchVectorField: 'tsvector',
  SearchQueryField: 'tsquery',
  IntegerRangeField: 'int4range',
  BigIntegerRangeField: 'int8range',
  DecimalRangeField: 'numrange',
  DateRangeField: 'daterange',
  DateTimeRangeField: 'tstzrange',
  CICharField: 'citext',
  CIEmailField: 'citext',
  CITextField: 'citext',
  OrderWrt: 'integer',
};

/** Fields of a length, with the one they have when none is given. */
const VARYING: Record<string, number | null> = {
  CharField: null,
  EmailField: 254,
  URLField: 200,
  SlugField: 50,
  FileField: 100,
  ImageField: 100,
  FilePathField: 100,
  CommaSeparatedIntegerField: null,
};

/** Field classes of well-known packages, as the field of Django that they derive from, with their own defaults. */
const PACKAGES: Record<string, { kind: string; length?: number }> = {
  'phonenumber_field.modelfields.PhoneNumberField': { kind: 'CharField', length: 128 },
  'django_countries.fields.CountryField': { kind: 'CharField', length: 2 },
  'model_utils.fields.AutoCreatedField': { kind: 'DateTimeField' },
  'model_utils.fields.AutoLastModifiedField': { kind: 'DateTimeField' },
  'model_utils.fields.StatusField': { kind: 'CharField', length: 100 },
  'model_utils.fields.MonitorField': { kind: 'DateTimeField' },
  'model_utils.fields.UUIDField': { kind: 'UUIDField' },
  'django_extensions.db.fields.CreationDateTimeField': { kind: 'DateTimeField' },
  'django_extensions.db.fields.ModificationDateTimeField': { kind: 'DateTimeField' },
  'django_extensions.db.fields.AutoSlugField': { kind: 'SlugField' },
  'autoslug.fields.AutoSlugField': { kind: 'SlugField' },
  'versatileimagefield.fields.VersatileImageField': { kind: 'ImageField' },
  'easy_thumbnails.fields.ThumbnailerImageField': { kind: 'ImageField' },
  'sorl.thumbnail.fields.ImageField': { kind: 'ImageField' },
  'timezone_field.fields.TimeZoneField': { kind: 'CharField', length: 63 },
  'colorfield.fields.ColorField': { kind: 'CharField', length: 25 },
  'ckeditor.fields.RichTextField': { kind: 'TextField' },
  'ckeditor_uploader.fields.RichTextUploadingField': { kind: 'TextField' },
  'wagtail.fields.RichTextField': { kind: 'TextField' },
  'wagtail.fields.StreamField': { kind: 'TextField' },
  'wagtail.core.fields.RichTextField': { kind: 'TextField' },
  'wagtail.core.fields.StreamField': { kind: 'TextField' },
  'mptt.fields.TreeForeignKey': { kind: 'ForeignKey' },
  'mptt.fields.TreeOneToOneField': { kind: 'OneToOneField' },
  'mptt.fields.TreeManyToManyField': { kind: 'ManyToManyField' },
  'modelcluster.fields.ParentalKey': { kind: 'ForeignKey' },
  'modelcluster.fields.ParentalManyToManyField': { kind: 'ManyToManyField' },
  'parler.fields.TranslationsForeignKey': { kind: 'ForeignKey' },
  'oauth2_provider.generators.ClientSecretField': { kind: 'CharField' },
  'django_prices.models.MoneyField': { kind: 'DecimalField' },
};

const RELATIONS: Record<string, 'one' | 'many' | 'key'> = { ForeignKey: 'key', OneToOneField: 'one', ManyToManyField: 'many' };

/** Classes of Django that are no column at all. */
const VIRTUAL = new Set(['GenericForeignKey', 'GenericRelation', 'ForeignObject', 'CompositePrimaryKey', 'TaggableManager']);

export function relationOf(kind: string): 'one' | 'many' | 'key' | null {
  return RELATIONS[kind] ?? null;
}

export function isVirtual(kind: string): boolean {
  return VIRTUAL.has(kind);
}

/** The class of Django that a field's class is or derives from; its own name when it cannot be told. */
export function kindOf(callee: Value): { kind: string; length?: number } {
  if (callee.type === 'class') {
    // A class that says its own type is taken at its word where that is one literal.
    const base = callee.bases.map(kindOf).find(({ kind }) => isKnown(kind));
    return base === undefined || callee.members.has('db_type') ? { kind: callee.name } : base;
  }
  const path = pathOf(callee) ?? (callee.type === 'attribute' ? callee.name : '');
  return PACKAGES[path] ?? { kind: path.slice(path.lastIndexOf('.') + 1) };
}

export function isKnown(kind: string): boolean {
  return kind in TYPES || kind in VARYING || kind in RELATIONS || VIRTUAL.has(kind) || BUILT.has(kind);
}

/** Types put together of their arguments. */
const BUILT = new Set(['DecimalField', 'ArrayField', 'GeneratedField', 'VectorField', 'HalfVectorField', ...GEOMETRIES()]);

function GEOMETRIES(): string[] {
  return ['Geometry', 'Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon', 'GeometryCollection', 'Raster'].map((name) => `${name}Field`);
}

/** The type of a column that is no relation; null when it cannot be told. */
export function columnType(kind: string, call: CallValue, fallbackLength?: number): DataType | null {
  const plain = TYPES[kind];
  if (plain !== undefined) return parseType(plain);
  if (kind in VARYING) return varying(argument(call, 'max_length'), fallbackLength ?? VARYING[kind] ?? null);
  switch (kind) {
    case 'DecimalField':
      return decimal(call);
    case 'ArrayField':
      return array(call);
    case 'GeneratedField':
      return inner(argument(call, 'output_field'));
    case 'VectorField':
    case 'HalfVectorField':
      return vector(kind === 'VectorField' ? 'vector' : 'halfvec', call);
    default:
      return BUILT.has(kind) ? geometry(kind, call) : null;
  }
}

/** A length that is no literal leaves the type unknown. */
function varying(given: Value | undefined, fallback: number | null): DataType | null {
  const length = given === undefined ? fallback : numberOf(given);
  if (length !== null) return { name: 'character varying', length };
  return given === undefined || isNone(given) ? { name: 'character varying' } : null;
}

export function argument(call: CallValue, name: string, position?: number): Value | undefined {
  return call.keywords.get(name)?.value ?? (position === undefined ? undefined : call.positional[position]?.value);
}

function decimal(call: CallValue): DataType | null {
  const [digits, places] = [numberOf(argument(call, 'max_digits', 2)), numberOf(argument(call, 'decimal_places', 3))];
  if (digits === null && places === null && !call.open) return { name: 'numeric' };
  return digits === null || places === null ? null : { name: 'numeric', precision: digits, scale: places };
}

function inner(value: Value | undefined): DataType | null {
  if (value?.type !== 'call') return null;
  const { kind, length } = kindOf(value.callee);
  return columnType(kind, value, length);
}

/** The size of an array is written and means nothing to PostgreSQL. */
function array(call: CallValue): DataType | null {
  const base = inner(argument(call, 'base_field', 0));
  return base === null ? null : { ...base, dimensions: (base.dimensions ?? 0) + 1 };
}

function vector(name: string, call: CallValue): DataType {
  const dimensions = numberOf(argument(call, 'dimensions'));
  return dimensions === null ? { name } : { name, modifiers: [String(dimensions)] };
}

function geometry(kind: string, call: CallValue): DataType {
  if (kind === 'RasterField') return { name: 'raster' };
  const shape = kind.slice(0, -'Field'.length).toUpperCase();
  const srid = numberOf(argument(call, 'srid')) ?? 4326;
  const depth = numberOf(argument(call, 'dim')) === 3 ? 'Z' : '';
  const geography = argument(call, 'geography');
  const name = geography?.type === 'constant' && geography.value === true ? 'geography' : 'geometry';
  return { name, modifiers: [`${shape}${depth}`, String(srid)] };
}

/** `db_collation="C"`. */
export function collationOf(call: CallValue): string | undefined {
  return stringOf(argument(call, 'db_collation')) ?? undefined;
}
