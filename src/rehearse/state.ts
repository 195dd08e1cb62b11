import { numberOf, type Session } from './database.js';

const OWN = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** One line for everything that a migration can make, by what a person would call it. */
const CATALOGUE = [
  `SELECT 'table ' || c.oid::regclass || CASE c.relpersistence WHEN 'u' THEN ' (unlogged)' ELSE '' END || coalesce(' ' || pg_get_expr(c.relpartbound, c.oid), '') AS line
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') AND ${OWN}`,
  `SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' END || c.oid::regclass || ' as ' || md5(pg_get_viewdef(c.oid)) AS line
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND ${OWN}`,
  `SELECT 'sequence ' || c.oid::regclass AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND ${OWN}`,
  `SELECT 'column ' || c.oid::regclass || '.' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
     || CASE WHEN a.attidentity <> '' THEN ' identity' WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND ${OWN}`,
  `SELECT 'not null on ' || c.oid::regclass || '.' || quote_ident(a.attname) AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND c.relkind IN ('r', 'p') AND ${OWN}`,
  `SELECT 'default of ' || c.oid::regclass || '.' || quote_ident(a.attname) || ': ' || pg_get_expr(d.adbin, d.adrelid) AS line
   FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT 'constraint ' || quote_ident(k.conname) || ' on ' || k.conrelid::regclass || ' ' || pg_get_constraintdef(k.oid) AS line
   FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype <> 'n' AND k.conrelid <> 0 AND ${OWN}`,
  `SELECT 'index ' || regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX ', '\\1') || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END AS line
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT 'type ' || t.oid::regtype || coalesce(' (' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) || ')', '') AS line
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
   WHERE t.typtype IN ('e', 'd') AND ${OWN} GROUP BY t.oid`,
  `SELECT 'trigger ' || quote_ident(t.tgname) || ' on ' || t.tgrelid::regclass AS line
   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${OWN}`,
  `SELECT 'function ' || p.oid::regprocedure || ' ' || md5(coalesce(p.prosrc, '')) AS line
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OWN} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
  `SELECT 'policy ' || quote_ident(l.polname) || ' on ' || l.polrelid::regclass AS line
   FROM pg_policy l JOIN pg_class c ON c.oid = l.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
];

/** Rows and values of one column, whatever their order. */
interface ColumnData {
  rows: number;
  filled: number;
  sum: string;
}

/** What a database holds, comparable with what it held before. */
export interface State {
  catalogue: string[];
  /** By `table.column`, and by table for its rows. */
  data: Map<string, ColumnData>;
}

async function dataOf(session: Session): Promise<Map<string, ColumnData>> {
  const tables = await session.query(
    `SELECT c.oid::regclass::text AS name, json_agg(a.attname ORDER BY a.attnum)::text AS columns FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND ${OWN} GROUP BY c.oid ORDER BY 1`,
  );
  const data = new Map<string, ColumnData>();
  for (const table of tables) {
    const columns = JSON.parse(String(table.columns)) as string[];
    const parts = columns.map((name, at) => {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      return `count(${quoted}) AS f${at}, coalesce(sum(hashtextextended(${quoted}::text, 0)::numeric), 0)::text AS s${at}`;
    });
    const [row] = await session.query(`SELECT count(*) AS rows, ${parts.join(', ')} FROM ONLY ${String(table.name)}`);
    data.set(String(table.name), { rows: numberOf(row?.rows), filled: numberOf(row?.rows), sum: '' });
    for (const [at, name] of columns.entries()) {
      data.set(`${String(table.name)}.${name}`, { rows: numberOf(row?.rows), filled: numberOf(row?.[`f${at}`]), sum: String(row?.[`s${at}`]) });
    }
  }
  return data;
}

export async function stateOf(session: Session): Promise<State> {
  const catalogue: string[] = [];
  for (const query of CATALOGUE) catalogue.push(...(await session.query(query)).map(({ line }) => String(line)));
  return { catalogue: catalogue.sort(), data: await dataOf(session) };
}

function dataLost(before: State, after: State): string[] {
  return [...before.data].flatMap(([name, was]) => {
    const now = after.data.get(name);
    // A column that is gone is named as such.
    if (now === undefined || was.rows === 0) return [];
    if (was.sum === '') return now.rows < was.rows ? [`data: ${was.rows - now.rows} of ${was.rows} rows of ${name}`] : [];
    if (now.rows !== was.rows || now.sum === was.sum) return [];
    return [now.filled < was.filled ? `data: ${was.filled - now.filled} of ${was.filled} values of ${name}` : `data: values of ${name} changed`];
  });
}

/** What of `before` is not in `after`, and what is in `after` and was not before; one line each. */
export function differencesBetween(before: State, after: State): string[] {
  const gone = before.catalogue.filter((line) => !after.catalogue.includes(line));
  const more = after.catalogue.filter((line) => !before.catalogue.includes(line));
  return [...gone.map((line) => `${line}: does not come back`), ...more.map((line) => `${line}: was not there before`), ...dataLost(before, after)];
}
