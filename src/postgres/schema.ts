import type {
  ColumnDefinition,
  Constraint,
  DataType,
  Expression,
  IndexKey,
  QualifiedName,
} from '../operations/types.js';

/**
 * What the database holds when an operation runs, as far as it is known. A
 * relation that was never seen is unknown, not absent.
 *
 * The model is persistent: `replay` never changes an object that somebody else
 * may hold, it replaces it (`withRelation` …), so a rule may keep the schema of
 * before and after side by side.
 */
export interface Schema {
  /** By `relationKey`. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** Enums, domains and composite types, by `relationKey`. */
  readonly types: ReadonlyMap<string, UserType>;
  /** Functions created by the migrations or the schema file, by `relationKey` (overloads merge, worst volatility wins). */
  readonly routines: ReadonlyMap<string, Routine>;
  /** True when nothing exists beyond what is here (schema file, truth suite): absence is then certain. */
  readonly complete: boolean;
}

export interface Relation {
  name: QualifiedName;
  kind: 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table' | 'sequence';
  columns: ReadonlyMap<string, Column>;
  /** True when `columns`, `constraints` and `indexes` are all there are. */
  complete: boolean;
  constraints: ReadonlyMap<string, TableConstraint>;
  indexes: ReadonlyMap<string, Index>;
  persistence: 'permanent' | 'unlogged' | 'temporary';
  /**
   * `empty`: born in this migration or this pending batch and nothing inserted
   * since; `new`: born there too, rows put in by the migration itself: no
   * session can be waiting for it; `existing`: rows and sessions must be expected.
   */
  age: 'empty' | 'new' | 'existing';
  /** Partitioned parent, and the bounds as written; `default` for the default partition. */
  partitionOf: { parent: string; bounds: string } | null;
  partitionBy: { strategy: 'list' | 'range' | 'hash'; keys: IndexKey[] } | null;
  /** Keys of partitions or inheritance children. */
  children: readonly string[];
  inherits: readonly string[];
  /** Views: keys of the relations read. */
  reads: readonly string[];
  triggers: ReadonlySet<string>;
  policies: ReadonlySet<string>;
  rules: ReadonlySet<string>;
  rowSecurity: boolean;
  /** Index names by which the table is clustered / identified, when set. */
  clusterIndex: string | null;
  replicaIdentity: 'default' | 'full' | 'nothing' | 'index';
  accessMethod: string | null;
  tablespace: string | null;
  ofType: string | null;
}

export interface Column {
  name: string;
  /** Null when it was never written down. */
  type: DataType | null;
  /** Null when unknown. */
  notNull: boolean | null;
  /** Undefined when unknown, null when there is none. */
  default: Expression | null | undefined;
  identity: 'always' | 'by default' | null;
  generated: ColumnDefinition['generated'] | null;
  collation: QualifiedName | null;
  /** Added in this migration or batch to a table that existed before. */
  addedHere: boolean;
}

export interface TableConstraint {
  name: string;
  /** True when PostgreSQL generated the name. */
  generatedName: boolean;
  definition: Constraint;
  validated: boolean;
  enforced: boolean;
  /** The index behind a primary key, unique or exclusion constraint. */
  index: string | null;
}

export interface Index {
  name: string;
  keys: readonly IndexKey[];
  include: readonly string[];
  unique: boolean;
  method: string;
  where: Expression | null;
  /** False after a failed concurrent build, or ON ONLY on a partitioned table. */
  valid: boolean;
  /** Name of the constraint it backs. */
  constraint: string | null;
  nullsNotDistinct: boolean;
}

export type UserType =
  | { kind: 'enum'; name: QualifiedName; values: readonly string[]; bornHere: boolean; valuesAddedHere: readonly string[] }
  | {
      kind: 'domain';
      name: QualifiedName;
      type: DataType;
      notNull: boolean;
      default: Expression | null;
      constraints: readonly { name: string; expression: Expression; validated: boolean }[];
      bornHere: boolean;
    }
  | { kind: 'composite'; name: QualifiedName; attributes: readonly ColumnDefinition[]; bornHere: boolean }
  | { kind: 'other'; name: QualifiedName; bornHere: boolean };

export interface Routine {
  name: QualifiedName;
  volatility: 'immutable' | 'stable' | 'volatile';
}

export const EMPTY_SCHEMA: Schema = {
  relations: new Map(),
  types: new Map(),
  routines: new Map(),
  complete: false,
};

/** Key under which a relation or type is kept: its schema, `public` when none was written, and its name. */
export function relationKey(name: QualifiedName): string {
  return `${name.schema ?? 'public'}.${name.name}`;
}

/** Name as reports show it: the schema only when it is not `public`. */
export function displayName(name: QualifiedName): string {
  return name.schema === undefined || name.schema === 'public' ? name.name : `${name.schema}.${name.name}`;
}

export function relationOf(schema: Schema, name: QualifiedName): Relation | undefined {
  return schema.relations.get(relationKey(name));
}
