import type { QualifiedName, Span } from '../../../operations/types.js';
import { toString } from '../evaluate/text.js';
import {
  fromString,
  holeFor,
  isNone,
  numberOf,
  pathOf,
  stringOf,
  unknown,
  type Argument,
  type CallValue,
  type Value,
} from '../evaluate/value.js';
import { libraryName } from './symbols.js';

/**
 * Reads names out of values. `partial` turns true as soon as one of them is
 * only known at run time, and a placeholder stands in its place.
 */
export class Reading {
  partial = false;

  name(value: Value | undefined): string {
    const named = quoted(value);
    if (named?.type === 'string') {
      if (named.text.some((part) => part.hole === true)) this.partial = true;
      return toString(named.text);
    }
    const bearer = nameBearer(named);
    if (bearer !== null) return this.name(bearer);
    this.partial = true;
    return toString(holeFor(named ?? unknown('name')));
  }

  /** A name that may be left to PostgreSQL. */
  optionalName(value: Value | undefined): string | undefined {
    return value === undefined || isNone(value) || isAutomatic(value) ? undefined : this.name(value);
  }

  /** A list of names, or one name. */
  names(value: Value | undefined): string[] {
    if (value?.type === 'sequence') {
      if (value.open === true) this.partial = true;
      return value.items.map((item) => this.name(item));
    }
    if (value === undefined) return [];
    return [this.name(value)];
  }

  qualified(table: Value | undefined, schema: Value | undefined): QualifiedName {
    const name = this.name(table);
    const space = this.optionalName(schema);
    return space === undefined ? { name } : { schema: space, name };
  }
}

/** A Column, a column() or an Index stands for its name, `table.c.x` for x. */
function nameBearer(value: Value | undefined): Value | null {
  if (value?.type === 'attribute') return isColumnsAttribute(value.object) || value.object.type === 'class' ? fromString(value.name) : null;
  if (value?.type !== 'call' || libraryName(value.callee) === null) return null;
  const first = value.positional[0]?.value;
  return first?.type === 'string' ? first : null;
}

/** `op.f("x")`, `sa.quoted_name("x", True)` and `sa.text("x")` are the string inside. */
function quoted(value: Value | undefined): Value | undefined {
  if (value?.type !== 'call') return value;
  const path = libraryName(value.callee) ?? pathOf(value.callee) ?? '';
  if (/(?:^|\.)(?:quoted_name|conv|text|literal_column)$/.test(path)) return value.positional[0]?.value;
  return value;
}

/** `None` and SQLAlchemy's `_NONE_NAME`. */
function isAutomatic(value: Value): boolean {
  return value.type === 'symbol' && value.path.endsWith('_NONE_NAME');
}

function isColumnsAttribute(value: Value): boolean {
  return value.type === 'attribute' && (value.name === 'c' || value.name === 'columns');
}

/** The arguments of a call by the names its signature gives them. */
export class Arguments {
  constructor(
    readonly call: CallValue,
    readonly parameters: readonly string[],
  ) {}

  get(name: string): Argument | undefined {
    const keyword = this.call.keywords.get(name);
    if (keyword !== undefined) return keyword;
    const index = this.parameters.indexOf(name);
    return index < 0 ? undefined : this.call.positional[index];
  }

  value(name: string): Value | undefined {
    return this.get(name)?.value;
  }

  /** Positional arguments after the named ones. */
  rest(): Argument[] {
    return this.call.positional.slice(this.parameters.length);
  }

  span(name: string): Span {
    return this.get(name)?.span ?? this.call.span;
  }

  /** True when the keyword is there and true. */
  flag(name: string): boolean {
    const value = this.value(name);
    return value?.type === 'constant' && value.value === true;
  }

  number(name: string): number | undefined {
    return numberOf(this.value(name)) ?? undefined;
  }

  string(name: string): string | undefined {
    return stringOf(this.value(name)) ?? undefined;
  }

  /** A keyword of PostgreSQL's dialect, as `postgresql_where=` or in `dialect_kwargs`. */
  postgres(name: string): Value | undefined {
    const value = this.call.keywords.get(`postgresql_${name}`)?.value;
    return value === undefined || isNone(value) ? undefined : value;
  }
}
