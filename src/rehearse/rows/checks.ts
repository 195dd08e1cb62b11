import { quoteIdentifier } from '../../sql/name.js';
import { serverError, type Session } from '../database.js';
import type { Column, Table } from './catalogue.js';
import { candidatesOf, valueOf } from './values.js';

/** SQL for the value of a column in row `s.n`, by column. `joined` stands for what a foreign key gives. */
export type Chosen = ReadonlyMap<string, string>;

export const ROW = 's.n';

interface Rule {
  expression: string;
  columns: string[];
}

/** Table checks, and those of domains as if they were written on the column. */
function rulesOf({ checks, columns }: Table): Rule[] {
  const ofDomains = columns.flatMap(({ name, domainChecks }) =>
    domainChecks.map((expression) => ({ expression: expression.replace(/\bVALUE\b/g, () => quoteIdentifier(name)), columns: [name] })),
  );
  return [...checks, ...ofDomains];
}

/** Rules that share a column are decided together. */
function groups(rules: readonly Rule[]): Rule[][] {
  const result: Rule[][] = [];
  for (const rule of rules) {
    const joined = result.filter((group) => group.some(({ columns }) => columns.some((name) => rule.columns.includes(name))));
    const merged = [rule, ...joined.flat()];
    for (const group of joined) result.splice(result.indexOf(group), 1);
    result.push(merged);
  }
  return result;
}

function holding(rules: readonly Rule[]): string {
  return rules.map(({ expression }) => `(${expression}) IS NOT FALSE`).join(' AND ');
}

/** The answer, or null when the server does not understand the question. */
async function ask(session: Session, sql: string): Promise<Record<string, unknown>[] | null> {
  try {
    await session.query('SAVEPOINT question');
    const rows = await session.query(sql);
    await session.query('RELEASE SAVEPOINT question');
    return rows;
  } catch (error) {
    if (serverError(error) === null) throw error;
    await session.query('ROLLBACK TO SAVEPOINT question');
    return null;
  }
}

async function holdAnyway(session: Session, rules: readonly Rule[], columns: readonly Column[], chosen: Chosen): Promise<boolean> {
  const values = columns.map((column) => `${chosen.get(column.name) ?? `NULL::${column.type}`} AS ${quoteIdentifier(column.name)}`);
  const rows = await ask(session, `SELECT bool_and(${holding(rules)}) AS ok FROM (SELECT ${values.join(', ')} FROM generate_series(1, 40) AS s(n)) AS sample`);
  return rows?.[0]?.ok === true;
}

/** As many combinations as can be tried in no time. */
const MOST = 60_000;
const KEPT = 40;

function trimmed(lists: readonly string[][]): string[][] {
  const result = lists.map((list) => [...list]);
  while (result.reduce((product, list) => product * list.length, 1) > MOST) {
    const longest = result.reduce((a, b) => (b.length > a.length ? b : a));
    // NULL stands last and is what most conditions allow.
    longest.splice(longest.length - 2, 1);
  }
  return result;
}

async function combinations(session: Session, rules: readonly Rule[], columns: readonly Column[], lists: readonly string[][], seed: number): Promise<number[][]> {
  const sources = columns.map(({ name }, at) => {
    const values = (lists[at] ?? []).map((value, index) => `SELECT ${index} AS k, ${value} AS ${quoteIdentifier(name)}`);
    return `LATERAL (${values.join(' UNION ALL ')}) AS c${at}`;
  });
  const keys = columns.map((_, at) => `c${at}.k`);
  const picked = keys.map((key, at) => `${key} AS k${at}`).join(', ');
  const rows = await ask(
    session,
    `SELECT ${picked} FROM (VALUES (7), (1000)) AS s(n), ${sources.join(', ')} GROUP BY ${keys.join(', ')}
     HAVING bool_and(${holding(rules)}) ORDER BY hashtext(concat_ws('/', ${keys.join(', ')}, ${seed})) LIMIT ${KEPT}`,
  );
  return (rows ?? []).map((row) => columns.map((_, at) => Number(row[`k${at}`])));
}

/** Those that keep rows apart, where a key needs it and some do. */
function keepingApart(found: readonly number[][], columns: readonly Column[], lists: readonly string[][], distinct: ReadonlySet<string>): readonly number[][] {
  const apart = found.filter((combination) =>
    columns.every(({ name }, at) => !distinct.has(name) || (lists[at]?.[combination[at] ?? 0] ?? '').includes(ROW)),
  );
  return apart.length > 0 ? apart : found;
}

/**
 * Changes the values of columns that CHECK constraints speak of until the
 * constraints hold: the database itself tries what they compare with, and
 * usual spellings. Answers the constraints for which nothing was found.
 */
export async function satisfyChecks(
  session: Session,
  table: Table,
  values: Map<string, string>,
  how: { referring: ReadonlySet<string>; distinct: ReadonlySet<string>; seed: number },
): Promise<string[]> {
  const unsolved: string[] = [];
  for (const rules of groups(rulesOf(table))) {
    const names = new Set(rules.flatMap((rule) => rule.columns));
    const columns = table.columns.filter(({ name }) => names.has(name));
    if (columns.length === 0) continue;
    const standIn = (column: Column): string => valueOf(column, ROW, how.seed) ?? `NULL::${column.type}`;
    const plain = new Map(columns.map((column) => [column.name, how.referring.has(column.name) ? standIn(column) : (values.get(column.name) ?? `NULL::${column.type}`)]));
    if (await holdAnyway(session, rules, columns, plain)) continue;
    const lists = trimmed(
      columns.map((column) => {
        if (how.referring.has(column.name)) return column.notNull ? [standIn(column)] : [standIn(column), `NULL::${column.type}`];
        return candidatesOf(column, ROW, how.seed, rules.map(({ expression }) => expression));
      }),
    );
    const found = keepingApart(await combinations(session, rules, columns, lists, how.seed), columns, lists, how.distinct);
    if (found.length === 0) {
      unsolved.push(...rules.map(({ expression }) => expression));
      continue;
    }
    for (const [at, column] of columns.entries()) {
      const joined = how.referring.has(column.name) ? values.get(column.name) : undefined;
      const cases = found.map((combination, index) => {
        const choice = lists[at]?.[combination[at] ?? 0] ?? 'NULL';
        const value = joined !== undefined && choice === standIn(column) ? joined : choice;
        return `WHEN ${index} THEN ${value}`;
      });
      values.set(column.name, `CASE ${ROW} % ${found.length} ${cases.join(' ')} END`);
    }
  }
  return unsolved;
}
