import type { Operation, Span } from '../../../operations/types.js';
import type { Interpreter, Library } from '../evaluate/interpreter.js';
import { fromString, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { executeDriver } from '../alembic/driver-sql.js';
import { readProjectFile } from '../alembic/files.js';
import { Recorder } from '../alembic/recorder.js';
import { callOnModel, newRow, queriedItem, queryOf, type Code } from './models-in-code.js';
import { DEFAULT_SETTINGS, ProjectState } from './state.js';

const DATABASE = 'migration.database';

/** Django as the evaluator meets it: nothing runs while the file is read; a function of RunPython runs with a recorder. */
export class DjangoLibrary implements Library {
  /** Set while a function that RunPython calls is followed. */
  recorder: Recorder | null = null;
  /** Models that a followed function imports from the application, by their paths. */
  readonly imported = new Set<string>();
  /** The models as they stand where it runs. */
  #state = ProjectState.empty(DEFAULT_SETTINGS);
  /** Attributes of rows that were assigned to. */
  readonly #written = new Map<Value, Set<string>>();

  call(call: CallValue, interpreter: Interpreter): Value | undefined {
    const path = pathOf(call.callee);
    if (path === 'textwrap.dedent') return call.positional[0]?.value;
    const file = readProjectFile(call, interpreter);
    if (file !== undefined) return file;
    if (this.recorder === null) return undefined;
    const code = { recorder: this.recorder, interpreter, state: this.#state, imported: this.imported };
    const sent = newRow(call) ?? callOnModel(code, call, this.#written);
    if (sent !== undefined) return sent;
    this.#passedOn(call, code);
    if (call.callee.type !== 'symbol') return undefined;
    const method = methodOf(path ?? '');
    if (method === 'execute' || method === 'executemany') {
      const circumstance = { conditional: interpreter.conditional > 0, guard: interpreter.guard };
      executeDriver({ call: placeholders(call), recorder: this.recorder, interpreter, circumstance, batch: null });
      return { type: 'unknown', name: 'result', database: 'rows' };
    }
    return method === null ? undefined : { type: 'symbol', path: DATABASE };
  }

  /** A function we cannot enter that is given models may do anything with them. */
  #passedOn(call: CallValue, { recorder, interpreter }: Code): void {
    const path = pathOf(call.callee);
    const command = path !== null && /(?:^|\.)call_command$/.test(path);
    const given = [...call.positional, ...call.keywords.values()].some(({ value }) => pathOf(value) === 'django.apps' || pathOf(value) === DATABASE || bearsModel(value));
    const known = path === null || /^(?:builtins|django|migration|itertools|functools|logging|json|copy|decimal|datetime|math|re|typing|uuid)\./.test(path);
    if (!command && (!given || known)) return;
    const name = path?.split('.').at(-1) ?? 'a function';
    const text = interpreter.source.text.slice(call.span.start, call.span.end);
    const reason = command ? 'call_command runs a command of the application' : `${name} is given models and could not be read`;
    recorder.add({ kind: 'unread', cause: 'unknown-call', reason, text }, call.span, recorder.statement(call.span), {
      conditional: interpreter.conditional > 0,
      guard: null,
    });
  }

  item(value: Value, interpreter: Interpreter, span: Span): Value | undefined {
    if (this.recorder === null) return undefined;
    return queriedItem({ recorder: this.recorder, interpreter, state: this.#state, imported: this.imported }, value, span);
  }

  assigned(object: Value, name: string): void {
    if (object.type !== 'unknown' || object.of === undefined) return;
    const names = this.#written.get(object) ?? new Set();
    this.#written.set(object, names.add(name));
  }

  attribute(object: Value, name: string): Value | undefined {
    const path = pathOf(object);
    if (path === null) return undefined;
    if (path === `${DATABASE}.vendor` || (path === DATABASE && name === 'vendor')) return fromString('postgresql');
    if (isConnection(path) && name === 'vendor') return fromString('postgresql');
    if (path === DATABASE) return { type: 'symbol', path: `${DATABASE}.${name}` };
    return undefined;
  }

  enter(): undefined {
    return undefined;
  }

  star(module: string, name: string): Value | undefined {
    return /^django\./.test(module) && /^[A-Z]/.test(name) ? { type: 'symbol', path: `${module}.${name}` } : undefined;
  }

  broken(span: Span, interpreter: Interpreter): void {
    this.recorder?.add(
      { kind: 'unread', cause: 'syntax', reason: 'Python that could not be read', text: interpreter.source.text.slice(span.start, span.end) },
      span,
      this.recorder.statement(span),
      { conditional: interpreter.conditional > 0, guard: null },
    );
  }

  defined(): void {
    // A class says nothing before it is used.
  }

  /** What a function sends with its connection, in order. */
  follow(state: ProjectState, run: () => void): Operation[] {
    const recorder = new Recorder();
    this.#state = state;
    this.#written.clear();
    this.recorder = recorder;
    run();
    this.recorder = null;
    return recorder.operations;
  }
}

/** A query, a row or a model; a column of a row is a plain value. */
function bearsModel(value: Value): boolean {
  const query = queryOf(value);
  return query !== null && (query.row === null || query.links.length === 0 || query.links.some(({ call }) => call !== null));
}

function isConnection(path: string): boolean {
  return /^django\.db\.connections?$/.test(path);
}

/** `cursor.execute`, `schema_editor.connection.cursor`, `connection.cursor`: the last word, where the rest leads to the database. */
function methodOf(path: string): string | null {
  const method = /^(?:migration\.database|django\.db\.connections?)(?:\.\w+)*\.(\w+)$/.exec(path)?.[1];
  return method ?? null;
}

/** `%s` are values: one stands in for each where there are any. */
function placeholders(call: CallValue): CallValue {
  const [statement, parameters] = call.positional;
  const text = stringOf(statement?.value);
  if (statement === undefined || statement.value.type !== 'string' || parameters === undefined || text === null) return call;
  const value: Value = { type: 'string', text: statement.value.text.map((part) => ({ ...part, text: part.text.replaceAll(/%s|%\(\w+\)s/g, (found) => 'NULL'.padEnd(found.length).slice(0, Math.max(4, found.length))) })) };
  return { ...call, positional: [{ ...statement, value }] };
}
