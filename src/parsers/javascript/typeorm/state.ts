import type { OperationDraft, QualifiedName, Span, Statement } from '../../../operations/types.js';
import { spelt } from '../options.js';
import type { Recorder } from '../recorder.js';
import type { Site, Value } from '../evaluate/value.js';
import { type Table, tableOf } from './definitions.js';
import { samePath, type TablePath, tablePath, tableName } from './names.js';

/** A table as a call names it, and what the file has said about it so far. */
export interface Target {
  path: TablePath;
  name: QualifiedName;
  /** Null when the table was made elsewhere: what TypeORM reads from the database is then not known. */
  known: Table | null;
  partial: boolean;
}

/** What a run of the migration has done so far, as TypeORM's query runner remembers it. */
export class State {
  recorder: Recorder;
  private tables: Table[] = [];
  private readonly enums = new Set<string>();
  /** Open transactions; the runner's own is one of them. */
  depth: number;

  /** Runs a function of the migration that a framework's call takes. */
  readonly call: (callee: Value, args: Value[], site: Site) => Value;

  constructor(recorder: Recorder, depth: number, call: State['call']) {
    this.recorder = recorder;
    this.depth = depth;
    this.call = call;
  }

  target(value: Value | undefined): Target {
    const path = this.pathOf(value);
    return { ...path, name: tableName(path.path), known: this.find(path.path) };
  }

  private pathOf(value: Value | undefined): { path: TablePath; partial: boolean } {
    if (value?.kind === 'dictionary') {
      const { path, partial } = tableOf(value);
      return { path, partial: partial === true && path.name.startsWith('__') };
    }
    const { text, partial } = spelt(value, 'table');
    return { path: tablePath(text), partial };
  }

  find(path: TablePath): Table | null {
    return this.tables.find((table) => samePath(table.path, path)) ?? null;
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

  /** One statement of its own; `at` is the part of the call that matters. */
  send(draft: OperationDraft, site: Site, at?: Span, partial?: boolean): Statement {
    const statement = this.recorder.statement(site.span);
    this.append(draft, statement, at, partial);
    return statement;
  }

  /** Another operation of a statement that is already there. */
  append(draft: OperationDraft, statement: Statement, at?: Span, partial?: boolean): void {
    const { span } = statement;
    const inside = at !== undefined && at.start >= span.start && at.end <= span.end ? at : span;
    this.recorder.add(partial === true ? { ...draft, partial: true } : draft, inside, statement);
  }
}
