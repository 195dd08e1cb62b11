import type { TransactionShape } from '../../operations/migration.js';
import type { Operation } from '../../operations/types.js';
import type { Host } from '../parser.js';
import { Machine } from './evaluate/machine.js';
import type { Condition, Site, Value } from './evaluate/value.js';
import type { Lowered } from './front-end.js';
import type { SourceFile } from './parse.js';
import { Recorder } from './recorder.js';

type Library = (specifier: string, name: string) => Value | undefined;

/** A file's code, run once for each direction, and what the direction now running has sent. */
export class Run {
  recorder: Recorder = new Recorder(() => []);
  readonly machine: Machine;
  readonly file: SourceFile;
  private otherDialect: string | null = null;

  constructor(file: SourceFile, outside: Host | undefined, library: (run: Run) => Library) {
    this.file = file;
    this.machine = new Machine({
      file,
      ...(outside !== undefined && { host: outside }),
      library: library(this),
      unreadable: (span, reason, cause) => this.recorder.unread(span, reason, cause, file.text.slice(span.start, span.end)),
    });
  }

  /** What `body` sends, from a clean start. */
  direction(body: () => void): Operation[] {
    const recorder = new Recorder(() => this.machine.conditions);
    this.recorder = recorder;
    this.machine.conditions = [];
    body();
    this.otherDialect ??= recorder.otherDialect;
    return recorder.operations;
  }

  call(callee: Value, args: Value[], site: Site): Value {
    return this.machine.settle(this.machine.evaluateCall(callee, args, site), site);
  }

  sql(value: Value | undefined, site: Site): void {
    this.recorder.sql(value, site);
  }

  /** The file as lowered, or why it is left alone. */
  finished({ up, down, transaction, setBy = null, notices = [] }: Outcome): Lowered | string {
    if (this.otherDialect !== null && [...up, ...(down ?? [])].some(({ kind }) => kind === 'unread')) return `written for ${this.otherDialect}`;
    return { revision: stampOf(this.file.path), parents: null, transaction, transactionSetBy: setBy, up, down, notices };
  }
}

interface Outcome {
  up: Operation[];
  down: Operation[] | null;
  transaction: TransactionShape;
  setBy?: string | null;
  notices?: string[];
}

/** The number a migration's file name starts or ends with. */
function stampOf(path: string): string | null {
  const name = path.split('/').at(-1) ?? '';
  return /^(\d{4,})/.exec(name)?.[1] ?? /(\d{13,14})/.exec(name)?.[1] ?? null;
}

/** Statements that wait for the migration's function to end. */
export class Queue {
  private waiting: { value: Value | undefined; site: Site; conditions: readonly Condition[] }[] = [];

  add({ machine }: Run, value: Value | undefined, site: Site): void {
    this.waiting.push({ value, site, conditions: [...machine.conditions] });
  }

  clear(): void {
    this.waiting = [];
  }

  reverse(): void {
    this.waiting.reverse();
  }

  /** Sends everything, each under the conditions that held when it was queued. */
  flush(run: Run): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { value, site, conditions } of waiting) {
      const before = run.machine.conditions;
      run.machine.conditions = [...conditions];
      run.sql(value, site);
      run.machine.conditions = before;
    }
  }
}
