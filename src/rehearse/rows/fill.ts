import { quoteIdentifier } from '../../sql/name.js';
import { numberOf, serverError, type Database, type Session } from '../database.js';
import type { UnfilledTable } from '../types.js';
import { inDependencyOrder, tablesOf, type Column, type Reference, type Table } from './catalogue.js';
import { ROW, satisfyChecks } from './checks.js';
import { valueOf } from './values.js';

export interface FillOptions {
  /** Rows that every table is to hold. */
  rows: number;
  seed: number;
  tell?: (done: number, total: number) => void;
}

export interface Filled {
  tables: number;
  rows: number;
  unfilled: UnfilledTable[];
}

/** What one INSERT needs beside its values. */
interface Plan {
  values: Map<string, string>;
  joins: string[];
  /** Columns whose value a foreign key gives. */
  referring: Set<string>;
  /** Columns that keep the rows of a key apart. */
  distinct: Set<string>;
}

/** A name's place in a sequence, the same on every machine. */
function saltOf(text: string, seed: number): number {
  let salt = seed;
  for (const character of text) salt = (salt * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return salt;
}

/** Columns of keys that no foreign key fills: they differ in every row. */
function distinctColumns({ keys, columns }: Table): Set<string> {
  const known = new Set(columns.map(({ name }) => name));
  return new Set(keys.flatMap((key) => key.columns).filter((name) => known.has(name)));
}

const CONSTANT = /^(?:'(?:[^']|'')*'|-?[\d.]+|true|false)(?:::[\w\s."[\](),]+)?$/;

/** Rows that share a value, and rows without one, wherever the schema has nothing against it. */
function ordinary(column: Column, salt: number, rows: number): string | null {
  const value = valueOf(column, `((${ROW} * 7 + ${salt}) % ${Math.max(Math.ceil(rows / 2), 1)} + 1)`, salt);
  const made = value ?? (column.default === null ? null : `(${column.default})`);
  if (made === null) return column.notNull ? null : `NULL::${column.type}`;
  const varied = column.default !== null && CONSTANT.test(column.default) ? `CASE WHEN ${ROW} % 2 = 0 THEN (${column.default})::${column.type} ELSE ${made} END` : made;
  return column.notNull ? varied : `CASE WHEN (${ROW} + ${salt}) % 7 = 3 THEN NULL ELSE ${varied} END`;
}

class Planner {
  constructor(
    private readonly table: Table,
    private readonly tables: ReadonlyMap<number, Table>,
    private readonly options: FillOptions,
  ) {}

  plan(): Plan | { reason: string } {
    const { table, options } = this;
    const plan: Plan = { values: new Map(), joins: [], referring: new Set(), distinct: distinctColumns(table) };
    for (const [at, reference] of table.references.entries()) {
      const reason = this.refer(plan, reference, at);
      if (reason !== null) return { reason };
    }
    for (const column of table.columns) {
      if (plan.values.has(column.name)) continue;
      const salt = saltOf(`${table.display}.${column.name}`, options.seed);
      const value = plan.distinct.has(column.name) ? valueOf(column, ROW, salt) : ordinary(column, salt, options.rows);
      if (value !== null) plan.values.set(column.name, value);
      else if (column.notNull && column.default === null) return { reason: `no value of type ${column.type} is known for "${column.name}"` };
    }
    return plan;
  }

  /** Takes the columns of a foreign key from a row of the table it points to. */
  private refer(plan: Plan, reference: Reference, at: number): string | null {
    const own = reference.columns.map((name) => this.column(name));
    const optional = own.some((column) => column?.notNull === false);
    if (own.includes(undefined) || reference.columns.every((name) => plan.values.has(name))) return null;
    const parent = this.tables.get(reference.to);
    if (parent?.oid === this.table.oid || !parent?.rows) return this.withoutParent(plan, reference, parent, optional);
    plan.joins.push(this.join(plan, reference, parent, { at, optional }));
    for (const [index, name] of reference.columns.entries()) {
      if (plan.values.has(name)) continue;
      plan.values.set(name, `p${at}.v${index}`);
      plan.referring.add(name);
    }
    return null;
  }

  private column(name: string | undefined): Column | undefined {
    return this.table.columns.find((column) => column.name === name);
  }

  private join(plan: Plan, { columns, target }: Reference, parent: Table, { at, optional }: { at: number; optional: boolean }): string {
    const alias = `p${at}`;
    const targets = target.map((name, index) => `x.${quoteIdentifier(name)} AS v${index}`).join(', ');
    const order = target.map((name) => `x.${quoteIdentifier(name)}`).join(', ');
    const keyed = columns.some((name) => plan.distinct.has(name));
    const outer = optional && !keyed ? 'LEFT JOIN' : 'JOIN';
    // Columns that an earlier key has filled say which row it has to be.
    const same = columns.flatMap((name, index) => {
      const value = plan.values.get(name);
      return value === undefined ? [] : [`x.${quoteIdentifier(target[index] ?? '')} = ${value}`];
    });
    if (same.length > 0) return `${outer} LATERAL (SELECT ${targets} FROM ${parent.sql} AS x WHERE ${same.join(' AND ')} ORDER BY ${order} LIMIT 1) AS ${alias} ON true`;
    const salt = saltOf(`${this.table.display}.${columns.join()}`, this.options.seed);
    const place = keyed ? `(${ROW} - 1 + (${ROW} - 1) / ${parent.rows} * ${at}) % ${parent.rows} + 1` : `(${ROW} * 7 + ${salt}) % ${parent.rows} + 1`;
    const some = outer === 'LEFT JOIN' ? ` AND (${ROW} + ${salt}) % 6 <> 1` : '';
    return `${outer} (SELECT row_number() OVER (ORDER BY ${order}) AS place, ${targets} FROM ${parent.sql} AS x) AS ${alias} ON ${alias}.place = ${place}${some}`;
  }

  /** A row may point at itself, and at nothing where that is allowed. */
  private withoutParent(plan: Plan, reference: Reference, parent: Table | undefined, optional: boolean): string | null {
    if (optional) {
      for (const name of reference.columns) {
        const column = this.column(name);
        if (column?.notNull === false && !plan.values.has(name)) plan.values.set(name, `NULL::${column.type}`);
      }
      return null;
    }
    if (parent?.oid !== this.table.oid) return `it needs rows of ${parent?.display ?? 'another table'}, which has none`;
    return this.itself(plan, reference);
  }

  private itself(plan: Plan, reference: Reference): string | null {
    for (const [index, name] of reference.columns.entries()) {
      const target = this.column(reference.target[index]);
      const value = target === undefined ? null : valueOf(target, ROW, saltOf(`${this.table.display}.${target.name}`, this.options.seed));
      if (value === null || target === undefined) return 'its rows need other rows of its own';
      plan.values.set(name, value);
      plan.values.set(target.name, value);
      plan.distinct.add(target.name);
    }
    return null;
  }
}

async function countOf(session: Session, { sql }: Table): Promise<number> {
  const [row] = await session.query(`SELECT count(*)::int8 AS count FROM ${sql}`);
  return numberOf(row?.count);
}

function insertion(table: Table, { values, joins }: Plan, from: number, to: number): string {
  const columns = [...values.keys()];
  if (columns.length === 0) return `INSERT INTO ${table.sql} SELECT FROM generate_series(${from}, ${to}) AS s(n) ON CONFLICT DO NOTHING`;
  return `INSERT INTO ${table.sql} (${columns.map(quoteIdentifier).join(', ')})
    SELECT ${[...values.values()].join(', ')} FROM generate_series(${from}, ${to}) AS s(n) ${joins.join(' ')} ON CONFLICT DO NOTHING`;
}

async function insert(session: Session, sql: string): Promise<string | null> {
  try {
    await session.query('SAVEPOINT rows');
    await session.query(sql);
    await session.query('RELEASE SAVEPOINT rows');
    return null;
  } catch (error) {
    const known = serverError(error);
    if (known === null) throw error;
    await session.query('ROLLBACK TO SAVEPOINT rows');
    return known.message;
  }
}

/** What has to be there, and nothing that could break a rule nobody foresaw. */
function barest(table: Table, plan: Plan): Plan {
  const needed = new Set([...plan.distinct, ...table.columns.filter(({ notNull, default: fallback }) => notNull && fallback === null).map(({ name }) => name)]);
  const values = new Map([...plan.values].filter(([name, value]) => needed.has(name) || /\bp\d+\.v/.test(value)));
  return { ...plan, values };
}

async function fillTable(session: Session, table: Table, tables: ReadonlyMap<number, Table>, options: FillOptions): Promise<string | null> {
  const before = await countOf(session, table);
  table.rows = before;
  if (before >= options.rows) return null;
  const plan = new Planner(table, tables, options).plan();
  if ('reason' in plan) return plan.reason;
  const unsolved = await satisfyChecks(session, table, plan.values, { referring: plan.referring, distinct: plan.distinct, seed: options.seed });
  let problem: string | null = null;
  for (const attempt of [plan, barest(table, plan)]) {
    problem = await insert(session, insertion(table, attempt, before + 1, options.rows));
    if (problem === null) break;
  }
  table.rows = await countOf(session, table);
  // Rows that met a key by chance are no loss worth a line.
  if (table.rows >= options.rows / 2) return null;
  if (unsolved.length > 0 && problem !== null) return `nothing was found that satisfies CHECK (${unsolved[0] ?? ''})`;
  return problem ?? (table.rows > before ? 'its keys leave no room for more' : 'every row broke a key');
}

/**
 * Puts rows into every table, those that others point at first. What is put in
 * hangs on the schema and the seed alone. Triggers and foreign keys are at rest
 * meanwhile: the rows keep to the keys by themselves.
 */
export async function fillTables(database: Database, options: FillOptions): Promise<Filled> {
  const { session } = database;
  const tables = inDependencyOrder(await tablesOf(session));
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const unfilled: UnfilledTable[] = [];
  const own = database.belongs === 'own';
  await session.query(own ? 'BEGIN' : 'SAVEPOINT filling');
  await insert(session, "SET session_replication_role = 'replica'");
  for (const [index, table] of tables.entries()) {
    options.tell?.(index, tables.length);
    const reason = await fillTable(session, table, byOid, options);
    if (reason !== null) unfilled.push({ table: table.display, rows: table.rows, reason });
  }
  await insert(session, 'RESET session_replication_role');
  await refresh(session);
  await session.query(own ? 'COMMIT' : 'RELEASE SAVEPOINT filling');
  return { tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0), unfilled };
}

async function refresh(session: Session): Promise<void> {
  const views = await session.query(
    "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname !~ '^pg_' ORDER BY c.oid",
  );
  for (const { name } of views) await insert(session, `REFRESH MATERIALIZED VIEW ${String(name)}`);
}
