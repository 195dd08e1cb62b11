import type { CreateTable, OperationDraft, QualifiedName, Span, Statement as Sent } from '../../../operations/types.js';
import type { Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { type Column, columnOf, type TableFacts } from './columns.js';
import { checkOf, type Draft, primaryKey, STATEMENTS, type Target } from './constraints.js';
import { qualified, type SchemaCall } from './schema-builder.js';
import { TableBuilder } from './table-builder.js';

type Given = readonly Value[];

/** `createTable`: types first, the table, comments of its columns, then everything that stands beside it. */
export function createTable(call: SchemaCall, [table, callback]: Given, guard: boolean): undefined {
  create(call, table, undefined, callback, guard);
}

export function createTableLike(call: SchemaCall, [table, like, callback]: Given): undefined {
  create(call, table, like, callback, false);
}

function create(call: SchemaCall, table: Value | undefined, like: Value | undefined, callback: Value | undefined, guard: boolean): void {
  const compiler = new Compiler(call, table, callback, false);
  const { builder, target } = compiler;
  const columns = compiler.columns.filter(({ call: { alter } }) => alter === null);
  compiler.sendTypes(columns);
  const key = like === undefined ? primaryKey(builder, target) : undefined;
  const checks = like === undefined ? builder.checks.map((check) => checkOf(check)) : [];
  const draft: CreateTable = {
    ...({} as CreateTable),
    kind: 'createTable',
    table: target.name,
    columns: columns.map(({ definition }) => definition),
    constraints: [...(key === undefined ? [] : [key]), ...checks.map(({ constraint }) => constraint)],
    ...(like !== undefined && { like: [{ table: qualified(like, call.schema).name, options: 'including all' }] }),
    ...(builder.inherits !== null && { inherits: [qualified(builder.inherits, undefined).name] }),
    ...(guard && { guard: 'if not exists' }),
  };
  const partial = target.partial || columns.some((column) => column.partial) || checks.some((check) => check.partial) || (callback !== undefined && callback.kind === 'unknown');
  call.knex.send(draft, call.site.span, undefined, partial);
  compiler.sendTableComment();
  compiler.sendComments(columns);
  compiler.sendStatements();
}

/** `alterTable`: all new columns in one statement, then what is altered, then the rest in the order written. */
export function alterTable(call: SchemaCall, [table, callback]: Given): undefined {
  const compiler = new Compiler(call, table, callback, true);
  const added = compiler.columns.filter(({ call: { alter } }) => alter === null);
  const altered = compiler.columns.filter(({ call: { alter } }) => alter !== null);
  compiler.sendTypes([...added, ...altered]);
  compiler.sendTogether(added.map((column) => ({ draft: { kind: 'addColumn', table: compiler.target.name, column: column.definition }, at: column.call.span, partial: column.partial })));
  for (const column of altered) compiler.sendAltered(column);
  compiler.sendComments(added);
  compiler.sendComments(altered);
  compiler.sendStatements();
  compiler.sendTableComment();
}

class Compiler {
  readonly target: Target;
  readonly builder: TableBuilder;
  readonly columns: Column[];
  private readonly call: SchemaCall;

  constructor(call: SchemaCall, table: Value | undefined, callback: Value | undefined, alters: boolean) {
    this.call = call;
    const { name, raw, partial } = qualified(table, call.schema);
    this.target = { name, raw, schema: call.schema, partial, alters };
    this.builder = new TableBuilder(call.knex, alters);
    call.knex.callback(callback, this.builder.value(), call.site);
    const facts: TableFacts = { schema: call.schema, hasPrimary: this.builder.statements.some(({ method }) => method === 'primary') };
    this.columns = this.builder.columns.map((column) => columnOf(column, facts));
  }

  private send(draft: OperationDraft, at: Span | undefined, partial: boolean): Sent {
    return this.call.knex.send(draft, this.call.site.span, at, partial || this.target.partial);
  }

  /** Several actions of one ALTER TABLE. */
  sendTogether(drafts: readonly Draft[]): void {
    const [first, ...others] = drafts;
    if (first === undefined) return;
    const statement = this.send(first.draft, first.at, first.partial);
    for (const { draft, at, partial } of others) this.call.knex.append(draft, statement, at, partial || this.target.partial);
  }

  /** Each type goes in front of the ones before it. */
  sendTypes(columns: readonly Column[]): void {
    for (const { createType, call, partial } of [...columns].reverse()) {
      if (createType !== undefined) this.send({ kind: 'createEnum', ...createType }, call.span, partial);
    }
  }

  sendTableComment(): void {
    const { comment } = this.builder;
    if (comment === null) return;
    const { text, partial } = spelt(comment.value, 'comment');
    this.send({ kind: 'comment', object: 'table', name: this.target.name, comment: text }, comment.span, partial);
  }

  /** Comments of columns, and CHECKs of altered ones. */
  sendComments(columns: readonly Column[]): void {
    const { name: table } = this.target;
    for (const { name, comment, call, checks, partial } of columns) {
      if (comment !== undefined) {
        const column: QualifiedName = { ...(table.schema !== undefined && { schema: table.schema }), name };
        this.send({ kind: 'comment', object: 'column', name: column, on: table, comment }, call.modifiers.get('comment')?.span, partial);
      }
      let unnamed = 0;
      for (const { span, ...check } of checks) {
        if (check.name === undefined) unnamed += 1;
        const constraint = { name: `${this.target.raw}_${name}_${unnamed}`.toLowerCase(), ...check };
        this.send({ kind: 'addConstraint', table, constraint }, span, partial);
      }
    }
  }

  /** `.alter()`: what is not said again is taken away. */
  sendAltered({ name: column, call, definition, typeSql, partial }: Column): void {
    const { name: table } = this.target;
    const { alter, span } = call;
    const at = (modifier: string): Span => call.modifiers.get(modifier)?.span ?? span;
    this.send({ kind: 'dropDefault', table, column }, span, partial);
    if (alter?.nullable === true) this.send({ kind: 'dropNotNull', table, column }, span, partial);
    if (alter?.type === true && definition.type !== undefined) {
      const name = `"${column}"`;
      const using = call.type === 'enu' ? `(${name}::text::${typeSql})` : `(${name}::${typeSql})`;
      this.send({ kind: 'alterColumnType', table, column, type: definition.type, using }, span, partial);
    }
    if (definition.default !== undefined) this.send({ kind: 'setDefault', table, column, default: definition.default }, at('defaultTo'), partial);
    if (alter?.nullable === true && definition.notNull === true) this.send({ kind: 'setNotNull', table, column }, at('nullable'), partial);
  }

  sendStatements(): void {
    for (const statement of this.builder.statements) this.sendTogether(STATEMENTS[statement.method]?.(this.target, statement) ?? []);
  }
}
