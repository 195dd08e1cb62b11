import type { DataType, Expression } from '../operations/types.js';
import { parseType } from '../sql/type.js';
import { castBetween, isBuiltIn, misfitOf, isString, modifierHolds, sharesOperatorClass, storedType } from './casts.js';
import { columnNamed, tokensOf } from './expression.js';
import type { PostgresVersion } from './effects.js';
import { relationKey, type Schema, type UserType } from './schema.js';

export interface TypeChange {
  /** Every value is computed anew and written to a new file. */
  rewrites: boolean;
  /** Indexes on the column cannot be kept as they are, even where the table can. */
  rebuildsIndexes: boolean;
  /** `42804`: there is no cast that assignment would use; `42846`: nor one that is written out; `42704`: there is no such type. */
  fails: '42804' | '42846' | '42704' | null;
  /** SQLSTATE raised for a value that does not fit the new type; null when every value has a place. */
  misfits: string | null;
  /** One phrase, when the answer hangs on something not known. */
  assumes: string | null;
}

export interface TypeChangeRequest {
  column: string;
  /** Null when unknown. */
  from: DataType | null;
  to: DataType;
  using?: Expression;
  schema: Schema;
  /** The session's TimeZone where it was set; undefined is the server's default, which nobody told us. */
  timeZone: string | undefined;
  version: PostgresVersion;
}

const REWRITE: TypeChange = { rewrites: true, rebuildsIndexes: true, fails: null, misfits: null, assumes: null };
const NOTHING: TypeChange = { ...REWRITE, rewrites: false, rebuildsIndexes: false };

/**
 * What ALTER COLUMN TYPE does to the stored rows. The server plans the
 * conversion as an expression and rewrites unless only relabelling is left of
 * it: binary coercible casts, length and precision limits that the old type
 * already keeps, unconstrained domains, and timestamp with or without time zone
 * while the session is in UTC.
 * https://www.postgresql.org/docs/current/sql-altertable.html
 */
export function typeChange(request: TypeChangeRequest): TypeChange {
  const { from, schema } = request;
  const path = usingPath(request);
  if (path === null) return REWRITE;
  if (from === null) return { ...REWRITE, assumes: `the old type of "${request.column}"` };
  const result = follow(storedType(from), path, request);
  if (result.rewrites || result.fails !== null) return { ...result, rebuildsIndexes: true };
  const kept = sharesOperatorClass(storedType(baseType(from, schema)), storedType(baseType(request.to, schema)));
  return { ...result, rebuildsIndexes: !kept };
}

/** The casts one after the other; the first that fails ends it. */
function follow(from: DataType, path: readonly Step[], { schema, timeZone, version }: TypeChangeRequest): TypeChange {
  let current = from;
  let result = NOTHING;
  for (const { type, explicit } of path) {
    const target = storedType(type);
    const step = convert(current, target, { explicit, schema, timeZone, version });
    // A cast that is written out and not there is another mistake than a missing one.
    if (step.fails !== null) return step.fails === '42804' && explicit ? { ...step, fails: '42846' } : step;
    result = {
      ...NOTHING,
      rewrites: result.rewrites || step.rewrites,
      misfits: result.misfits ?? (step.rewrites ? (misfitOf(baseType(current, schema), baseType(target, schema), explicit) ?? misfitOfLabel(baseType(current, schema), target, schema)) : null),
      assumes: result.assumes ?? step.assumes,
    };
    // A relabelled value has forgotten which limit its old type kept.
    current = plainName(current) === plainName(target) ? target : withoutLimit(target);
  }
  return result;
}

/** A text that is no label of the enum, or no list. */
function misfitOfLabel(from: DataType, to: DataType, schema: Schema): string | null {
  return isString(from) && (isArray(to) || userTypeOf(to, schema)?.kind === 'enum') ? '22P02' : null;
}

interface Step {
  type: DataType;
  explicit: boolean;
}

/** The casts from the column to its new type, or null when USING computes something else. */
function usingPath({ column, to, using }: TypeChangeRequest): Step[] | null {
  if (using === undefined) return [{ type: to, explicit: false }];
  const casts = castsOf(using, column);
  if (casts === null) return null;
  const steps = casts.map((type) => ({ type, explicit: true }));
  return [...steps, { type: to, explicit: false }];
}

/** `c`, `c::a::b` and `CAST(c AS a)`: the types in order; null for any other expression. */
export function castsOf(using: Expression, column: string): DataType[] | null {
  const text = stripParentheses(using);
  const cast = /^cast\s*\(([\s\S]*)\bas\b([^()]*(?:\([^()]*\))?[^()]*)\)$/i.exec(text);
  if (cast !== null) return append(castsOf(cast[1] ?? '', column), cast[2] ?? '');
  const colons = text.lastIndexOf('::');
  if (colons !== -1) return append(castsOf(text.slice(0, colons), column), text.slice(colons + 2));
  return columnNamed(text) === column ? [] : null;
}

function append(casts: DataType[] | null, written: string): DataType[] | null {
  const type = parseType(written.trim());
  return casts === null || type === null ? null : [...casts, type];
}

function stripParentheses(expression: Expression): Expression {
  let text = expression.trim();
  for (;;) {
    const tokens = tokensOf(text);
    if (tokens[0]?.value !== '(' || tokens.at(-1)?.value !== ')') return text;
    let depth = 0;
    const closes = tokens.findIndex((token) => {
      if (token.value === '(') depth++;
      else if (token.value === ')') depth--;
      return depth === 0;
    });
    if (closes !== tokens.length - 1) return text;
    text = text.slice((tokens[0]?.start ?? 0) + 1, tokens.at(-1)?.start).trim();
  }
}

interface Context {
  explicit: boolean;
  schema: Schema;
  timeZone: string | undefined;
  version: PostgresVersion;
}

/** The enum, domain or composite type that a type name means. */
export function userTypeOf(type: DataType, schema: Schema): UserType | undefined {
  return schema.types.get(relationKey(type));
}

/** The type under a domain, at the bottom. */
export function baseType(type: DataType, schema: Schema): DataType {
  const found = userTypeOf(type, schema);
  return found?.kind === 'domain' && (type.dimensions ?? 0) === 0 ? baseType(found.type, schema) : type;
}

/** True when the type is a domain that checks its values, itself or below. */
export function isConstrainedDomain(type: DataType, schema: Schema): boolean {
  const found = userTypeOf(type, schema);
  if (found?.kind !== 'domain' || (type.dimensions ?? 0) > 0) return false;
  return found.notNull || found.constraints.length > 0 || isConstrainedDomain(found.type, schema);
}

const plainName = (type: DataType): string => `${type.schema ?? ''}.${type.name}${(type.dimensions ?? 0) > 0 ? '[]' : ''}`;

function withoutLimit(type: DataType): DataType {
  return { name: type.name, ...(type.schema === undefined ? {} : { schema: type.schema }), ...(type.dimensions === undefined ? {} : { dimensions: type.dimensions }) };
}

function convert(from: DataType, to: DataType, context: Context): TypeChange {
  if (plainName(from) === plainName(to)) return modifierHolds(from, to) ? NOTHING : REWRITE;
  if (isConstrainedDomain(to, context.schema)) return { ...REWRITE, fails: convert(from, baseType(to, context.schema), context).fails };
  const source = storedType(baseType(from, context.schema));
  const target = storedType(baseType(to, context.schema));
  if (plainName(source) === plainName(target)) {
    // Through a domain the limit of the value is no longer known to the planner.
    return modifierHolds(plainName(from) === plainName(source) ? source : withoutLimit(source), target) ? NOTHING : REWRITE;
  }
  return isArray(source) || isArray(target) ? convertArray(source, target, context) : convertScalar(source, target, context);
}

const isArray = (type: DataType): boolean => (type.dimensions ?? 0) > 0;

const elementOf = (type: DataType): DataType => {
  const { dimensions: _, ...element } = type;
  return element;
};

function convertArray(from: DataType, to: DataType, context: Context): TypeChange {
  if (isArray(from) && isArray(to)) {
    const element = convert(elementOf(from), elementOf(to), context);
    return element.fails === null ? { ...REWRITE, assumes: element.assumes } : element;
  }
  return isString(to) || (isString(from) && context.explicit) ? REWRITE : { ...REWRITE, fails: '42804' };
}

const isTimestamp = ({ name }: DataType): boolean => name === 'timestamp with time zone' || name === 'timestamp without time zone';

/** `bpchar` is `character` without any length: what is cut and padded already needs no more of it. */
const isCharacter = ({ name }: DataType): boolean => name === 'character' || name === 'bpchar';

function convertScalar(from: DataType, to: DataType, context: Context): TypeChange {
  if (isCharacter(from) && isCharacter(to)) return to.name === 'bpchar' ? NOTHING : REWRITE;
  if (isTimestamp(from) && isTimestamp(to)) {
    return convertTimestamp(withoutLimit(from), to, context);
  }
  const cast = castBetween(from.name, to.name);
  if (cast === undefined) return convertThroughText(from, to, context);
  if (cast.context === 'explicit' && !context.explicit) return { ...REWRITE, fails: '42804' };
  if (cast.method !== 'binary') return REWRITE;
  return modifierHolds(withoutLimit(from), to) ? NOTHING : REWRITE;
}

/** True when neither the server nor the schema has the type, and no extension could have brought it along. */
export function isMissingType(type: DataType, schema: Schema): boolean {
  if (!schema.complete || type.schema === 'pg_catalog' || isBuiltIn(type) || userTypeOf(type, schema) !== undefined) return false;
  if (schema.relations.has(relationKey(type)) || type.name.startsWith('_') || PSEUDO.test(type.name)) return false;
  return ![...schema.objects.values()].some(({ kind }) => kind === 'extension');
}

function convertThroughText(from: DataType, to: DataType, context: Context): TypeChange {
  if (isString(to) || (isString(from) && context.explicit)) return REWRITE;
  const known = [from, to].every((type) => isBuiltIn(type) || userTypeOf(type, context.schema) !== undefined);
  if (!known && isMissingType(to, context.schema)) return { ...REWRITE, fails: '42704' };
  if (!known) return { ...REWRITE, assumes: `the casts of type "${isBuiltIn(to) ? from.name : to.name}"` };
  return { ...REWRITE, fails: '42804' };
}

const PSEUDO = /^(?:any\w*|record|trigger|event_trigger|void|cstring|internal|\w+_handler|pg_\w+|unknown)$/;

/** Time zones whose offset has always been zero; the server looks at the offset, not at the name. */
const UTC = /^(?:(?:etc\/)?(?:utc|uct|zulu|universal|greenwich|gmt(?:[+-]?0)?)|[+-]?0+(?::?00)?|utc[+-]?0|interval\s+'[+-]?0+(?::00)*'.*)$/i;

export function isUtc(timeZone: string | undefined): boolean | null {
  return timeZone === undefined || /^(?:default|local)$/i.test(timeZone) ? null : UTC.test(timeZone.trim());
}

function convertTimestamp(from: DataType, to: DataType, { timeZone, version }: Context): TypeChange {
  const utc = version < 12 ? false : isUtc(timeZone);
  if (utc === false || !modifierHolds(from, to)) return REWRITE;
  if (utc === true) return { ...NOTHING, rebuildsIndexes: true };
  return { ...REWRITE, assumes: 'the TimeZone of the session' };
}
