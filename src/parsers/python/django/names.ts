import { digest } from '../../../digest.js';

/** PostgreSQL cuts names after 63 bytes; Django shortens its own before that. */
const LONGEST = 63;

/** The digest by which Django keeps its names apart, over the parts joined without anything between. */
function shortDigest(parts: readonly string[], length: number): string {
  return digest('md5', parts.join('')).slice(0, length);
}

/** `"schema"."table"`, which projects write into `db_table`, is a name with its schema. */
export function bareTable(table: string): string {
  const parts = /^"?([^"]+)"\."([^"]+)"?$/.exec(table);
  return parts?.[2] ?? table.replace(/^"(.*)"$/, '$1');
}

/** Name of an index or a constraint over columns: `shop_order_customer_id_3f1c_fk_shop_customer_id`. */
export function generatedName(table: string, columns: readonly string[], suffix = ''): string {
  const bare = bareTable(table);
  let ending = `${shortDigest([bare, ...columns], 8)}${suffix}`;
  const whole = `${bare}_${columns.join('_')}_${ending}`;
  if (whole.length <= LONGEST) return whole;
  if (ending.length > LONGEST / 3) ending = ending.slice(0, Math.floor(LONGEST / 3));
  const room = Math.floor((LONGEST - ending.length) / 2) - 1;
  const name = `${bare.slice(0, room)}_${columns.join('_').slice(0, room)}_${ending}`;
  return /^[_\d]/.test(name) ? `D${name.slice(0, -1)}` : name;
}

/** The foreign key's name speaks of both ends, its digest of one. */
export function foreignKeyName(table: string, column: string, toTable: string, toColumn: string): string {
  return generatedName(table, [column], `_fk_${bareTable(toTable)}_${toColumn}`);
}

/** Name of an `Index` that was given none: at most 30 characters. */
export function indexName(table: string, columns: readonly string[], fields: readonly string[], suffix = 'idx'): string {
  const name = `${bareTable(table).slice(0, 11)}_${(columns[0] ?? '').slice(0, 7)}_${shortDigest([table, ...fields, suffix], 6)}_${suffix}`;
  return /^[_\d]/.test(name) ? `D${name.slice(1)}` : name;
}

/** A table name of Django's own making, cut with four characters of digest. */
export function truncated(name: string): string {
  if (name.length <= LONGEST) return name;
  return `${name.slice(0, LONGEST - 4)}${shortDigest([name], 4)}`;
}

/** What PostgreSQL calls a constraint that was written without a name: `shop_order_number_key`. */
export function serverName(table: string, column: string, label: 'key' | 'check' | 'pkey' | 'seq'): string {
  let [first, second] = [bareTable(table), label === 'pkey' ? '' : column];
  const overhead = label.length + 1 + (second === '' ? 0 : 1);
  while (first.length + second.length + overhead > LONGEST) {
    if (first.length > second.length) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return [first, ...(second === '' ? [] : [second]), label].join('_');
}
