import type { DataType } from '../operations/types.js';
import { tokenize } from './lexer.js';
import type { Token } from './lexer.js';
import { quoteIdentifier } from './name.js';

/**
 * Canonical names are those of `format_type`: `timestamp without time zone`,
 * `character varying`, `double precision`. PostgreSQL's one-byte type "char" is
 * `{ name: 'char' }`, as `char` the author wrote is `character` of length 1.
 */
const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  float: 'double precision',
  decimal: 'numeric',
  dec: 'numeric',
  varchar: 'character varying',
  nchar: 'character',
  char: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  serial4: 'serial',
  serial8: 'bigserial',
  serial2: 'smallserial',
};

const TIMES = new Set([
  'timestamp without time zone',
  'timestamp with time zone',
  'time without time zone',
  'time with time zone',
]);
const LENGTHS = new Set(['character', 'character varying', 'bit', 'bit varying']);
/** Types of several words or whose name is a key word: printed without quotes when no schema is given. */
const BUILT_IN = new Set([
  ...LENGTHS,
  ...TIMES,
  'integer',
  'bigint',
  'smallint',
  'boolean',
  'real',
  'double precision',
  'numeric',
  'interval',
  'json',
]);
const INTERVAL_FIELDS = new Set(['year', 'month', 'day', 'hour', 'minute', 'second', 'to']);

/** The canonical name for any spelling of one word or of the catalogue (`int4`, `timestamptz`, `bpchar`). */
export function canonicalTypeName(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
}

/**
 * A type as an author or an ORM writes it: `varchar(255)`, `numeric(10,2)[]`,
 * `timestamp(3) with time zone`, `"public"."my_enum"`. Null when the text is
 * no type.
 */
export function parseType(text: string): DataType | null {
  const tokens = tokenize(text).filter((token) => token.kind !== 'comment');
  if (tokens.some((token) => token.unterminated)) return null;
  const reader = new TypeReader(text, tokens);
  const type = reader.read();
  return type !== null && reader.atEnd ? type : null;
}

class TypeReader {
  private index = 0;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
  ) {}

  get atEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  read(): DataType | null {
    const first = this.tokens[this.index];
    if (!isName(first)) return null;
    const type = this.qualified() ?? this.base(first);
    if (type === null) return null;
    return this.dimensions(type);
  }

  private peekWord(): string | null {
    const token = this.tokens[this.index];
    return token?.kind === 'word' ? token.value : null;
  }

  private accept(...words: string[]): boolean {
    for (const [distance, word] of words.entries()) {
      const token = this.tokens[this.index + distance];
      if (token?.value !== word || token.kind === 'string' || token.kind === 'quotedIdentifier') return false;
    }
    this.index += words.length;
    return true;
  }

  /** `schema.name`; `pg_catalog` only says that the type is a built-in one. */
  private qualified(): DataType | null {
    const [schema, dot, name] = this.tokens.slice(this.index, this.index + 3);
    if (dot?.value !== '.' || !isName(schema) || !isName(name)) return null;
    this.index += 3;
    if (schema.value === 'pg_catalog') {
      // The catalogue's own names: "char" is the one-byte type here, quoted or not.
      return name.value === 'char' ? { name: 'char' } : this.named(name.value);
    }
    const type: DataType = { schema: schema.value, name: name.value };
    const modifiers = this.modifiers();
    if (modifiers === null) return null;
    if (modifiers.length > 0) type.modifiers = modifiers;
    return type;
  }

  private base(first: Token): DataType | null {
    this.index++;
    if (first.kind === 'quotedIdentifier') return this.plain(first.value);
    switch (first.value) {
      case 'setof':
      case 'table':
        return null;
      case 'double':
        return this.accept('precision') ? { name: 'double precision' } : this.plain('double');
      case 'national':
        return this.accept('character') || this.accept('char') ? this.named(this.accept('varying') ? 'varchar' : 'char') : null;
      case 'character':
      case 'char':
      case 'nchar':
        return this.named(this.accept('varying') ? 'varchar' : 'char');
      case 'bit':
        return this.named(this.accept('varying') ? 'varbit' : 'bit');
      case 'long':
        return null;
      default:
        return this.named(first.value);
    }
  }

  /** A name without schema and without quotes. */
  private named(word: string): DataType | null {
    if (word === 'interval') return this.interval();
    const modifiers = this.modifiers();
    if (modifiers === null) return null;
    if (word === 'float') return float(modifiers);
    if (word === 'bpchar') return modifiers.length === 0 ? { name: 'bpchar' } : lengthType('character', modifiers);
    const name = canonicalTypeName(word);
    return TIMES.has(name) ? precisionType({ name: this.zone(name) }, modifiers) : limited(name, modifiers);
  }

  /** A quoted name is that type and no alias: "char", "MyEnum", "integer" is not `integer`. */
  private plain(name: string): DataType | null {
    if (name === '') return null;
    if (name !== 'char' && Object.hasOwn(QUOTED_CATALOGUE_NAMES, name)) {
      return this.named(QUOTED_CATALOGUE_NAMES[name] ?? name);
    }
    const modifiers = this.modifiers();
    if (modifiers === null) return null;
    return modifiers.length > 0 ? { name, modifiers } : { name };
  }

  private zone(name: string): string {
    const base = name.startsWith('timestamp') ? 'timestamp' : 'time';
    if (this.accept('with', 'time', 'zone')) return `${base} with time zone`;
    if (this.accept('without', 'time', 'zone')) return `${base} without time zone`;
    return name;
  }

  private interval(): DataType | null {
    const type: DataType = { name: 'interval' };
    const early = this.modifiers();
    if (early === null) return null;
    const fields: string[] = [];
    for (let word = this.peekWord(); word !== null && INTERVAL_FIELDS.has(word); word = this.peekWord()) {
      fields.push(word);
      this.index++;
    }
    if (fields.length > 0) type.fields = fields.join(' ');
    const late = fields.length > 0 ? this.modifiers() : [];
    if (late === null || (early.length > 0 && late.length > 0)) return null;
    return precisionType(type, early.length > 0 ? early : late);
  }

  /** What stands between the parentheses, by comma, as written; empty without parentheses, null when they never close. */
  private modifiers(): string[] | null {
    if (!this.accept('(')) return [];
    const parts: string[] = [];
    let depth = 0;
    let start = this.tokens[this.index]?.start ?? 0;
    for (; this.index < this.tokens.length; this.index++) {
      const token = this.tokens[this.index] as Token;
      if (token.kind !== 'punctuation') continue;
      if (token.value === '(') depth++;
      else if (token.value === ')' && depth-- === 0) {
        parts.push(this.text.slice(start, token.start).trim());
        this.index++;
        return parts.includes('') ? null : parts;
      } else if (token.value === ',' && depth === 0) {
        parts.push(this.text.slice(start, token.start).trim());
        start = token.end;
      }
    }
    return null;
  }

  /** `[]`, `[3]`, `ARRAY`, `ARRAY[3]`; bounds mean nothing to the server. */
  private dimensions(type: DataType): DataType {
    let dimensions = 0;
    const array = this.accept('array');
    while (this.accept('[')) {
      if (this.tokens[this.index]?.kind === 'number') this.index++;
      if (!this.accept(']')) {
        this.index--;
        break;
      }
      dimensions++;
    }
    if (array && dimensions === 0) dimensions = 1;
    return dimensions > 0 ? { ...type, dimensions } : type;
  }
}

/** Catalogue names that mean the built-in type in quotes too, as ORMs quote everything. */
const QUOTED_CATALOGUE_NAMES: Readonly<Record<string, string>> = {
  int4: 'int4',
  int8: 'int8',
  int2: 'int2',
  bool: 'bool',
  float4: 'float4',
  float8: 'float8',
  varchar: 'varchar',
  bpchar: 'bpchar',
  varbit: 'varbit',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  time: 'time',
  timetz: 'timetz',
  interval: 'interval',
  numeric: 'numeric',
};

function limited(name: string, modifiers: string[]): DataType | null {
  if (LENGTHS.has(name)) return lengthType(name, modifiers);
  if (name === 'numeric') return numeric(modifiers);
  if (modifiers.length === 0) return { name };
  return BUILT_IN.has(name) ? null : { name, modifiers };
}

function isName(token: Token | undefined): token is Token {
  return token?.kind === 'word' || token?.kind === 'quotedIdentifier';
}

/** One whole number, negative where the server allows it (the scale). */
function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : null;
}

/** `character` and `bit` without a length have length 1, the varying ones have none. */
function lengthType(name: string, modifiers: readonly string[]): DataType | null {
  if (modifiers.length === 0) return name.endsWith('varying') ? { name } : { name, length: 1 };
  const length = wholeNumber(modifiers[0]);
  return length === null || modifiers.length > 1 ? { name, modifiers: [...modifiers] } : { name, length };
}

function precisionType(type: DataType, modifiers: readonly string[]): DataType | null {
  if (modifiers.length === 0) return type;
  const precision = wholeNumber(modifiers[0]);
  return precision === null || modifiers.length > 1 ? { ...type, modifiers: [...modifiers] } : { ...type, precision };
}

function numeric(modifiers: readonly string[]): DataType | null {
  if (modifiers.length === 0) return { name: 'numeric' };
  const precision = wholeNumber(modifiers[0]);
  if (precision === null || modifiers.length > 2) return { name: 'numeric', modifiers: [...modifiers] };
  if (modifiers.length === 1) return { name: 'numeric', precision };
  const scale = wholeNumber(modifiers[1]);
  return scale === null ? { name: 'numeric', modifiers: [...modifiers] } : { name: 'numeric', precision, scale };
}

/** float(1) to float(24) are real, float(25) to float(53) double precision. */
function float(modifiers: readonly string[]): DataType | null {
  if (modifiers.length === 0) return { name: 'double precision' };
  const bits = wholeNumber(modifiers[0]);
  if (bits === null || modifiers.length > 1 || bits < 1 || bits > 53) return null;
  return { name: bits <= 24 ? 'real' : 'double precision' };
}

/** The type as SQL, in the manual's spelling. */
export function printType(type: DataType): string {
  return printBase(type) + '[]'.repeat(type.dimensions ?? 0);
}

function printBase(type: DataType): string {
  if (type.schema !== undefined) return `${quoteIdentifier(type.schema)}.${quoteIdentifier(type.name)}${modifierList(type)}`;
  if (TIMES.has(type.name)) {
    const [base = '', ...zone] = type.name.split(' ');
    return base + modifierList(type) + (zone[0] === 'with' ? ' with time zone' : '');
  }
  if (type.name === 'interval' && type.fields !== undefined) return `interval ${type.fields}${modifierList(type)}`;
  return (BUILT_IN.has(type.name) ? type.name : quoteIdentifier(type.name)) + modifierList(type);
}

function modifierList(type: DataType): string {
  const numbers = [type.length, type.precision, type.scale].filter((value) => value !== undefined);
  const parts = type.modifiers ?? numbers.map(String);
  return parts.length > 0 ? `(${parts.join(', ')})` : '';
}

/** True when both are the same type with the same limits; `numeric(10)` is `numeric(10,0)`. */
export function sameType(a: DataType, b: DataType): boolean {
  return typeKey(a) === typeKey(b);
}

function typeKey(type: DataType): string {
  const scale = type.name === 'numeric' && type.precision !== undefined ? (type.scale ?? 0) : type.scale;
  const schema = type.schema === 'public' ? undefined : type.schema;
  const limits = [type.length, type.precision, scale, type.fields, type.dimensions ?? 0];
  return JSON.stringify([schema, type.name, limits, (type.modifiers ?? []).map((part) => part.toLowerCase())]);
}
