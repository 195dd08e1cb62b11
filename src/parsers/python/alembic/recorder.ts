import type { Operation, OperationDraft, OperationKind, Span, Statement } from '../../../operations/types.js';
import type { Guard } from '../evaluate/interpreter.js';
import type { Naming } from './naming.js';

/** Where the evaluator stands when it meets a call. */
export interface Circumstance {
  conditional: boolean;
  guard: Guard | null;
}

/** Collects the operations of one direction in execution order. */
export class Recorder {
  readonly operations: Operation[] = [];
  #statements = 0;
  #calls = 0;

  constructor(
    /** How the project's MetaData names constraints that have no name. */
    readonly naming: Naming | null = null,
  ) {}

  nextStatement(): number {
    return this.#statements++;
  }

  nextCall(): number {
    return this.#calls++;
  }

  /** One statement sent by one builder call. */
  statement(span: Span): Statement {
    return { id: this.nextStatement(), call: this.nextCall(), span };
  }

  add(draft: OperationDraft, span: Span, statement: Statement, circumstance: Circumstance): void {
    this.push({ ...draft, span, statement }, circumstance);
  }

  push(operation: Operation, circumstance: Circumstance): void {
    const { guard } = circumstance;
    const fits = guard !== null && guard === guardOf(operation.kind);
    if (fits) operation.guard ??= guard;
    if (circumstance.conditional || (guard !== null && !fits)) operation.conditional = true;
    this.operations.push(operation);
  }
}

const CREATES = /^(?:create|add)/;

/** A look at the database before a CREATE asks whether it is missing, before anything else whether it is there. */
function guardOf(kind: OperationKind): Guard {
  return CREATES.test(kind) ? 'if not exists' : 'if exists';
}
