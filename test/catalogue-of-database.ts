import type { PGlite } from '@electric-sql/pglite';

const OWN = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

const QUERIES = [
  // Columns in no order: a column that was replaced stands last.
  `SELECT n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
     || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
     || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
     || CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END
     || CASE WHEN a.attgenerated <> '' THEN ' generated ' || a.attgenerated::text ELSE '' END
     || coalesce(' collate ' || nullif(l.collname, 'default'), '') AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   LEFT JOIN pg_collation l ON l.oid = a.attcollation
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm') AND ${OWN}`,
  `SELECT n.nspname || '.' || c.relname || ' ' || c.relkind::text || c.relpersistence::text || ' ' || coalesce(pg_get_expr(c.relpartbound, c.oid), '')
   || CASE WHEN c.relispopulated THEN '' ELSE ' unpopulated' END AS line
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND ${OWN}`,
  `SELECT k.conrelid::regclass || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ' ' || k.convalidated AS line
   FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype <> 'n' AND k.conrelid <> 0 AND ${OWN}`,
  `SELECT pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid AS line
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT t.typname || ' ' || coalesce(string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder), '') AS line
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_enum e ON e.enumtypid = t.oid
   WHERE t.typtype IN ('e', 'd') AND ${OWN} AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = t.oid AND x.deptype = 'e') GROUP BY t.oid, t.typname`,
  `SELECT t.tgrelid::regclass || ' ' || t.tgname || ' ' || t.tgenabled::text AS line FROM pg_trigger t
   JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${OWN}`,
  `SELECT p.proname || '()' AS line FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE ${OWN} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
];

/** Everything a migration can change in the database, one line each, in order of the text. Backups kept by advice are left out. */
export async function catalogueOf(database: PGlite): Promise<string[]> {
  const lines: string[] = [];
  for (const query of QUERIES) {
    const { rows } = await database.query<{ line: string }>(query);
    lines.push(...rows.map(({ line }) => line).filter((line) => !line.includes('_backup')));
  }
  return lines.sort();
}
