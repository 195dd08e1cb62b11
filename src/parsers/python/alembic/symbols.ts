import { pathOf, type Value } from '../evaluate/value.js';

const ROOTS = /^(?:sqlalchemy|sqlmodel|geoalchemy2|pgvector|sqlalchemy_utils)\./;

/**
 * What a symbol of SQLAlchemy (or of a library of its types) is called, by the
 * last part of its path; `func.now` for functions; null for anything else.
 * `sa.Column`, `sqlalchemy.schema.Column` and `db.Column` are all `Column`.
 */
export function libraryName(value: Value | undefined): string | null {
  const path = pathOf(value);
  if (path === null) return null;
  const func = /\bfunc\.(.+)$/.exec(path);
  if (func?.[1] !== undefined && ROOTS.test(path)) return `func.${func[1]}`;
  const flask = /(?:^|\.)db\.(\w+)$/.exec(path);
  if (flask?.[1] !== undefined) return flask[1];
  if (!ROOTS.test(path)) return null;
  return path.slice(path.lastIndexOf('.') + 1);
}

/** True for names under `sqlalchemy.dialects.postgresql`. */
export function isPostgresDialect(value: Value | undefined): boolean {
  return (pathOf(value) ?? '').includes('dialects.postgresql');
}

/** Name of the SQLAlchemy callable that a call calls, or null. */
export function calledName(value: Value | undefined): string | null {
  return value?.type === 'call' ? libraryName(value.callee) : null;
}
