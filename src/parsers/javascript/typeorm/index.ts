import { boundMethod, instantiate } from '../evaluate/declarations.js';
import { commonJsOf } from '../evaluate/modules.js';
import { Machine } from '../evaluate/machine.js';
import { type ClassValue, type Dictionary, host, type Value } from '../evaluate/value.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import { Recorder } from '../recorder.js';
import type { SourceFile } from '../parse.js';
import type { Host, Source } from '../../parser.js';
import type { TransactionShape } from '../../../operations/migration.js';
import { queryRunner } from './query-runner.js';
import { State } from './state.js';
import { isBefore1 } from './version.js';
import { write } from './write.js';

/** The runner sorts by these thirteen digits at the end of the class name. */
const STAMP = /\d{13}$/;

function recognise({ text }: Source): boolean {
  if (!/\bup\b/.test(text) || !/\bclass\b/.test(text)) return false;
  if (/\bclass\s+\w+[^{]*\bimplements\s+[^{]*\bMigrationInterface\b/.test(text)) return !/\babstract\s+class\b/.test(text) || /\bclass\s+\w*\d{13}\b/.test(text);
  return /\bclass\s+\w*\d{13}\b/.test(text) && /\basync\s+up\s*\(|\bup\s*\(\s*\w/.test(text) && !/mikro-orm|\bthis\s*\.\s*addSql\b/.test(text);
}

/** `new Table(…)` and its like are what was put into them. */
const DEFINITIONS = new Set(['Table', 'TableColumn', 'TableIndex', 'TableForeignKey', 'TableUnique', 'TableCheck', 'TableExclusion', 'View']);

function library(specifier: string, name: string): Value | undefined {
  if (specifier !== 'typeorm' && !specifier.startsWith('typeorm/')) return undefined;
  if (name === '*' || name === 'default') return host({ name: 'typeorm', get: (property) => library(specifier, property) });
  if (!DEFINITIONS.has(name)) return undefined;
  return host({
    name,
    // A copy: TypeORM fills in names, and the same literal may be used twice.
    construct: ([options], { span }) => (options?.kind === 'dictionary' ? { ...options, properties: new Map(options.properties), span } : options),
  });
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  let recorder = new Recorder(() => []);
  const machine = new Machine({
    file,
    ...(outside !== undefined && { host: outside }),
    library,
    unreadable: (span, reason, cause) => recorder.unread(span, reason, cause, file.text.slice(span.start, span.end)),
  });
  const classes = migrationClasses(machine);
  const fresh = () => new Recorder(() => machine.conditions);
  const { transaction, setBy } = transactionOf(classes);
  const depth = transaction === 'none' ? 0 : 1;
  const run = (direction: 'up' | 'down', ordered: readonly ClassValue[], state: State): void => {
    for (const value of ordered) {
      state.depth = depth;
      runMethod(machine, value, direction, state);
    }
  };
  recorder = fresh();
  const up = recorder;
  const state = new State(up, depth, (callee, args, site) => machine.evaluateCall(callee, args, site), isBefore1(file.path, outside));
  run('up', classes, state);
  recorder = fresh();
  state.reopen(recorder);
  run('down', [...classes].reverse(), state);
  const other = up.otherDialect ?? recorder.otherDialect;
  if (other !== null && [...up.operations, ...recorder.operations].some(({ kind }) => kind === 'unread')) return `written for ${other}`;
  return {
    revision: revisionOf(classes),
    parents: null,
    transaction,
    transactionSetBy: setBy,
    up: up.operations,
    down: classes.some(hasDown) ? recorder.operations : null,
    notices: noticesOf(classes, setBy),
  };
}

/** Every class of the file with an `up`, oldest first, as the runner sorts them. */
function migrationClasses(machine: Machine): ClassValue[] {
  const { scope } = machine.main;
  const found = new Set<Value>();
  for (const name of scope.names()) found.add(scope.own(name) as Value);
  for (const { value } of commonJsOf(machine.main).properties.values()) found.add(value);
  const classes = [...found].filter((value): value is ClassValue => value.kind === 'class' && isMigration(value));
  const stamp = (value: ClassValue) => Number(STAMP.exec(nameOf(value))?.[0] ?? 0);
  return [...new Map(classes.map((value) => [value.node, value])).values()].sort((a, b) => stamp(a) - stamp(b));
}

function isMigration(value: ClassValue): boolean {
  if ('abstract' in value.node && value.node.abstract === true) return false;
  return boundMethod(value, 'up', value) !== null || fieldOf(value, 'up') !== null;
}

function hasDown(value: ClassValue): boolean {
  return boundMethod(value, 'down', value) !== null || fieldOf(value, 'down') !== null;
}

/** A class field as Babel holds it. */
function fieldOf({ node }: ClassValue, name: string): { key: unknown; value?: unknown; start?: number | null; end?: number | null } | null {
  for (const member of node.body.body) {
    if (member.type === 'ClassProperty' && member.key.type === 'Identifier' && member.key.name === name) return member;
  }
  return null;
}

/** The name the runner knows a migration by: the field `name`, else the class's own. */
function nameOf(value: ClassValue): string {
  const field = fieldOf(value, 'name')?.value;
  if (typeof field === 'object' && field !== null && 'type' in field && field.type === 'StringLiteral' && 'value' in field) return String(field.value);
  return value.node.id?.name ?? '';
}

function revisionOf(classes: readonly ClassValue[]): string | null {
  const [first] = classes;
  return first === undefined ? null : (STAMP.exec(nameOf(first))?.[0] ?? null);
}

/** `false as const`, `false satisfies boolean`: the value. */
function withoutAssertion(node: unknown): unknown {
  if (typeof node !== 'object' || node === null || !('type' in node) || !('expression' in node)) return node;
  return node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression' ? withoutAssertion(node.expression) : node;
}

function transactionOf(classes: readonly ClassValue[]): { transaction: TransactionShape; setBy: string | null } {
  for (const value of classes) {
    const field = withoutAssertion(fieldOf(value, 'transaction')?.value);
    if (typeof field !== 'object' || field === null || !('type' in field) || field.type !== 'BooleanLiteral' || !('value' in field)) continue;
    return field.value === true ? { transaction: 'file', setBy: 'transaction = true on the class' } : { transaction: 'none', setBy: 'transaction = false on the class' };
  }
  return { transaction: 'batch', setBy: null };
}

function noticesOf(classes: readonly ClassValue[], setBy: string | null): string[] {
  const notices: string[] = [];
  if (setBy !== null) notices.push('a transaction field on the class needs migrationsTransactionMode "each" or "none" in the data source');
  for (const value of classes) {
    const name = nameOf(value);
    if (!STAMP.test(name)) notices.push(`TypeORM refuses class ${name === '' ? 'without a name' : name}: its name does not end in a 13-digit time stamp`);
  }
  return notices;
}

function runMethod(machine: Machine, value: ClassValue, direction: 'up' | 'down', state: State): void {
  const site = { span: machine.spanOf(value.node), callee: direction };
  const call = (callee: Value, args: Value[]) => machine.evaluateCall(callee, args, site);
  const self: Dictionary = instantiate(machine, value, [], site, call);
  const method = boundMethod(value, direction, self) ?? self.properties.get(direction)?.value ?? null;
  if (method === null) return;
  machine.conditions = [];
  call(method, [queryRunner(state)]);
}

/** TypeORM's class migrations on PostgreSQL. */
export const typeorm: FrontEnd = { framework: 'typeorm', recognise, lower, write };
