import type { Constraint, OperationDraft, Span } from '../../../operations/types.js';
import type { Circumstance, Recorder } from '../alembic/recorder.js';

/** A column, or a whole table where `columns` is empty, that a statement speaks of. */
export interface End {
  table: string;
  columns: string[];
}

/** Django sends foreign keys and indexes when the migration ends; until then renames and drops still reach them. */
interface Deferred {
  ends: End[];
  /** Made anew each time: names hang on the table and the columns of the moment. */
  build: (ends: readonly End[]) => OperationDraft;
  span: Span;
  place: Span;
}

const ALWAYS: Circumstance = { conditional: false, guard: null };

/** Sends what Django's schema editor sends, in its order. */
export class SchemaEditor {
  /** The operation of the migration that is running. */
  place: Span = { start: 0, end: 0 };
  #deferred: Deferred[] = [];

  constructor(
    readonly recorder: Recorder,
    /** Places that stand in the file under report; a field may come from an earlier one. */
    readonly own: ReadonlySet<Span>,
  ) {}

  /** The place itself, or the running operation where it stands in another file. */
  at(span: Span): Span {
    return this.own.has(span) ? span : this.place;
  }

  /** One statement; several drafts are its actions. */
  send(drafts: OperationDraft | readonly OperationDraft[], span: Span = this.place): void {
    const statement = this.recorder.statement(this.place);
    for (const draft of listOf(drafts)) this.recorder.add(draft, this.at(span), statement, ALWAYS);
  }

  /** Several statements in one string, which the server runs as one transaction. */
  sendTogether(drafts: readonly OperationDraft[], span: Span = this.place): void {
    const call = this.recorder.nextCall();
    for (const draft of drafts) {
      this.recorder.add(draft, this.at(span), { id: this.recorder.nextStatement(), call, span: this.place }, ALWAYS);
    }
  }

  defer(ends: readonly End[], build: Deferred['build'], span: Span = this.place): void {
    this.#deferred.push({ ends: ends.map((end) => ({ ...end, columns: [...end.columns] })), build, span: this.at(span), place: this.place });
  }

  flush(): void {
    for (const { ends, build, span, place } of this.#deferred.splice(0)) {
      this.place = place;
      this.send(build(ends), span);
    }
  }

  tableRenamed(from: string, to: string): void {
    for (const { ends } of this.#deferred) for (const end of ends) if (end.table === from) end.table = to;
  }

  columnRenamed(table: string, from: string, to: string): void {
    for (const end of this.#endsOf(table)) end.columns = end.columns.map((column) => (column === from ? to : column));
  }

  tableDropped(table: string): void {
    this.#deferred = this.#deferred.filter(({ ends }) => !ends.some((end) => end.table === table));
  }

  columnDropped(table: string, column: string): void {
    this.#deferred = this.#deferred.filter(({ ends }) => !ends.some((end) => end.table === table && end.columns.includes(column)));
  }

  /** Takes an index back that was not sent yet; Django drops it by name all the same. */
  indexDropped(table: string, index: string): void {
    this.#deferred = this.#deferred.filter(({ ends, build }) => {
      const draft = build(ends);
      return !(ends[0]?.table === table && draft.kind === 'createIndex' && draft.index === index);
    });
  }

  /** True while a constraint of that sort over the column waits to be sent: the database has none to name yet. */
  awaits(table: string, column: string, type: Constraint['type']): boolean {
    return this.#deferred.some(({ ends, build }) => {
      const own = ends[0]?.table === table && ends[0].columns.includes(column);
      const draft = own ? build(ends) : null;
      return draft?.kind === 'addConstraint' && draft.constraint.type === type;
    });
  }

  #endsOf(table: string): End[] {
    return this.#deferred.flatMap(({ ends }) => ends.filter((end) => end.table === table));
  }
}

function listOf(drafts: OperationDraft | readonly OperationDraft[]): readonly OperationDraft[] {
  return Array.isArray(drafts) ? (drafts as readonly OperationDraft[]) : [drafts as OperationDraft];
}
