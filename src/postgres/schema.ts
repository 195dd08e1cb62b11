import type {
  ColumnDefinition,
  Constraint,
  DataType,
  Expression,
  ForeignKeyConstraint,
  IndexKey,
  ObjectKind,
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
  /** Owners of indexes: `relationKey` of the index to the key of its relation. */
  readonly indexes: ReadonlyMap<string, string>;
  /** Objects that are neither relation, type nor routine, by `objectKey`. */
  readonly objects: ReadonlyMap<string, DatabaseObject>;
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
  /** Rule name to its statement, for the relations and columns it names. */
  ruleTexts: ReadonlyMap<string, string>;
  rowSecurity: boolean;
  /** Index names by which the table is clustered / identified, when set. */
  clusterIndex: string | null;
  replicaIdentity: 'default' | 'full' | 'nothing' | 'index';
  accessMethod: string | null;
  tablespace: string | null;
  ofType: string | null;
  /** Keys of the tables whose foreign keys point here, itself left out; `referencing` gives the keys themselves. */
  referencedBy: readonly string[];
  /** Keys of the views and materialised views that read this relation. */
  readBy: readonly string[];
  /** Views: the query in the author's words, null when unknown. */
  query: string | null;
  /** Sequences: the column that owns it. */
  ownedBy: { table: string; column: string } | null;
  /** Trigger name to the key of the routine it calls. */
  triggerFunctions: ReadonlyMap<string, string>;
  /** Trigger name to its definition, for the columns after UPDATE OF and in WHEN. */
  triggerTexts: ReadonlyMap<string, { columns: readonly string[]; text: string }>;
  /** Policy name to the keys of the relations its expressions read. */
  policyReads: ReadonlyMap<string, readonly string[]>;
  /** Policy name to its expressions, USING and WITH CHECK. */
  policyExpressions: ReadonlyMap<string, readonly Expression[]>;
  /** Materialised views: false after WITH NO DATA. */
  populated: boolean;
  /** The extension that keeps the rows in chunks or shards of its own. */
  managedBy?: string;
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
  /** Lower case, null when not written; and the body. The server inlines simple functions in SQL. */
  language: string | null;
  body: string | null;
  /** Every routine of the name. */
  overloads: readonly Overload[];
}

/** What tells one routine of a name from the others. */
export interface Overload {
  /** Types of the arguments that go in, as `argumentTypes` writes them. */
  types: string;
  /** As `returnType` writes it, null when it cannot be compared. */
  returns: string | null;
  procedure: boolean;
}

/** A schema, an extension, a publication, extended statistics … */
export interface DatabaseObject {
  kind: ObjectKind;
  name: QualifiedName;
  /** Keys of the tables it speaks of: the tables of a publication, the table of statistics. */
  tables: readonly string[];
  /** Publications: FOR ALL TABLES. */
  allTables: boolean;
}

export const EMPTY_SCHEMA: Schema = {
  relations: new Map(),
  types: new Map(),
  routines: new Map(),
  indexes: new Map(),
  objects: new Map(),
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

/** Key under which an object of `Schema.objects` is kept. */
export function objectKey(kind: ObjectKind, name: QualifiedName): string {
  return `${kind} ${relationKey(name)}`;
}

/** The name a key stands for; inverse of `relationKey`. */
export function nameOfKey(key: string): QualifiedName {
  const dot = key.indexOf('.');
  return { schema: key.slice(0, dot), name: key.slice(dot + 1) };
}

/** The relation an index belongs to, or undefined when the index was never seen. */
export function ownerOfIndex(schema: Schema, index: QualifiedName): Relation | undefined {
  const owner = schema.indexes.get(relationKey(index));
  return owner === undefined ? undefined : schema.relations.get(owner);
}

export interface ForeignKeyReference {
  table: Relation;
  constraint: TableConstraint & { definition: ForeignKeyConstraint };
}

/** Whether the constraint is a foreign key that points at the relation kept under `key`. */
export function pointsAt(
  constraint: TableConstraint,
  key: string,
): constraint is TableConstraint & { definition: ForeignKeyConstraint } {
  return constraint.definition.type === 'foreign key' && relationKey(constraint.definition.references.table) === key;
}

/** Foreign keys of any table, itself included, that point at `table`. */
export function referencing(schema: Schema, table: QualifiedName): ForeignKeyReference[] {
  const key = relationKey(table);
  const found: ForeignKeyReference[] = [];
  for (const from of [key, ...(schema.relations.get(key)?.referencedBy ?? [])]) {
    const relation = schema.relations.get(from);
    if (relation === undefined) continue;
    for (const constraint of relation.constraints.values()) {
      if (pointsAt(constraint, key)) found.push({ table: relation, constraint });
    }
  }
  return found;
}

/** Keys of the relation's partitions or inheritance children, all generations, parents first. */
export function descendants(schema: Schema, key: string): string[] {
  const found: string[] = [];
  const seen = new Set([key]);
  const pending = [...(schema.relations.get(key)?.children ?? [])];
  for (let child = pending.shift(); child !== undefined; child = pending.shift()) {
    if (seen.has(child)) continue;
    seen.add(child);
    found.push(child);
    pending.push(...(schema.relations.get(child)?.children ?? []));
  }
  return found;
}

const NO_ENTRIES: ReadonlyMap<string, never> = new Map<string, never>();
const NO_NAMES: ReadonlySet<string> = new Set<string>();

/** A relation with nothing in it, for `facts` to fill: an ordinary table, existing, of unknown columns. */
export function newRelation(name: QualifiedName, facts: Partial<Relation> = {}): Relation {
  return {
    name,
    kind: 'table',
    columns: NO_ENTRIES,
    complete: false,
    constraints: NO_ENTRIES,
    indexes: NO_ENTRIES,
    persistence: 'permanent',
    age: 'existing',
    partitionOf: null,
    partitionBy: null,
    children: [],
    inherits: [],
    reads: [],
    triggers: NO_NAMES,
    policies: NO_NAMES,
    rules: NO_NAMES,
    ruleTexts: NO_ENTRIES,
    rowSecurity: false,
    clusterIndex: null,
    replicaIdentity: 'default',
    accessMethod: null,
    tablespace: null,
    ofType: null,
    referencedBy: [],
    readBy: [],
    query: null,
    ownedBy: null,
    triggerFunctions: NO_ENTRIES,
    triggerTexts: NO_ENTRIES,
    policyReads: NO_ENTRIES,
    policyExpressions: NO_ENTRIES,
    populated: true,
    ...facts,
  };
}

/** A column of which only the name is known, for `facts` to fill. */
export function newColumn(name: string, facts: Partial<Column> = {}): Column {
  return {
    name,
    type: null,
    notNull: null,
    default: undefined,
    identity: null,
    generated: null,
    collation: null,
    addedHere: false,
    ...facts,
  };
}
