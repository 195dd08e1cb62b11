import { camelCase, pascalCase, plural, singular, snakeCase } from '../sql/naming.js';

/** A table, or a column of one, that a migration takes away or changes under running code. */
export interface Sought {
  /** Without its schema: code rarely writes one. */
  table: string;
  column: string | null;
}

export function soughtKey({ table, column }: Sought): string {
  return column === null ? table : `${table}.${column}`;
}

/** Spellings of a name in code, shortest first; compared without regard to case. */
export interface Spellings {
  column: readonly string[];
  table: readonly string[];
}

export function spellingsOf({ table, column }: Sought): Spellings {
  return { column: column === null ? [] : columnSpellings(column), table: tableSpellings(table) };
}

/** `user_id` is `userId`, and `user` where a model's relation stands for its key. */
function columnSpellings(column: string): string[] {
  const relation = /^(.+?)(?:_id|Id|_uuid|_fk)$/.exec(column)?.[1];
  return unique([column, camelCase(column), snakeCase(column), ...(relation === undefined ? [] : [relation, camelCase(relation)])]);
}

/** `order_items` is `OrderItem`, `orderItems`, …; Django writes its application in front, which classes leave out. */
function tableSpellings(table: string): string[] {
  const words = snakeCase(table).split('_');
  const ends = words.map((_, index) => words.slice(index).join('_')).filter((name) => name.length > 2);
  return unique(ends.flatMap((name) => [name, singular(name), plural(name)]).flatMap((name) => [name, camelCase(name), pascalCase(name)]).concat(table));
}

function unique(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => name !== '' && !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()) !== undefined);
}

/** Any of the names as a whole word; group 0 is the name. */
export function wordPattern(names: readonly string[]): RegExp {
  const words = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\w$])(?:${words.join('|')})(?![\\w$])`, 'gi');
}
