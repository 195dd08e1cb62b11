import type { LockMode, Operation, QualifiedName } from '../operations/types.js';
import type { Effects, Failure, IndexName, PostgresVersion, TableName } from './effects.js';
import { strongest } from './locks.js';
import { descendants, displayName, nameOfKey, relationKey, relationOf, type Relation, type Schema } from './schema.js';
import { inTransaction, type Session } from './session.js';

/** Everything an operation runs against. */
export interface Circumstances {
  schema: Schema;
  session: Session;
  version: PostgresVersion;
  /** The operations of the same statement, this one included, in order. */
  siblings: readonly Operation[];
}

/**
 * Effects in the making. Only relations that existed before the migration are
 * kept: nobody waits for a table that this transaction created.
 */
export class Outcome {
  readonly schema: Schema;
  readonly session: Session;
  readonly version: PostgresVersion;
  readonly siblings: readonly Operation[];
  private readonly locks = new Map<TableName, LockMode>();
  private readonly rewrites = new Set<TableName>();
  private readonly scans = new Set<TableName>();
  private readonly builds = new Set<IndexName>();
  private failure: Failure | null = null;
  private loss: Effects['loses'] = null;
  private assumption: string | null = null;

  constructor(circumstances: Circumstances) {
    this.schema = circumstances.schema;
    this.session = circumstances.session;
    this.version = circumstances.version;
    this.siblings = circumstances.siblings;
  }

  relation(name: QualifiedName): Relation | undefined {
    return relationOf(this.schema, name);
  }

  /** The relation when everything about it is known, so that what is not in it is not there. */
  whole(name: QualifiedName): Relation | undefined {
    const relation = this.relation(name);
    return relation?.complete ? relation : undefined;
  }

  /** Views are not what row security, policies and replication speak of. True when refused. */
  refuseView(name: QualifiedName): boolean {
    const kind = this.relation(name)?.kind;
    if (kind === 'view' || kind === 'materialized view') this.fail('42809', 'always');
    return this.refused;
  }

  /** The columns of a table OF a type are the type's. True when refused. */
  refuseTyped(name: QualifiedName): boolean {
    if (this.relation(name)?.ofType) this.fail('42809', 'always');
    return this.refused;
  }

  /** False only where the relation is known not to be there. */
  mayExist(name: QualifiedName): boolean {
    return this.relation(name) !== undefined || !this.schema.complete;
  }

  /** True when rows and other sessions must be expected. */
  isExisting(name: QualifiedName): boolean {
    const relation = this.relation(name);
    return relation === undefined ? !this.schema.complete : relation.age === 'existing';
  }

  /** True when the relation is known to hold no row. */
  isEmpty(name: QualifiedName): boolean {
    return this.relation(name)?.age === 'empty';
  }

  lock(name: QualifiedName, mode: LockMode): void {
    if (!this.isExisting(name) || this.relation(name)?.kind === 'sequence') return;
    const key = displayName(name);
    const held = this.locks.get(key);
    this.locks.set(key, held === undefined ? mode : strongest(held, mode));
  }

  lockAll(names: Iterable<QualifiedName>, mode: LockMode): void {
    for (const name of names) this.lock(name, mode);
  }

  /** The relation with its partitions and inheritance children, all generations. */
  family(name: QualifiedName, only?: true): QualifiedName[] {
    return only ? [name] : [name, ...this.below(name)];
  }

  below(name: QualifiedName): QualifiedName[] {
    return descendants(this.schema, relationKey(name)).map((key) => this.nameOf(key));
  }

  /** The partitions, or nothing for a parent of plain inheritance. */
  partitions(name: QualifiedName): QualifiedName[] {
    return this.isPartitioned(name) ? this.below(name) : [];
  }

  /** The table and its partitions. */
  partitionTree(name: QualifiedName): QualifiedName[] {
    return [name, ...this.partitions(name)];
  }

  isPartitioned(name: QualifiedName): boolean {
    return this.relation(name)?.kind === 'partitioned table';
  }

  /** Whether the relation keeps rows of its own. */
  hasStorage(name: QualifiedName): boolean {
    const kind = this.relation(name)?.kind ?? 'table';
    return kind === 'table' || kind === 'materialized view';
  }

  nameOf(key: string): QualifiedName {
    return this.schema.relations.get(key)?.name ?? nameOfKey(key);
  }

  scan(name: QualifiedName): void {
    if (this.isExisting(name) && this.hasStorage(name)) this.scans.add(displayName(name));
  }

  /** A new file for the table, all of its rows read and written, and all of its indexes built again. */
  rewrite(name: QualifiedName): void {
    if (!this.hasStorage(name)) return;
    this.scan(name);
    this.newFile(name);
    this.buildAll(name);
  }

  /** A new file, whatever is in it. */
  newFile(name: QualifiedName): void {
    if (this.isExisting(name) && this.hasStorage(name)) this.rewrites.add(displayName(name));
  }

  buildAll(name: QualifiedName): void {
    for (const index of this.relation(name)?.indexes.keys() ?? []) this.build(name, index);
  }

  build(table: QualifiedName, index: string): void {
    if (!this.isExisting(table) || !this.hasStorage(table)) return;
    this.builds.add(index);
  }

  /** The first reason stands, but for one that always holds. */
  fail(sqlstate: string, when: Failure['when']): void {
    if (this.failure === null || (this.failure.when !== 'always' && when === 'always')) this.failure = { sqlstate, when };
  }

  /** A failure that some row of the table brings about; a table without rows has none. */
  failOn(table: QualifiedName, sqlstate: string, when: Failure['when']): void {
    if (!this.isEmpty(table)) this.fail(sqlstate, when);
  }

  /** Refuses to run in a transaction block. True when it is refused here. */
  outsideTransaction(): boolean {
    const refused = inTransaction(this.session);
    if (refused) this.fail('25001', 'in-transaction');
    return refused;
  }

  get refused(): boolean {
    return this.failure?.when === 'always' || this.failure?.when === 'in-transaction';
  }

  lose(what: 'data' | 'integrity', table?: QualifiedName): void {
    if (table !== undefined && !this.isExisting(table)) return;
    if (this.loss !== 'data') this.loss = what;
  }

  /** One phrase on what the answer hangs. */
  assume(phrase: string | null): void {
    this.assumption ??= phrase;
  }

  /** A statement that never succeeds leaves nothing behind. */
  effects(): Effects {
    const kept = !this.refused;
    return {
      locks: kept ? [...this.locks].map(([table, mode]) => ({ table, mode })) : [],
      rewrites: kept ? [...this.rewrites] : [],
      scans: kept ? [...this.scans] : [],
      builds: kept ? [...this.builds] : [],
      fails: this.failure,
      loses: kept ? this.loss : null,
      certainty: this.assumption === null ? 'certain' : 'assumed',
      assumes: this.assumption,
    };
  }
}
