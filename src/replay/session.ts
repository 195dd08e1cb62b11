import type { TransactionShape } from '../operations/migration.js';
import type { Operation, OperationOf, QualifiedName } from '../operations/types.js';
import type { Effects } from '../postgres/effects.js';
import { strongest } from '../postgres/locks.js';
import { displayName, relationKey, type Schema } from '../postgres/schema.js';
import type { HeldLock, NewLabels, Session, Setting, Transaction } from '../postgres/session.js';

interface Checkpoint {
  name: string;
  settings: ReadonlyMap<string, Setting>;
  held: ReadonlyMap<string, HeldLock>;
  newLabels: ReadonlyMap<string, NewLabels>;
  schema: Schema;
}

/** `select set_config('lock_timeout', '5s', true)`: a SET in a query's clothes. */
const SET_CONFIG = /\bset_config\s*\(\s*'([^']+)'\s*,\s*'((?:[^']|'')*)'\s*,\s*(\w+)\s*\)/gi;

const UNSET: ReadonlyMap<string, Setting> = new Map();
const UNLOCKED: ReadonlyMap<string, HeldLock> = new Map();
const NO_LABELS: ReadonlyMap<string, NewLabels> = new Map();

/** A name as effects show it, back to its parts; the schema tells a dot in a name from a schema before it. */
function nameOf(table: string, schema: Schema): QualifiedName {
  const dot = table.indexOf('.');
  if (dot < 0 || schema.relations.has(relationKey({ name: table }))) return { name: table };
  return { schema: table.slice(0, dot), name: table.slice(dot + 1) };
}

/**
 * One connection over the run of its migrations: the transaction that is
 * open, the settings in force and the locks that are held.
 */
export class Connection {
  private transaction: Transaction = { kind: 'none', id: 0 };
  private settings: ReadonlyMap<string, Setting>;
  private held = UNLOCKED;
  private newLabels = NO_LABELS;
  /** State to return to on ROLLBACK, the outermost first; savepoints follow. */
  private checkpoints: Checkpoint[] = [];
  private lastId = 0;

  /** `initial`: what the role, the database or the runner has set. RESET goes back to it. */
  constructor(private readonly initial: ReadonlyMap<string, Setting> = UNSET) {
    this.settings = initial;
  }

  /** One more of the pool: with the same settings at its start, and nothing of what this one did. */
  another(): Connection {
    return new Connection(this.initial);
  }

  /** What is true before the next operation. */
  session(): Session {
    const open = this.open && { savepoints: this.checkpoints.slice(1).map(({ name }) => name) };
    return { transaction: this.transaction, settings: this.settings, held: this.held, newLabels: this.newLabels, ...open };
  }

  get open(): boolean {
    return this.transaction.kind !== 'none';
  }

  /** Opens a transaction; inside an implicit one BEGIN makes it explicit, inside any other it only warns. */
  begin(kind: Transaction['kind'], schema: Schema): void {
    if (this.transaction.kind === 'implicit') this.transaction = { ...this.transaction, kind };
    if (this.open) return;
    this.transaction = { kind, id: ++this.lastId };
    this.checkpoints = [{ name: '', settings: this.settings, held: UNLOCKED, newLabels: NO_LABELS, schema }];
  }

  /** A statement on its own: its own transaction, forgotten at its end. */
  alone(): void {
    if (!this.open) this.transaction = { kind: 'none', id: ++this.lastId };
  }

  commit(): void {
    const [before] = this.checkpoints;
    if (before !== undefined) {
      const kept = [...this.settings].filter(([, { local }]) => !local);
      // What SET LOCAL hid comes back.
      for (const [name, { local }] of this.settings) {
        const hidden = before.settings.get(name);
        if (local && hidden !== undefined) kept.push([name, hidden]);
      }
      this.settings = new Map(kept);
    }
    this.close();
  }

  /** Undoes the transaction, or what came after a savepoint, and answers the schema to go on with. */
  rollback(schema: Schema, to?: string): Schema {
    const index = to === undefined ? 0 : this.checkpoints.findLastIndex(({ name }) => name === to);
    const target = this.checkpoints[index];
    if (target === undefined) return schema;
    this.settings = target.settings;
    this.held = target.held;
    this.newLabels = target.newLabels;
    this.checkpoints.length = index + 1;
    if (to === undefined) this.close();
    return target.schema;
  }

  private close(): void {
    this.held = UNLOCKED;
    this.newLabels = NO_LABELS;
    this.checkpoints = [];
    this.transaction = { kind: 'none', id: this.lastId };
  }

  private savepoint({ name, release }: OperationOf<'savepoint'>, schema: Schema): void {
    if (!this.open) return;
    const index = this.checkpoints.findLastIndex((checkpoint) => checkpoint.name === name);
    if (release !== true) this.checkpoints.push({ name, settings: this.settings, held: this.held, newLabels: this.newLabels, schema });
    else if (index > 0) this.checkpoints.length = index;
  }

  /** A label is no use to anybody until its transaction has ended. */
  private label({ type, value }: { type: QualifiedName; value?: string }): void {
    if (!this.open) return;
    const key = relationKey(type);
    const before = this.newLabels.get(key);
    const labels = new Set(before?.labels);
    if (value !== undefined) labels.add(value);
    this.newLabels = new Map(this.newLabels).set(key, { labels, ofNewType: before?.ofNewType ?? value === undefined });
  }

  private set(name: string, value: string, local: boolean): void {
    // SET LOCAL outside a transaction block only warns.
    if (local && !this.open) return;
    if (/^default$/i.test(value)) return this.reset(name);
    const dollars = /^\$(\w*)\$(.*)\$\1\$$/s.exec(value)?.[2];
    const plain = dollars !== undefined ? dollars : /^'(?:[^']|'')*'$/s.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value;
    this.settings = new Map(this.settings).set(name.toLowerCase(), { value: plain, local });
  }

  private reset(name: string): void {
    if (name === 'all') {
      this.settings = this.initial;
      return;
    }
    const settings = new Map(this.settings);
    const before = this.initial.get(name.toLowerCase());
    if (before === undefined) settings.delete(name.toLowerCase());
    else settings.set(name.toLowerCase(), before);
    this.settings = settings;
  }

  private hold(effects: Effects, schema: Schema, since: number, path: string): void {
    if (!this.open || effects.locks.length === 0 || effects.fails?.when === 'always') return;
    const held = new Map(this.held);
    for (const { table, mode } of effects.locks) {
      const before = held.get(table);
      if (before === undefined) held.set(table, { table: nameOf(table, schema), mode, since, path });
      else if (strongest(before.mode, mode) !== before.mode) held.set(table, { ...before, mode, since, path });
    }
    this.held = held;
  }

  /** The lock belongs to the table, whatever it is called now. */
  private follow(operation: OperationOf<'renameTable'> | OperationOf<'setTableSchema'>): void {
    const from = displayName(operation.table);
    const lock = this.held.get(from);
    if (lock === undefined) return;
    const table =
      operation.kind === 'renameTable'
        ? { ...operation.table, name: operation.to }
        : { schema: operation.to, name: operation.table.name };
    const held = new Map(this.held);
    held.delete(from);
    this.held = held.set(displayName(table), { ...lock, table });
  }

  /**
   * The connection after an operation. Answers the schema to go on with when
   * the operation undid something, else the one given.
   */
  after(operation: Operation, effects: Effects | null, schema: Schema, place: { shape: TransactionShape; index: number; path: string }): Schema {
    switch (operation.kind) {
      case 'begin': {
        const framework = place.shape === 'file' || place.shape === 'batch';
        this.begin(operation.implied === true && framework ? place.shape : 'explicit', schema);
        return schema;
      }
      case 'commit':
        this.commit();
        if (operation.chain === true) this.begin('explicit', schema);
        return schema;
      case 'rollback': {
        const restored = this.rollback(schema, operation.to);
        if (operation.chain === true) this.begin('explicit', restored);
        return restored;
      }
      case 'savepoint':
        this.savepoint(operation, schema);
        return schema;
      case 'setParameter':
        this.set(operation.name, operation.value, operation.local === true);
        return schema;
      case 'resetParameter':
        this.reset(operation.name);
        return schema;
      case 'createEnum':
      case 'addEnumValue':
        this.label(operation.kind === 'createEnum' ? { type: operation.type } : operation);
        break;
      case 'select':
        for (const [, name, value, local] of operation.text.matchAll(SET_CONFIG)) {
          this.set(name as string, `'${value as string}'`, /^(t|true|on|1)$/i.test(local as string));
        }
        break;
      default:
    }
    if (effects !== null) this.hold(effects, schema, place.index, place.path);
    if (operation.kind === 'renameTable' || operation.kind === 'setTableSchema') this.follow(operation);
    return schema;
  }
}
