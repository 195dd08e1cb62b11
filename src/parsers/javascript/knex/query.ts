import type { Value } from '../evaluate/value.js';
import type { SqlWriter } from '../sql-writer.js';
import type { Conditions } from './conditions.js';

export type Write = (writer: SqlWriter) => void;

/** A table joined by ON, or a join in the author's own words. */
export type Join = { word: string; table: Value | undefined; on: Conditions } | { raw: Write };

/** `union(…)`, `intersect(…)`, `except(…)`: one more query. */
export interface Union {
  word: string;
  query: Value;
  /** In parentheses, as the query before it. */
  wrap: boolean;
}

export type QueryKind = 'select' | 'insert' | 'update' | 'delete' | 'truncate' | 'info';

/** What the calls of a chain have said of its query so far. */
export class Query {
  kind: QueryKind = 'select';
  target: Value | undefined;
  schema: string | undefined;
  only = false;
  rows: Value | undefined;
  ctes: Write[] = [];
  /** A CTE refers to itself. */
  recursive = false;
  columns: Write[] = [];
  /** `distinct `, `distinct on (…) `. */
  distinct: Write | null = null;
  joins: Join[] = [];
  sets: { column: string; write: Write }[] = [];
  counters: { column: string; write: Write }[] = [];
  where: Conditions;
  unions: Union[] = [];
  groups: Write[] = [];
  having: Conditions;
  orders: Write[] = [];
  limit: Value | undefined;
  offset: Value | undefined;
  lock = '';
  wait = '';
  returns: Value | undefined;
  /** `updateFrom`. */
  from: Value | undefined;
  using: Value | undefined;
  conflict: { columns: Value | undefined; does?: 'nothing' | 'update'; updates?: Value | undefined } | null = null;
  alias: Value | undefined;
  /** `jsonSet(…)` and the like, as a value of another query. */
  json: Write | null = null;
  /** A call was met that is not known. */
  partial = false;

  constructor(where: Conditions, having: Conditions) {
    this.where = where;
    this.having = having;
  }

  clone(): Query {
    const copy = new Query(this.where.clone(), this.having.clone());
    const { where, having } = copy;
    Object.assign(copy, this, { where, having });
    for (const key of ['ctes', 'columns', 'sets', 'counters', 'groups', 'orders'] as const) Object.assign(copy, { [key]: [...this[key]] });
    copy.joins = [...this.joins];
    copy.unions = [...this.unions];
    return copy;
  }
}
