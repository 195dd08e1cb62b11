import type { OperationDraft, QualifiedName, Span } from '../../../operations/types.js';
import type { Interpreter } from '../evaluate/interpreter.js';
import type { CallValue, Value } from '../evaluate/value.js';
import { withConventionalNames } from './naming.js';
import type { Reading } from './reading.js';
import type { Circumstance, Recorder } from './recorder.js';

/** What the lowering of one call works with. */
export interface Lowering {
  call: CallValue;
  recorder: Recorder;
  interpreter: Interpreter;
  circumstance: Circumstance;
  /** The table of a `batch_alter_table` block, whose calls leave it out. */
  batch: { table: Value | undefined; schema: Value | undefined } | null;
}

/** Sends one statement holding one operation. */
export function send(lowering: Lowering, draft: OperationDraft, span: Span, reading?: Reading): void {
  const { recorder, call, circumstance } = lowering;
  const named = withConventionalNames(draft, recorder.naming);
  const marked = reading?.partial === true ? { ...named, partial: true as const } : named;
  recorder.add(marked, span, recorder.statement(call.span), circumstance);
}

/** A call that reaches the database and that we do not know. */
export function sendUnread(lowering: Lowering, cause: 'dynamic' | 'unknown-call', reason: string): void {
  const { span } = lowering.call;
  const text = lowering.interpreter.source.text.slice(span.start, span.end);
  send(lowering, { kind: 'unread', cause, reason, text }, span);
}

/** The table a call speaks of: its own argument, or the batch's. */
export function tableArgument(
  lowering: Lowering,
  table: Value | undefined,
  schema: Value | undefined,
  reading: Reading,
): QualifiedName {
  const { batch } = lowering;
  return batch === null ? reading.qualified(table, schema) : reading.qualified(batch.table, batch.schema);
}
