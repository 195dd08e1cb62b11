import { quoteLiteral } from '../../../sql/name.js';
import { toString } from '../evaluate/text.js';
import { booleanOf, holeFor, isNone, numberOf, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import type { Field } from './field.js';
import { argument } from './field-types.js';

/** SQL of a value, and whether a placeholder stands in it. */
export interface Literal {
  sql: string;
  partial: boolean;
}

/** Fields whose empty form value is no empty string. */
const NO_EMPTY_STRING =
  /^(?:AutoField|BigAutoField|SmallAutoField|BooleanField|NullBooleanField|Date\w*Field|TimeField|DurationField|DecimalField|FloatField|\w*IntegerField|UUIDField|JSONField|GenericIPAddressField|IPAddressField|ArrayField|HStoreField|\w*RangeField|ForeignKey|OneToOneField|GeneratedField)$/;

/**
 * The value that Django gives to rows that are there already: the default of
 * the field, or what an empty form would leave. Null where it gives none.
 */
export function effectiveDefault(field: Field): Literal | null {
  const given = defaultOf(field);
  if (given !== undefined) return isNone(given) ? null : literalOf(field.kind, given);
  if (field.kind === 'GeneratedField') return null;
  const blank = booleanOf(argument(field.call, 'blank')) === true;
  if (!field.null && blank && !NO_EMPTY_STRING.test(field.kind)) {
    return { sql: field.kind === 'BinaryField' ? "'\\x'::bytea" : "''", partial: false };
  }
  const now = booleanOf(argument(field.call, 'auto_now')) ?? booleanOf(argument(field.call, 'auto_now_add'));
  return now === true ? { sql: quoteLiteral('__now__'), partial: true } : null;
}

/** `default=…`; undefined where none is written. */
export function defaultOf(field: Field): Value | undefined {
  const value = argument(field.call, 'default');
  return value !== undefined && pathOf(value)?.endsWith('.NOT_PROVIDED') === true ? undefined : value;
}

export function literalOf(kind: string, value: Value): Literal {
  const made = madeByCall(kind, value) ?? asWritten(kind, value);
  return made ?? { sql: quoteLiteral(toString(holeFor(value))), partial: true };
}

/** `default=dict` and `default=list` are called. */
function madeByCall(kind: string, value: Value): Literal | null {
  const path = pathOf(value);
  if (path !== 'builtins.dict' && path !== 'builtins.list') return null;
  if (kind === 'JSONField') return known(path === 'builtins.dict' ? "'{}'::jsonb" : "'[]'::jsonb");
  return known("'{}'");
}

function known(sql: string): Literal {
  return { sql, partial: false };
}

function asWritten(kind: string, value: Value): Literal | null {
  if (kind === 'JSONField') {
    const json = jsonOf(value);
    return json === null ? null : known(`${quoteLiteral(json)}::jsonb`);
  }
  if (isNone(value)) return known('NULL');
  const truth = booleanOf(value);
  if (truth !== null) return known(String(truth));
  const number = numberOf(value);
  if (number !== null) return known(numeric(kind, number, value));
  const text = stringOf(value);
  if (text !== null) return known(typed(kind, text));
  return builtValue(kind, value);
}

const TEXT = /^(?:Char|Text|Email|URL|Slug|File|Image|FilePath|CI\w+)Field$/;

function numeric(kind: string, number: number, value: Value): string {
  if (TEXT.test(kind)) return quoteLiteral(value.type === 'number' ? value.text : String(number));
  if (kind === 'FloatField') return Number.isInteger(number) ? `${number}.0` : String(number);
  return value.type === 'number' ? value.text.replaceAll('_', '') : String(number);
}

const SUFFIX: Record<string, string> = {
  UUIDField: '::uuid',
  DateField: '::date',
  DateTimeField: '::timestamptz',
  TimeField: '::time',
  DurationField: '::interval',
};

function typed(kind: string, text: string): string {
  if (kind === 'BinaryField') return `'\\x${Buffer.from(text, 'latin1').toString('hex')}'::bytea`;
  if (/Integer|^Decimal|^Float/.test(kind) && text.trim() !== '' && !Number.isNaN(Number(text))) return text;
  return `${quoteLiteral(text)}${SUFFIX[kind] ?? ''}`;
}

function isEmptyList(value: Value): boolean {
  return value.type === 'sequence' && value.open !== true && value.items.length === 0;
}

/** `Decimal("0.00")`, `[]`, `uuid.UUID("…")`. */
function builtValue(kind: string, value: Value): Literal | null {
  if (value.type !== 'call') return isEmptyList(value) ? known("'{}'") : null;
  const path = pathOf(value.callee) ?? '';
  const first = value.positional[0]?.value;
  if (path === 'decimal.Decimal') return known(stringOf(first) ?? String(numberOf(first) ?? 0));
  if (path === 'uuid.UUID' && first !== undefined) return literalOf('UUIDField', first);
  return /^datetime\.(?:date|datetime|timedelta|time)/.test(path) ? moment(kind, path, value) : null;
}

/** A point in time, or a placeholder of its type. */
function moment(kind: string, path: string, value: CallValue): Literal {
  const text = momentText(path, value);
  return { sql: `${quoteLiteral(text ?? toString(holeFor(value)))}${SUFFIX[kind] ?? ''}`, partial: text === null };
}

/** `datetime.date(2024, 1, 2)`, `datetime.time(9, 30)` and `datetime.timedelta(days=1)` as the driver writes them; null of any other. */
function momentText(path: string, { positional, keywords }: CallValue): string | null {
  const given = (names: readonly string[]): number[] => names.map((name, index) => numberOf((positional[index] ?? keywords.get(name))?.value) ?? 0);
  const two = (number = 0): string => String(number).padStart(2, '0');
  switch (path) {
    case 'datetime.date': {
      const [year = 0, month, day] = given(['year', 'month', 'day']);
      return `${year}-${two(month)}-${two(day)}`;
    }
    case 'datetime.time': {
      const [hour, minute, second] = given(['hour', 'minute', 'second']);
      return keywords.has('tzinfo') ? null : `${two(hour)}:${two(minute)}:${two(second)}`;
    }
    case 'datetime.timedelta': {
      const [days = 0, seconds = 0] = given(['days', 'seconds']);
      const [hours = 0, minutes = 0, weeks = 0] = ['hours', 'minutes', 'weeks'].map((name) => numberOf(keywords.get(name)?.value) ?? 0);
      const all = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds;
      const whole = Math.floor(all / 86_400);
      const rest = all - whole * 86_400;
      const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
      return whole === 0 ? clock : `${whole} day${Math.abs(whole) === 1 ? '' : 's'} ${clock}`;
    }
    default:
      return null;
  }
}

/** JSON of a literal value as Python writes it; null when not all of it is known. */
function jsonOf(value: Value): string | null {
  if (value.type === 'constant') return String(value.value);
  const text = stringOf(value);
  if (text !== null) return JSON.stringify(text);
  const number = numberOf(value);
  if (number !== null) return String(number);
  if (value.type === 'sequence' && value.open !== true) {
    const items = value.items.map(jsonOf);
    return items.includes(null) ? null : `[${items.join(', ')}]`;
  }
  if (value.type !== 'dictionary' || value.open === true) return null;
  const entries = value.entries.map((entry) => [jsonOf(entry.key), jsonOf(entry.value)]);
  return entries.some((entry) => entry.includes(null)) ? null : `{${entries.map((entry) => entry.join(': ')).join(', ')}}`;
}
