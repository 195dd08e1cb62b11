import type { Migration, SourceComment } from '../../../operations/migration.js';
import type { Operation, Span } from '../../../operations/types.js';
import type { Host, ParseOptions, Source } from '../../parser.js';
import { nameOf, pathOf, type CallValue, type Value } from '../evaluate/value.js';
import type { Module } from '../syntax/nodes.js';
import { Recorder } from '../alembic/recorder.js';
import { SchemaEditor } from './editor.js';
import { argument } from './field-types.js';
import { Given } from './operations.js';
import { callsOf, operationNamed, stateAfterOperation } from './plan.js';
import { historyOf, readMigrationFile, type MigrationFile } from './project.js';
import { runPython, runSql } from './special.js';
import type { ProjectState } from './state.js';

const CLASS = /^class\s+Migration\s*\(\s*(?:\w+\.)*Migration\s*\)\s*:/m;
const IMPORT = /^\s*(?:from\s+django(?:\.db(?:\.migrations(?:\.migration)?)?)?\s+import\b|import\s+django\b|from\s+django\.)/m;

/** A module with a class `Migration` of Django's. */
export function isDjango(source: Source): boolean {
  return CLASS.test(source.text) && IMPORT.test(source.text);
}

/** Reads one migration, both directions. */
export function parseDjango(source: Source, options: ParseOptions): Migration {
  const host = options.host ?? {};
  const file = readMigrationFile(source, host, appOf(source, host));
  const base = {
    path: source.path,
    language: 'python' as const,
    framework: 'django' as const,
    notices: [],
  };
  if (file === null) {
    const unread: Operation = unreadFile(source);
    return { ...base, revision: null, parents: [], transaction: options.transaction ?? 'file', transactionSetBy: null, up: [unread], down: null, comments: [] };
  }
  const before = historyOf(host).before(file);
  const up = run(file, before, false);
  return {
    ...base,
    notices: [...file.library.imported].map((path) => `${path} is imported from the application: it is read as it stands today, not as it stood when this migration was written`),
    revision: `${file.app}.${file.name}`,
    parents: file.dependencies,
    transaction: options.transaction ?? (file.atomic ? 'file' : 'none'),
    transactionSetBy: file.atomic ? null : 'atomic = False',
    up,
    down: run(file, before, true),
    comments: commentsOf(file.module),
  };
}

function unreadFile(source: Source): Operation {
  const span = { start: 0, end: source.text.length };
  return { kind: 'unread', cause: 'syntax', reason: 'Python that could not be read', text: '', span, statement: { id: 0, call: 0, span } };
}

/** The app's label: what `apps.py` says, else the folder above `migrations`. */
function appOf(source: Source, host: Host): string {
  const folders = source.path.split('/').slice(0, -1);
  const folder = folders.findLast((name) => !/migrations?$/.test(name)) ?? folders.at(-1) ?? 'app';
  const text = host.sibling?.(source.path, '../apps.py')?.text ?? '';
  const label = /^\s+label\s*(?::\s*\w+\s*)?=\s*['"](\w+)['"]/m.exec(text)?.[1];
  return label ?? folder;
}

interface Step {
  call: CallValue;
  before: ProjectState;
  after: ProjectState;
}

/** Every operation with the states around it; backwards the last one comes first. */
function run(file: MigrationFile, start: ProjectState, backwards: boolean): Operation[] {
  const recorder = new Recorder();
  const editor = new SchemaEditor(recorder, placesIn(file.operations));
  const runner = new Runner(file, recorder, editor, backwards);
  if (!backwards) runner.broken();
  runner.steps(stepsOf(file.operations.flatMap((item) => (item.type === 'call' ? [item] : [])), file.app, start));
  editor.flush();
  return recorder.operations;
}

/** Every place that a value of this file's own operations bears. */
function placesIn(values: readonly Value[]): Set<Span> {
  const found = new Set<Span>();
  const queue = [...values];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (value.type === 'sequence') queue.push(...value.items);
    if (value.type === 'dictionary') queue.push(...value.entries.map((entry) => entry.value));
    if (value.type !== 'call' || found.has(value.span)) continue;
    found.add(value.span);
    queue.push(...[...value.positional, ...value.keywords.values()].map((argument) => argument.value));
  }
  return found;
}

function stepsOf(calls: readonly CallValue[], app: string, start: ProjectState): Step[] {
  let state = start;
  return calls.map((call) => {
    const before = state;
    state = stateAfterOperation(call, app, state);
    return { call, before, after: state };
  });
}

class Runner {
  constructor(
    readonly file: MigrationFile,
    readonly recorder: Recorder,
    readonly editor: SchemaEditor,
    readonly backwards: boolean,
  ) {}

  steps(steps: readonly Step[]): void {
    for (const step of this.backwards ? [...steps].reverse() : steps) this.#step(step);
  }

  /** Statements of the file that Python itself could not read, and lists that only running the file would fill. */
  broken(): void {
    const { file } = this;
    for (const statement of file.module.statements) {
      if (statement.kind === 'broken') this.#unread(statement.span, 'syntax', 'Python that could not be read');
    }
    const place = /^\s+operations\s*\+?=/m.exec(file.source.text);
    const start = place === null ? 0 : place.index + place[0].search(/\S/);
    if (file.open) this.#unread({ start, end: start + 'operations'.length }, 'dynamic', 'operations known only at run time');
    for (const item of file.operations) {
      if (item.type !== 'call') this.#unread({ start, end: start + 'operations'.length }, 'dynamic', 'an operation known only at run time');
    }
  }

  #step({ call, before, after }: Step): void {
    const { file, editor, backwards, recorder } = this;
    editor.place = call.span;
    const name = nameOf(call.callee);
    const special = { call, recorder, interpreter: file.interpreter, library: file.library, backwards, state: backwards ? after : before, atomic: file.atomic };
    if (name === 'RunSQL') runSql(special);
    else if (name === 'RunPython') runPython(special);
    else if (name === 'SeparateDatabaseAndState') this.steps(stepsOf(callsOf(argument(call, 'database_operations', 0)), file.app, before));
    else this.#schema(call, before, after);
  }

  #schema(call: CallValue, before: ProjectState, after: ProjectState): void {
    const { editor, file, backwards } = this;
    const operation = operationNamed(call.callee);
    if (operation === null) {
      const path = pathOf(call.callee) ?? nameOf(call.callee);
      this.#unread(call.span, 'unknown-call', `${path.slice(path.lastIndexOf('.') + 1)} is not an operation of Django`);
      return;
    }
    const [from, to] = backwards ? [after, before] : [before, after];
    operation.run({ editor, app: file.app, call, from, to, backwards }, new Given(call, operation.parameters));
  }

  #unread(span: Operation['span'], cause: 'syntax' | 'dynamic' | 'unknown-call', reason: string): void {
    const text = this.file.source.text.slice(span.start, span.end);
    this.recorder.add({ kind: 'unread', cause, reason, text }, span, this.recorder.statement(span), { conditional: false, guard: null });
  }
}

function commentsOf(module: Module): SourceComment[] {
  return module.comments.map((span) => ({ span, text: module.text.slice(span.start, span.end).replace(/^#+/, '').trim() }));
}
