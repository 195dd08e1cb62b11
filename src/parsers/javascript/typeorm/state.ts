import type { Constraint, Operation, OperationDraft, QualifiedName, Span, Statement } from '../../../operations/types.js';
import { spelt } from '../options.js';
import type { Recorder } from '../recorder.js';
import type { Site, Value } from '../evaluate/value.js';
import { type Index, type Table, tableOf } from './definitions.js';
import { samePath, type TablePath, tablePath, tableName } from './names.js';

/** A table as a call names it, and what the file has said about it so far. */
export interface Target {
  path: TablePath;
  name: QualifiedName;
  /** What TypeORM reads from the database, as far as the file made it. */
  known: Table;
  partial: boolean;
}

/** What a run of the migration has done so far, as TypeORM's query runner remembers it. */
export class State {
  recorder: Recorder;
  private tables: Table[] = [];
  private loaded: Table[] = [];
  private later: Operation[] = [];
  private readonly enums = new Set<string>();
  /** Open transactions; the runner's own is one of them. */
  depth: number;

  /** True for TypeORM before 1.0, which makes an enum's type anew for any change of its values. */
  readonly before1: boolean;

  /** Runs a function of the migration that a framework's call takes. */
  readonly call: (callee: Value, args: Value[], site: Site) => Value;

  constructor(recorder: Recorder, depth: number, call: State['call'], before1 = false) {
    this.before1 = before1;
    this.recorder = recorder;
    this.depth = depth;
    this.call = call;
  }

  target(value: Value | undefined): Target {
    const path = this.pathOf(value);
    return { ...path, name: tableName(path.path), known: this.load(path.path) };
  }

  private pathOf(value: Value | undefined): { path: TablePath; partial: boolean } {
    const { path, partial } = this.written(value);
    return { path: this.before1 ? { ...path, encoded: true } : path, partial };
  }

  private written(value: Value | undefined): { path: TablePath; partial: boolean } {
    if (value?.kind === 'dictionary') {
      const { path, partial } = tableOf(value);
      return { path, partial: partial === true && path.name.startsWith('__') };
    }
    const { text, partial } = spelt(value, 'table');
    return { path: tablePath(text), partial };
  }

  /** The table as TypeORM's cache holds it from now on. */
  private load(path: TablePath): Table {
    const known = this.find(path);
    if (!this.loaded.includes(known)) this.loaded.push(known);
    return known;
  }

  private find(path: TablePath): Table {
    const known = this.tables.find((table) => samePath(table.path, path));
    if (known !== undefined) return known;
    const table: Table = { complete: false, path, columns: [], indices: [], uniques: [], checks: [], exclusions: [], foreignKeys: [] };
    this.tables.push(table);
    return table;
  }

  /** Another query runner goes on: what raw SQL did meanwhile is read from the database again. */
  reopen(recorder: Recorder): void {
    this.recorder = recorder;
    this.loaded = [];
    for (const operation of this.later) this.apply(operation);
    this.later = [];
  }

  /** What raw SQL made or dropped, for the calls that look at the table later on. */
  learn(operations: readonly Operation[]): void {
    for (const operation of operations) {
      const path = 'table' in operation && operation.table !== undefined ? operation.table : null;
      // A table read before stays as it was read until the next runner.
      if (path !== null && this.loaded.some((table) => samePath(table.path, path))) this.later.push(operation);
      else this.apply(operation);
    }
  }

  private apply(operation: Operation): void {
    if (operation.kind === 'dropTable') this.forget(operation.table);
    if (operation.kind === 'createIndex' && operation.index !== undefined) {
      const columns = operation.keys.flatMap(({ column }) => (column === undefined ? [] : [column]));
      // An index over an expression is nothing TypeORM's reader sees whole.
      if (columns.length !== operation.keys.length) return;
      const index: Index = { name: operation.index, columns, unique: operation.unique === true, concurrent: false };
      this.find(operation.table).indices.push(index);
    }
    if (operation.kind === 'dropIndex') {
      for (const table of this.tables) table.indices = table.indices.filter(({ name }) => name !== operation.index.name);
    }
    if (operation.kind === 'dropConstraint') this.dropped(this.find(operation.table), operation.constraint);
    if (operation.kind === 'addConstraint') this.added(this.find(operation.table), operation.constraint);
  }

  private dropped(table: Table, name: string): void {
    const others = <D extends { name?: string }>(list: D[]): D[] => list.filter((item) => item.name !== name);
    table.uniques = others(table.uniques);
    table.checks = others(table.checks);
    table.foreignKeys = others(table.foreignKeys);
  }

  private added(table: Table, constraint: Constraint): void {
    if (constraint.name === undefined) return;
    const { name } = constraint;
    if (constraint.type === 'unique' && constraint.usingIndex === undefined) table.uniques.push({ name, columns: [...constraint.columns] });
    if (constraint.type === 'check') table.checks.push({ name, expression: constraint.expression });
    if (constraint.type === 'foreign key') {
      table.foreignKeys.push({ name, columns: [...constraint.columns], references: constraint.references });
    }
  }

  remember(table: Table): void {
    this.forget(table.path);
    this.tables.push(table);
  }

  forget(path: TablePath): void {
    this.tables = this.tables.filter((table) => !samePath(table.path, path));
  }

  /** True the first time an enum type is met: TypeORM creates it only when it is not there. */
  newEnum({ schema, name }: QualifiedName): boolean {
    const key = `${schema}.${name}`;
    if (this.enums.has(key)) return false;
    this.enums.add(key);
    return true;
  }

  dropEnum({ schema, name }: QualifiedName): void {
    this.enums.delete(`${schema}.${name}`);
  }

  send(draft: OperationDraft, site: Site, at?: Span, partial?: boolean): Statement {
    return this.recorder.send(draft, site, at, partial);
  }

  append(draft: OperationDraft, statement: Statement, at?: Span, partial?: boolean): void {
    this.recorder.append(draft, statement, at, partial);
  }
}
