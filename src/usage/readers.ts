import { sqlReferences } from '../parsers/load.js';
import { displayName, nameOfKey, relationKey, type Relation, type Schema } from '../postgres/schema.js';
import type { Step } from '../rule.js';
import type { Sought } from './sought.js';
import { sameName } from './places.js';

/** A view or function of the database that uses what is sought. */
export interface Reader {
  kind: 'view' | 'function';
  /** As reports show it. */
  name: string;
}

/** Views that read it, and functions whose body names it, as the schema is when the step runs. */
export function readersOf({ operation, schema }: Step, { table, column }: Sought): Reader[] {
  if (!('table' in operation) || typeof operation.table !== 'object' || operation.table === null) return [];
  const relation = schema.relations.get(relationKey(operation.table));
  const triggers = new Set(relation?.triggerFunctions.values() ?? []);
  return [...viewsOf(relation, schema, { table, column }), ...functionsOf(schema, { table, column }, triggers)];
}

function viewsOf(relation: Relation | undefined, schema: Schema, { table, column }: Sought): Reader[] {
  return (relation?.readBy ?? []).flatMap((key): Reader[] => {
    const view = schema.relations.get(key);
    const query = view?.query ?? null;
    if (view === undefined || (column !== null && (query === null || !names(query, table, column)))) return [];
    return [{ kind: 'view', name: displayName(view.name) }];
  });
}

function functionsOf({ routines }: Schema, { table, column }: Sought, triggers: ReadonlySet<string>): Reader[] {
  return [...routines].flatMap(([key, routine]): Reader[] => {
    const { body } = routine;
    if (body === null || !uses(body, { table, column }, triggers.has(key))) return [];
    return [{ kind: 'function', name: displayName(nameOfKey(key)) }];
  });
}

function uses(body: string, { table, column }: Sought, isTrigger: boolean): boolean {
  if (column === null) return sqlReferences(body).tables.some(({ name }) => sameName(name, table));
  // A trigger's function reads the row it is called for, whatever table that is.
  if (isTrigger && new RegExp(`\\b(?:new|old)\\s*\\.\\s*"?${column.replace(/[^\w]/g, '\\$&')}\\b`, 'i').test(body)) return true;
  return names(body, table, column);
}

function names(sql: string, table: string, column: string): boolean {
  if (!sql.toLowerCase().includes(column.toLowerCase())) return false;
  return sqlReferences(sql).columns.some((one) => sameName(one.column, column) && one.tables.some((name) => sameName(name, table)));
}
