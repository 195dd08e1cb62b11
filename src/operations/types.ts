/**
 * The contract in the middle: what a migration does, close to PostgreSQL's own
 * DDL and free of any framework. Parsers produce operations, everything after
 * them reads nothing else.
 */

/** Half-open range of UTF-16 offsets into the file as its author wrote it. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A name as PostgreSQL sees it: unquoted spelling is already folded to lower
 * case. `schema` is there only when the author wrote one.
 */
export interface QualifiedName {
  schema?: string;
  name: string;
}

/**
 * A canonical PostgreSQL type, whatever alias or ORM spelling was used:
 * `int4` is `integer`, `varchar(50)` is `{ name: 'character varying', length: 50 }`,
 * `timestamptz` is `timestamp with time zone`. `serial`, `bigserial` and
 * `smallserial` stay what they are: they say more than their integer.
 */
export interface DataType {
  schema?: string;
  name: string;
  /** character, character varying, bit, bit varying. */
  length?: number;
  /** numeric, and the fractional digits of time, timestamp and interval. */
  precision?: number;
  /** numeric only. */
  scale?: number;
  /** interval only, as `day to second`. */
  fields?: string;
  /** Modifiers of any other type, as written: `geometry(Point,4326)`. */
  modifiers?: string[];
  /** Number of array dimensions, 0 left out. */
  dimensions?: number;
}

/** An SQL expression in the author's own words. `postgres/expression.ts` analyses it. */
export type Expression = string;

export type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

interface ConstraintBase {
  /** Absent where PostgreSQL would generate one. */
  name?: string;
  /** Where the constraint stands in the file, when it stands apart from its operation. */
  span?: Span;
  deferrable?: boolean;
  initiallyDeferred?: boolean;
}

export interface PrimaryKeyConstraint extends ConstraintBase {
  type: 'primary key';
  /** Empty with `usingIndex`. */
  columns: string[];
  include?: string[];
  usingIndex?: string;
}

export interface UniqueConstraint extends ConstraintBase {
  type: 'unique';
  /** Empty with `usingIndex`. */
  columns: string[];
  include?: string[];
  nullsNotDistinct?: boolean;
  usingIndex?: string;
}

export interface CheckConstraint extends ConstraintBase {
  type: 'check';
  expression: Expression;
  noInherit?: boolean;
  notValid?: boolean;
  notEnforced?: boolean;
}

/** The named table constraint of PostgreSQL 18: `ADD CONSTRAINT n NOT NULL c`. */
export interface NotNullConstraint extends ConstraintBase {
  type: 'not null';
  column: string;
  noInherit?: boolean;
  notValid?: boolean;
}

export interface ForeignKeyConstraint extends ConstraintBase {
  type: 'foreign key';
  columns: string[];
  /** `columns` is empty when the author left the primary key implied. */
  references: { table: QualifiedName; columns: string[] };
  match?: 'full' | 'partial';
  onDelete?: ForeignKeyAction;
  onUpdate?: ForeignKeyAction;
  notValid?: boolean;
  notEnforced?: boolean;
}

export interface ExclusionConstraint extends ConstraintBase {
  type: 'exclude';
  method?: string;
  /** `expression WITH operator`, as written. */
  elements: string[];
  where?: Expression;
  include?: string[];
}

export type Constraint =
  | PrimaryKeyConstraint
  | UniqueConstraint
  | CheckConstraint
  | NotNullConstraint
  | ForeignKeyConstraint
  | ExclusionConstraint;

export interface ColumnDefinition {
  name: string;
  /** Absent only in a typed table or a partition, which take it from elsewhere. */
  type?: DataType;
  /** `false` when the author wrote NULL, absent when neither was written. */
  notNull?: boolean;
  /** Name of an inline NOT NULL constraint. */
  notNullName?: string;
  default?: Expression;
  identity?: 'always' | 'by default';
  /** Options of the identity's sequence, as written between the parentheses. */
  identityOptions?: string;
  /** `stored` is absent when neither STORED nor VIRTUAL was written (VIRTUAL from 18 on). */
  generated?: { expression: Expression; stored?: boolean };
  collation?: QualifiedName;
  storage?: string;
  compression?: string;
  /** Inline constraints in the order written; `columns` names this column. */
  constraints?: Constraint[];
  span?: Span;
}

export interface IndexKey {
  /** Exactly one of `column` and `expression`. */
  column?: string;
  expression?: Expression;
  collation?: QualifiedName;
  operatorClass?: string;
  order?: 'asc' | 'desc';
  nulls?: 'first' | 'last';
}

/** A query, kept as text with the relations it reads and the volatile facts we need. */
export interface Query {
  text: string;
  /** Every relation named in FROM, joins, subselects and CTE bodies; CTE names left out. */
  reads: QualifiedName[];
}

export interface Argument {
  mode?: 'in' | 'out' | 'inout' | 'variadic' | 'table';
  name?: string;
  type: DataType;
  default?: Expression;
}

/** What kind of relation an ALTER names: `ALTER VIEW v RENAME` and `ALTER TABLE t RENAME` differ in this. */
export type RelationKind =
  | 'table'
  | 'view'
  | 'materialized view'
  | 'index'
  | 'sequence'
  | 'foreign table';

/** Objects that rename, owner, schema, comment, grant and drop speak of beside relations. */
export type ObjectKind =
  | RelationKind
  | 'column'
  | 'constraint'
  | 'domain constraint'
  | 'type'
  | 'domain'
  | 'attribute'
  | 'function'
  | 'procedure'
  | 'routine'
  | 'aggregate'
  | 'operator'
  | 'operator class'
  | 'operator family'
  | 'collation'
  | 'conversion'
  | 'cast'
  | 'trigger'
  | 'event trigger'
  | 'policy'
  | 'rule'
  | 'schema'
  | 'database'
  | 'extension'
  | 'publication'
  | 'subscription'
  | 'statistics'
  | 'server'
  | 'foreign data wrapper'
  | 'user mapping'
  | 'language'
  | 'access method'
  | 'tablespace'
  | 'role'
  | 'transform'
  | 'text search configuration'
  | 'text search dictionary'
  | 'text search parser'
  | 'text search template'
  | 'large object';

export type LockMode =
  | 'ACCESS SHARE'
  | 'ROW SHARE'
  | 'ROW EXCLUSIVE'
  | 'SHARE UPDATE EXCLUSIVE'
  | 'SHARE'
  | 'SHARE ROW EXCLUSIVE'
  | 'EXCLUSIVE'
  | 'ACCESS EXCLUSIVE';

/**
 * One statement of the file: what the server would parse as one command, or
 * one builder call. All operations of one statement share the same object.
 */
export interface Statement {
  /** 0, 1, 2 … in execution order within one direction of one migration. */
  id: number;
  /**
   * Which call reaches the server. Statements of one multi-statement string
   * share it, and with it one implicit transaction.
   */
  call: number;
  span: Span;
}

interface Base {
  /** The part that matters: the column, the constraint, the index name. */
  span: Span;
  statement: Statement;
  /** Runs only under a condition that could not be decided. */
  conditional?: true;
  /** Something in it could not be known; a hole of the right lexical kind stands there. */
  partial?: true;
  /** IF EXISTS, IF NOT EXISTS, or a guard in code that acts like one. */
  guard?: 'if exists' | 'if not exists';
  /** Sent by the framework, not written by the author (BEGIN of an autocommit block …). */
  implied?: true;
  /** Runs inside a DO block or an inlined routine body. */
  within?: 'do';
  /** Sent over another connection than the one that holds the open transaction: not part of it, and it waits for its locks. */
  outside?: true;
}

interface TableAction extends Base {
  table: QualifiedName;
  /** ALTER TABLE ONLY. */
  only?: true;
  /** ALTER VIEW v …, ALTER INDEX i …; absent means ALTER TABLE. */
  relation?: Exclude<RelationKind, 'table'>;
  /**
   * ALTER TABLE IF EXISTS, for the actions whose `guard` is their own: ADD and
   * DROP COLUMN, DROP CONSTRAINT, DROP EXPRESSION, DROP IDENTITY. For every
   * other action `guard` is the table's.
   */
  tableGuard?: 'if exists';
}

interface ColumnAction extends TableAction {
  column: string;
}

// --- tables ---------------------------------------------------------------

export interface CreateTable extends Base {
  kind: 'createTable';
  table: QualifiedName;
  columns: ColumnDefinition[];
  constraints: Constraint[];
  persistence?: 'temporary' | 'unlogged';
  partitionBy?: { strategy: 'list' | 'range' | 'hash'; keys: IndexKey[] };
  /** `bounds` as written, `FOR VALUES FROM (…) TO (…)`; absent for DEFAULT. */
  partitionOf?: { parent: QualifiedName; bounds?: string };
  inherits?: QualifiedName[];
  /** `options` as written: `INCLUDING ALL EXCLUDING INDEXES`. */
  like?: { table: QualifiedName; options?: string }[];
  ofType?: QualifiedName;
  accessMethod?: string;
  /** WITH (…), as written between the parentheses. */
  options?: string;
  onCommit?: 'preserve rows' | 'delete rows' | 'drop';
  tablespace?: string;
  /** FOREIGN TABLE … SERVER. */
  server?: string;
  serverOptions?: string;
}

export interface CreateTableAs extends Base {
  kind: 'createTableAs';
  table: QualifiedName;
  columns?: string[];
  query: Query;
  persistence?: 'temporary' | 'unlogged';
  withNoData?: true;
  options?: string;
  tablespace?: string;
  onCommit?: 'preserve rows' | 'delete rows' | 'drop';
}

/** One per table: `DROP TABLE a, b` is two operations of one statement. */
export interface DropTable extends Base {
  kind: 'dropTable';
  table: QualifiedName;
  cascade?: true;
  foreign?: true;
}

/** Renames a relation; `relation` says which kind when it is not a table. */
export interface RenameTable extends TableAction {
  kind: 'renameTable';
  to: string;
}

export interface RenameColumn extends ColumnAction {
  kind: 'renameColumn';
  to: string;
}

export interface RenameConstraint extends TableAction {
  kind: 'renameConstraint';
  constraint: string;
  to: string;
}

export interface SetTableSchema extends TableAction {
  kind: 'setTableSchema';
  to: string;
}

export interface AddColumn extends TableAction {
  kind: 'addColumn';
  column: ColumnDefinition;
}

export interface DropColumn extends ColumnAction {
  kind: 'dropColumn';
  cascade?: true;
}

export interface AlterColumnType extends ColumnAction {
  kind: 'alterColumnType';
  type: DataType;
  using?: Expression;
  collation?: QualifiedName;
  /** What the author says the column was (Alembic's existing_type, TypeORM's old column). */
  from?: DataType;
}

export interface SetNotNull extends ColumnAction {
  kind: 'setNotNull';
}
export interface DropNotNull extends ColumnAction {
  kind: 'dropNotNull';
}
export interface SetDefault extends ColumnAction {
  kind: 'setDefault';
  default: Expression;
}
export interface DropDefault extends ColumnAction {
  kind: 'dropDefault';
}
/** ALTER COLUMN … SET EXPRESSION AS (…), 17+. */
export interface SetExpression extends ColumnAction {
  kind: 'setExpression';
  expression: Expression;
}
export interface DropExpression extends ColumnAction {
  kind: 'dropExpression';
}
export interface AddIdentity extends ColumnAction {
  kind: 'addIdentity';
  identity: 'always' | 'by default';
  options?: string;
}
/** As written after the column: `SET GENERATED ALWAYS RESTART WITH 5`. */
export interface AlterIdentity extends ColumnAction {
  kind: 'alterIdentity';
  options: string;
}
export interface DropIdentity extends ColumnAction {
  kind: 'dropIdentity';
}
/** `target` -1 is the default. On an index the column is a number. */
export interface SetStatistics extends ColumnAction {
  kind: 'setStatistics';
  target: number;
}
export interface SetStorage extends ColumnAction {
  kind: 'setStorage';
  storage: string;
}
export interface SetCompression extends ColumnAction {
  kind: 'setCompression';
  compression: string;
}
export interface SetColumnOptions extends ColumnAction {
  kind: 'setColumnOptions';
  options: string;
  reset?: true;
}

export interface AddConstraint extends TableAction {
  kind: 'addConstraint';
  constraint: Constraint;
}
/** Options as written after the name: `DEFERRABLE INITIALLY DEFERRED`, `NOT ENFORCED`, `INHERIT`. */
export interface AlterConstraint extends TableAction {
  kind: 'alterConstraint';
  constraint: string;
  options: string;
}
export interface ValidateConstraint extends TableAction {
  kind: 'validateConstraint';
  constraint: string;
}
export interface DropConstraint extends TableAction {
  kind: 'dropConstraint';
  constraint: string;
  cascade?: true;
  /** What the author says it was (Alembic's type_, TypeORM's dropForeignKey). */
  type?: Constraint['type'];
}

export interface SetTablespace extends TableAction {
  kind: 'setTablespace';
  tablespace: string;
}
export interface SetLogged extends TableAction {
  kind: 'setLogged';
  logged: boolean;
}
export interface SetAccessMethod extends TableAction {
  kind: 'setAccessMethod';
  /** Absent for DEFAULT. */
  method?: string;
}
/** CLUSTER ON index; without `index` SET WITHOUT CLUSTER. */
export interface SetClusterIndex extends TableAction {
  kind: 'setClusterIndex';
  index?: string;
}
/** SET (…) or RESET (…) of storage parameters, as written between the parentheses. */
export interface SetTableOptions extends TableAction {
  kind: 'setTableOptions';
  options: string;
  reset?: true;
}
export interface SetInherit extends TableAction {
  kind: 'setInherit';
  parent: QualifiedName;
  inherit: boolean;
}
/** OF type; without `type` NOT OF. */
export interface SetTableType extends TableAction {
  kind: 'setTableType';
  type?: QualifiedName;
}
export interface SetTableOwner extends TableAction {
  kind: 'setTableOwner';
  owner: string;
}
export interface SetReplicaIdentity extends TableAction {
  kind: 'setReplicaIdentity';
  identity: 'default' | 'full' | 'nothing' | 'index';
  index?: string;
}
export interface SetRowSecurity extends TableAction {
  kind: 'setRowSecurity';
  mode: 'enable' | 'disable' | 'force' | 'no force';
}
export interface ToggleTrigger extends TableAction {
  kind: 'toggleTrigger';
  mode: 'enable' | 'enable always' | 'enable replica' | 'disable';
  /** A name, or every one of a sort. */
  trigger: string;
  all?: 'all' | 'user';
}
export interface ToggleRule extends TableAction {
  kind: 'toggleRule';
  mode: 'enable' | 'enable always' | 'enable replica' | 'disable';
  rule: string;
}
export interface AttachPartition extends TableAction {
  kind: 'attachPartition';
  partition: QualifiedName;
  /** As written, `FOR VALUES …`; absent for DEFAULT, and for an index. */
  bounds?: string;
}
export interface DetachPartition extends TableAction {
  kind: 'detachPartition';
  partition: QualifiedName;
  concurrently?: true;
  finalize?: true;
}

// --- indexes --------------------------------------------------------------

export interface CreateIndex extends Base {
  kind: 'createIndex';
  /** Absent where PostgreSQL would generate one. */
  index?: string;
  table: QualifiedName;
  only?: true;
  keys: IndexKey[];
  include?: string[];
  unique?: true;
  concurrently?: true;
  nullsNotDistinct?: true;
  method?: string;
  where?: Expression;
  options?: string;
  tablespace?: string;
}

/** One per index. `table` when the framework's call names it. */
export interface DropIndex extends Base {
  kind: 'dropIndex';
  index: QualifiedName;
  table?: QualifiedName;
  concurrently?: true;
  cascade?: true;
}

export interface Reindex extends Base {
  kind: 'reindex';
  target: 'index' | 'table' | 'schema' | 'database' | 'system';
  /** Absent for the current database. */
  name?: QualifiedName;
  concurrently?: true;
  tablespace?: string;
  verbose?: true;
}

// --- types ----------------------------------------------------------------

export interface CreateEnum extends Base {
  kind: 'createEnum';
  type: QualifiedName;
  values: string[];
}
export interface AddEnumValue extends Base {
  kind: 'addEnumValue';
  type: QualifiedName;
  value: string;
  before?: string;
  after?: string;
}
export interface RenameEnumValue extends Base {
  kind: 'renameEnumValue';
  type: QualifiedName;
  value: string;
  to: string;
}
export interface CreateDomain extends Base {
  kind: 'createDomain';
  domain: QualifiedName;
  type: DataType;
  notNull?: boolean;
  default?: Expression;
  collation?: QualifiedName;
  constraints?: CheckConstraint[];
}
export interface AlterDomain extends Base {
  kind: 'alterDomain';
  domain: QualifiedName;
  action:
    | { type: 'set default'; default: Expression }
    | { type: 'drop default' }
    | { type: 'set not null' }
    | { type: 'drop not null' }
    | { type: 'add constraint'; constraint: CheckConstraint | NotNullConstraint }
    | { type: 'drop constraint'; constraint: string; guard?: 'if exists'; cascade?: true }
    | { type: 'validate constraint'; constraint: string };
}
/** CREATE TYPE … AS (…): a composite type. */
export interface CreateCompositeType extends Base {
  kind: 'createCompositeType';
  type: QualifiedName;
  attributes: ColumnDefinition[];
}
export interface AlterCompositeType extends Base {
  kind: 'alterCompositeType';
  type: QualifiedName;
  action:
    | { type: 'add attribute'; attribute: ColumnDefinition; cascade?: true }
    | { type: 'drop attribute'; attribute: string; guard?: 'if exists'; cascade?: true }
    | { type: 'alter attribute type'; attribute: string; dataType: DataType; cascade?: true };
}

// --- views, sequences -----------------------------------------------------

export interface CreateView extends Base {
  kind: 'createView';
  view: QualifiedName;
  columns?: string[];
  query: Query;
  orReplace?: true;
  temporary?: true;
  recursive?: true;
  options?: string;
  checkOption?: 'local' | 'cascaded';
}
export interface CreateMaterializedView extends Base {
  kind: 'createMaterializedView';
  view: QualifiedName;
  columns?: string[];
  query: Query;
  withNoData?: true;
  method?: string;
  options?: string;
  tablespace?: string;
}
export interface RefreshMaterializedView extends Base {
  kind: 'refreshMaterializedView';
  view: QualifiedName;
  concurrently?: true;
  withNoData?: true;
}
export interface CreateSequence extends Base {
  kind: 'createSequence';
  sequence: QualifiedName;
  persistence?: 'temporary' | 'unlogged';
  /** As written after the name, OWNED BY left out. */
  options?: string;
  ownedBy?: { table: QualifiedName; column: string };
}
export interface AlterSequence extends Base {
  kind: 'alterSequence';
  sequence: QualifiedName;
  options?: string;
  /** `null` for OWNED BY NONE. */
  ownedBy?: { table: QualifiedName; column: string } | null;
}

// --- routines, triggers, policies, rules ----------------------------------

export interface CreateFunction extends Base {
  kind: 'createFunction';
  routine: QualifiedName;
  procedure?: true;
  orReplace?: true;
  arguments: Argument[];
  returns?: DataType;
  returnsSet?: true;
  language?: string;
  volatility?: 'immutable' | 'stable' | 'volatile';
  securityDefiner?: true;
  /** `SET search_path = …` and the like, by name. */
  settings?: string[];
  body?: string;
  /** The whole statement, which the printer returns. */
  text: string;
}
export interface CreateTrigger extends Base {
  kind: 'createTrigger';
  trigger: string;
  table: QualifiedName;
  orReplace?: true;
  constraint?: true;
  timing: 'before' | 'after' | 'instead of';
  events: ('insert' | 'update' | 'delete' | 'truncate')[];
  /** UPDATE OF. */
  columns?: string[];
  forEachRow?: true;
  function: QualifiedName;
  /** The referenced table of a constraint trigger. */
  from?: QualifiedName;
  /** The whole statement, which the printer returns. */
  text: string;
}
export interface CreatePolicy extends Base {
  kind: 'createPolicy';
  policy: string;
  table: QualifiedName;
  permissive: boolean;
  command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  roles: string[];
  using?: Expression;
  withCheck?: Expression;
  /** Relations its expressions read. */
  reads?: QualifiedName[];
}
export interface AlterPolicy extends Base {
  kind: 'alterPolicy';
  policy: string;
  table: QualifiedName;
  roles?: string[];
  using?: Expression;
  withCheck?: Expression;
  reads?: QualifiedName[];
}
export interface CreateRule extends Base {
  kind: 'createRule';
  rule: string;
  table: QualifiedName;
  orReplace?: true;
  event: 'select' | 'insert' | 'update' | 'delete';
  instead?: true;
  /** The whole statement, which the printer returns. */
  text: string;
}

// --- every other object ---------------------------------------------------

/**
 * DROP of anything that is not a table or an index; one per object. `on` is
 * the table of a trigger, policy or rule, or the domain of a constraint.
 */
export interface DropObject extends Base {
  kind: 'dropObject';
  object: Exclude<ObjectKind, 'table' | 'index' | 'column' | 'foreign table'>;
  name: QualifiedName;
  on?: QualifiedName;
  /** Argument types of a routine, an aggregate or an operator, as written. */
  signature?: string;
  cascade?: true;
}
/** RENAME of anything that is not a relation, its columns or its constraints. */
export interface RenameObject extends Base {
  kind: 'renameObject';
  object: Exclude<ObjectKind, RelationKind | 'column' | 'constraint'>;
  name: QualifiedName;
  on?: QualifiedName;
  signature?: string;
  to: string;
  cascade?: true;
}
export interface SetObjectSchema extends Base {
  kind: 'setObjectSchema';
  object: Exclude<ObjectKind, RelationKind>;
  name: QualifiedName;
  signature?: string;
  to: string;
}
export interface SetObjectOwner extends Base {
  kind: 'setObjectOwner';
  object: Exclude<ObjectKind, RelationKind>;
  name: QualifiedName;
  signature?: string;
  owner: string;
}
export interface CreateSchema extends Base {
  kind: 'createSchema';
  /** Absent with only AUTHORIZATION. */
  schema?: string;
  authorization?: string;
}
export interface CreateExtension extends Base {
  kind: 'createExtension';
  extension: string;
  schema?: string;
  version?: string;
  cascade?: true;
}
/** ALTER EXTENSION … UPDATE; ADD and DROP members are utility statements. */
export interface UpdateExtension extends Base {
  kind: 'updateExtension';
  extension: string;
  version?: string;
}
export interface CreatePublication extends Base {
  kind: 'createPublication';
  publication: string;
  allTables?: true;
  tables: QualifiedName[];
  /** The whole statement, which the printer returns. */
  text: string;
}
export interface AlterPublication extends Base {
  kind: 'alterPublication';
  publication: string;
  action: 'add' | 'set' | 'drop' | 'options';
  tables: QualifiedName[];
  /** The whole statement, which the printer returns. */
  text: string;
}
export interface CreateStatistics extends Base {
  kind: 'createStatistics';
  statistics?: QualifiedName;
  table: QualifiedName;
  /** The whole statement, which the printer returns. */
  text: string;
}
/** `name.schema` holds the table's schema and `on` the table for columns, constraints, triggers … */
export interface Comment extends Base {
  kind: 'comment';
  object: ObjectKind;
  name: QualifiedName;
  on?: QualifiedName;
  signature?: string;
  /** `null` removes it. */
  comment: string | null;
}
export interface Grant extends Base {
  kind: 'grant';
  revoke?: true;
  /** Upper case; `ALL` alone for all of them. Empty with `roles`. */
  privileges: string[];
  object?: ObjectKind | 'all tables in schema' | 'all sequences in schema' | 'all routines in schema';
  names: QualifiedName[];
  /** Role membership: GRANT a TO b. */
  roles?: string[];
  grantees: string[];
  cascade?: true;
  /** The whole statement, which the printer returns. */
  text: string;
}

// --- maintenance ----------------------------------------------------------

/** One per table; `table` absent for the whole database. */
export interface Vacuum extends Base {
  kind: 'vacuum';
  table?: QualifiedName;
  /** Without the partitions and children, which the table's own statistics are still made of (18+). */
  only?: true;
  columns?: string[];
  full?: true;
  analyze?: true;
  freeze?: true;
  verbose?: true;
  /** Any other option, as written. */
  options?: string;
}
export interface Analyze extends Base {
  kind: 'analyze';
  table?: QualifiedName;
  /** Without the partitions and children, which the table's own statistics are still made of (18+). */
  only?: true;
  columns?: string[];
  verbose?: true;
  options?: string;
}
/** CLUSTER; `table` absent for every clustered table. */
export interface Cluster extends Base {
  kind: 'cluster';
  table?: QualifiedName;
  index?: string;
  verbose?: true;
}
export interface LockTable extends Base {
  kind: 'lockTable';
  table: QualifiedName;
  only?: true;
  mode: LockMode;
  nowait?: true;
}
/** One per table. */
export interface Truncate extends Base {
  kind: 'truncate';
  table: QualifiedName;
  only?: true;
  restartIdentity?: true;
  cascade?: true;
}

// --- data -----------------------------------------------------------------

export interface Insert extends Base {
  kind: 'insert';
  table: QualifiedName;
  /** Empty when not written. */
  columns: string[];
  source: 'values' | 'query' | 'default';
  /** Number of VALUES rows. */
  rows?: number;
  /** Other relations read. */
  reads: QualifiedName[];
  onConflict?: 'nothing' | 'update';
  /** The whole statement, which the printer returns. */
  text: string;
}
export interface Update extends Base {
  kind: 'update';
  table: QualifiedName;
  only?: true;
  alias?: string;
  set: { column: string; value: Expression }[];
  /** FROM clause as written. */
  from?: string;
  where?: Expression;
  reads: QualifiedName[];
  /** WITH clause as written, its word included. */
  with?: string;
  /** RETURNING list as written. */
  returning?: string;
  /** When a WHERE is there but could not be read. */
  whereUnknown?: true;
}
export interface Delete extends Base {
  kind: 'delete';
  table: QualifiedName;
  only?: true;
  alias?: string;
  /** USING clause as written. */
  using?: string;
  where?: Expression;
  reads: QualifiedName[];
  with?: string;
  returning?: string;
  whereUnknown?: true;
}
export interface Merge extends Base {
  kind: 'merge';
  table: QualifiedName;
  reads: QualifiedName[];
  actions: ('insert' | 'update' | 'delete' | 'nothing')[];
  text: string;
}
export interface Select extends Base {
  kind: 'select';
  reads: QualifiedName[];
  /** Relations locked by FOR UPDATE, FOR SHARE … */
  locks?: QualifiedName[];
  /** Functions called, as written, for `SELECT setval(…)` and user functions with effects. */
  functions: QualifiedName[];
  text: string;
}
export interface Copy extends Base {
  kind: 'copy';
  /** Absent for COPY (query) TO. */
  table?: QualifiedName;
  columns?: string[];
  direction: 'from' | 'to';
  reads: QualifiedName[];
  text: string;
}

// --- session and transaction ----------------------------------------------

/** `name` is lower case; `role` and `session authorization` are parameters too. */
export interface SetParameter extends Base {
  kind: 'setParameter';
  name: string;
  /** As written, quotes included; `DEFAULT` resets. */
  value: string;
  local?: true;
}
/** `name` is `all` for RESET ALL and DISCARD ALL. */
export interface ResetParameter extends Base {
  kind: 'resetParameter';
  name: string;
  /** DISCARD ALL, which no transaction block takes. */
  discard?: true;
}
export interface Begin extends Base {
  kind: 'begin';
  /** Isolation level and modes as written. */
  modes?: string;
}
export interface Commit extends Base {
  kind: 'commit';
  chain?: true;
}
export interface Rollback extends Base {
  kind: 'rollback';
  chain?: true;
  /** ROLLBACK TO SAVEPOINT. */
  to?: string;
}
export interface Savepoint extends Base {
  kind: 'savepoint';
  name: string;
  release?: true;
}

/**
 * A CALL, or a DO block. What could be parsed of a block's body follows as
 * operations of their own marked `within: 'do'`; `opaque` says that some of it
 * could not.
 */
export interface Call extends Base {
  kind: 'call';
  /** Absent for DO. */
  routine?: QualifiedName;
  language?: string;
  /** Arguments as written, or the body of the block. */
  text: string;
  opaque?: true;
}

/** Any other statement that PostgreSQL parses and that touches no existing table. */
export interface Utility extends Base {
  kind: 'utility';
  /** The command as its manual page is titled: `CREATE OPERATOR`. */
  command: string;
  /** The whole statement, which the printer returns. */
  text: string;
}

/** Reaches the database, or may, and could not be read. */
export interface Unread extends Base {
  kind: 'unread';
  /** One line without a full stop: `SQL read from a file at run time`. */
  reason: string;
  /** `syntax` is a parse error; the others are values known only at run time and calls we do not know. */
  cause: 'syntax' | 'dynamic' | 'unknown-call' | 'engine';
  text: string;
}

export type Operation =
  | CreateTable
  | CreateTableAs
  | DropTable
  | RenameTable
  | RenameColumn
  | RenameConstraint
  | SetTableSchema
  | AddColumn
  | DropColumn
  | AlterColumnType
  | SetNotNull
  | DropNotNull
  | SetDefault
  | DropDefault
  | SetExpression
  | DropExpression
  | AddIdentity
  | AlterIdentity
  | DropIdentity
  | SetStatistics
  | SetStorage
  | SetCompression
  | SetColumnOptions
  | AddConstraint
  | AlterConstraint
  | ValidateConstraint
  | DropConstraint
  | SetTablespace
  | SetLogged
  | SetAccessMethod
  | SetClusterIndex
  | SetTableOptions
  | SetInherit
  | SetTableType
  | SetTableOwner
  | SetReplicaIdentity
  | SetRowSecurity
  | ToggleTrigger
  | ToggleRule
  | AttachPartition
  | DetachPartition
  | CreateIndex
  | DropIndex
  | Reindex
  | CreateEnum
  | AddEnumValue
  | RenameEnumValue
  | CreateDomain
  | AlterDomain
  | CreateCompositeType
  | AlterCompositeType
  | CreateView
  | CreateMaterializedView
  | RefreshMaterializedView
  | CreateSequence
  | AlterSequence
  | CreateFunction
  | CreateTrigger
  | CreatePolicy
  | AlterPolicy
  | CreateRule
  | DropObject
  | RenameObject
  | SetObjectSchema
  | SetObjectOwner
  | CreateSchema
  | CreateExtension
  | UpdateExtension
  | CreatePublication
  | AlterPublication
  | CreateStatistics
  | Comment
  | Grant
  | Vacuum
  | Analyze
  | Cluster
  | LockTable
  | Truncate
  | Insert
  | Update
  | Delete
  | Merge
  | Select
  | Copy
  | SetParameter
  | ResetParameter
  | Begin
  | Commit
  | Rollback
  | Savepoint
  | Call
  | Utility
  | Unread;

export type OperationKind = Operation['kind'];

export type OperationOf<K extends OperationKind> = Extract<Operation, { kind: K }>;

type WithoutPlace<T> = T extends unknown ? Omit<T, 'span' | 'statement'> : never;

/** An operation before it has a place in a file: what safe rewrites are written in. */
export type OperationDraft = WithoutPlace<Operation>;
