import type { Row } from '../../postgres/observe/connection.js';
import { numberOf, type Session } from '../database.js';

export interface Column {
  name: string;
  /** As SQL writes it, modifiers included; of a domain what it is made of. */
  type: string;
  /** pg_type.typname of the type, or of what a domain is made of; elements of an array by theirs. */
  base: string;
  array: boolean;
  /** pg_type.typtype of the base: b, e, c, r, m. */
  kind: string;
  /** Characters of character types, precision and scale of numeric; -1 without. */
  modifier: number;
  notNull: boolean;
  /** SQL of the default; null without. */
  default: string | null;
  labels: string[];
  /** CHECK expressions of a domain, about VALUE. */
  domainChecks: string[];
}

export interface Key {
  columns: string[];
}

export interface Reference {
  columns: string[];
  /** Oid of the table it points to. */
  to: number;
  target: string[];
}

export interface Table {
  oid: number;
  /** Quoted for SQL. */
  sql: string;
  /** As a report names it. */
  display: string;
  columns: Column[];
  /** Primary key, unique constraints and unique indexes on plain columns. */
  keys: Key[];
  references: Reference[];
  /** SQL of CHECK constraints and of a partition's bounds. */
  checks: { expression: string; columns: string[] }[];
  rows: number;
}

const OWN = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = c.oid AND x.classid = 'pg_class'::regclass AND x.deptype = 'e')`;

const TABLES = `
SELECT c.oid::int8 AS oid, format('%I.%I', n.nspname, c.relname) AS sql, CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS display,
  CASE WHEN c.relispartition THEN pg_get_partition_constraintdef(c.oid) END AS bounds
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${OWN} ORDER BY 2`;

// What the server fills by itself is left to it: identities, generated columns, sequences.
const COLUMNS = `
SELECT a.attrelid::int8 AS oid, a.attname AS name, CASE WHEN t.typbasetype = 0 THEN format_type(a.atttypid, a.atttypmod) ELSE format_type(t.typbasetype, t.typtypmod) END AS type, a.attnotnull OR t.typnotnull AS required,
  coalesce(e.typname, b.typname, t.typname) AS base, coalesce(b.typelem, t.typelem) <> 0 AND coalesce(b.typlen, t.typlen) = -1 AND coalesce(b.typcategory, t.typcategory) = 'A' AS is_array,
  coalesce(e.typtype, b.typtype, t.typtype)::text AS kind, CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE t.typtypmod END AS modifier,
  pg_get_expr(d.adbin, d.adrelid) AS default,
  (SELECT json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = coalesce(e.oid, b.oid, t.oid))::text AS labels,
  (SELECT json_agg(pg_get_expr(k.conbin, 0)) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c')::text AS checks
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON b.oid = t.typbasetype LEFT JOIN pg_type e ON e.oid = coalesce(b.typelem, t.typelem) AND coalesce(b.typcategory, t.typcategory) = 'A'
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND ${OWN} AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
ORDER BY a.attrelid, a.attnum`;

const KEYS = `
SELECT i.indrelid::int8 AS oid, (SELECT json_agg(a.attname) FROM unnest(i.indkey[0:i.indnkeyatts - 1]) k JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k)::text AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indisunique AND ${OWN}`;

const REFERENCES = `
SELECT k.conrelid::int8 AS oid, k.confrelid::int8 AS to,
  (SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY u(number, place) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number)::text AS columns,
  (SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY u(number, place) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number)::text AS target
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND ${OWN} ORDER BY k.conname`;

const CHECKS = `
SELECT k.conrelid::int8 AS oid, pg_get_expr(k.conbin, k.conrelid) AS expression,
  (SELECT json_agg(a.attname) FROM unnest(k.conkey) u JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u)::text AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND k.conrelid <> 0 AND ${OWN} ORDER BY k.conname`;

function list(json: unknown): string[] {
  return typeof json === 'string' ? (JSON.parse(json) as string[]) : [];
}

/** Null for a column that its sequence fills. */
function columnOf(row: Row): Column | null {
  const fallback = typeof row.default === 'string' ? row.default : null;
  if (fallback !== null && /\bnextval\(/.test(fallback)) return null;
  return {
    name: String(row.name),
    type: String(row.type),
    base: String(row.base),
    array: row.is_array === true,
    kind: String(row.kind),
    modifier: numberOf(row.modifier),
    notNull: row.required === true,
    default: fallback,
    labels: list(row.labels),
    domainChecks: list(row.checks),
  };
}

function tableOf(row: Row): Table {
  const checks = row.bounds === null ? [] : [{ expression: String(row.bounds), columns: [] }];
  return { oid: numberOf(row.oid), sql: String(row.sql), display: String(row.display), columns: [], keys: [], references: [], checks, rows: 0 };
}

/** The bounds of a partition name their columns in the text alone. */
function nameColumns({ checks, columns }: Table): void {
  for (const check of checks) {
    if (check.columns.length === 0) check.columns = columns.map(({ name }) => name).filter((name) => check.expression.includes(name));
  }
}

/** Every table that rows can be put into, partitions instead of what they are partitions of. */
export async function tablesOf(session: Session): Promise<Table[]> {
  const tables = new Map((await session.query(TABLES)).map(tableOf).map((table) => [table.oid, table]));
  const each = async (query: string, add: (table: Table, row: Row) => void): Promise<void> => {
    for (const row of await session.query(query)) {
      const table = tables.get(numberOf(row.oid));
      if (table !== undefined) add(table, row);
    }
  };
  await each(COLUMNS, ({ columns }, row) => {
    const column = columnOf(row);
    if (column !== null) columns.push(column);
  });
  await each(KEYS, ({ keys }, row) => keys.push({ columns: list(row.columns) }));
  await each(REFERENCES, ({ references }, row) => references.push({ columns: list(row.columns), to: numberOf(row.to), target: list(row.target) }));
  await each(CHECKS, ({ checks }, row) => checks.push({ expression: String(row.expression), columns: list(row.columns) }));
  const all = [...tables.values()];
  for (const table of all) nameColumns(table);
  return all;
}

/**
 * Tables after those they point at. Where they point at each other in a circle
 * the keys that may be NULL give way, then the order of names.
 */
export function inDependencyOrder(tables: readonly Table[]): Table[] {
  const waiting = new Map(tables.map((table) => [table.oid, table]));
  const ordered: Table[] = [];
  const waits = ({ oid, references, columns }: Table, needed: boolean): boolean =>
    references.some((reference) => {
      if (reference.to === oid || !waiting.has(reference.to)) return false;
      return !needed || reference.columns.every((name) => columns.find((column) => column.name === name)?.notNull !== false);
    });
  for (;;) {
    const left = [...waiting.values()];
    const next = left.find((table) => !waits(table, false)) ?? left.find((table) => !waits(table, true)) ?? left[0];
    if (next === undefined) return ordered;
    waiting.delete(next.oid);
    ordered.push(next);
  }
}
