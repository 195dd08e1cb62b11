import type { OperationDraft, QualifiedName, Span } from '../../../operations/types.js';
import { print } from '../../../operations/print.js';
import { existsTest } from '../evaluate/conditions.js';
import { textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, nothing, type Site, truthOf, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { rawOf } from './conditions.js';
import type { Knex } from './knex.js';
import { alterTable, createTable, createTableLike } from './table-compiler.js';
import { alterView, createView } from './views.js';

/** One call of a chain. */
export interface SchemaCall {
  knex: Knex;
  /** `withSchema` counts for every call of the chain, wherever it stands. */
  schema: string | undefined;
  site: Site;
}

type Call = (call: SchemaCall, args: readonly Value[]) => Value | undefined;

/** Knex reads a dot in a table's name as the end of its schema. */
export function qualified(value: Value | undefined, schema: string | undefined, label = 'table'): { name: QualifiedName; raw: string; partial: boolean } {
  const { text, partial } = spelt(value, label);
  const parts = (schema === undefined ? text : `${schema}.${text}`).split('.').map((part) => part.trim());
  const name = parts.at(-1) ?? text;
  const within = parts.at(-2);
  return { name: within === undefined ? { name } : { schema: within, name }, raw: text, partial };
}

function send({ knex, site }: SchemaCall, draft: OperationDraft, at: Span | undefined, partial: boolean): undefined {
  knex.send(draft, site.span, at, partial);
  return undefined;
}

function dropTable(guard: boolean): Call {
  return (call, [table]) => {
    const { name, partial } = qualified(table, call.schema);
    return send(call, { kind: 'dropTable', table: name, ...(guard && { guard: 'if exists' }) }, undefined, partial);
  };
}

function dropObject(object: 'view' | 'materialized view', guard: boolean): Call {
  return (call, [view]) => {
    const { name, partial } = qualified(view, call.schema, 'view');
    return send(call, { kind: 'dropObject', object, name, ...(guard && { guard: 'if exists' }) }, undefined, partial);
  };
}

function createSchema(guard: boolean): Call {
  return (call, [schema]) => {
    const { text, partial } = spelt(schema, 'schema');
    return send(call, { kind: 'createSchema', schema: text, ...(guard && { guard: 'if not exists' }) }, undefined, partial);
  };
}

function dropSchema(guard: boolean): Call {
  return (call, [schema, cascade]) => {
    const { text, partial } = spelt(schema, 'schema');
    const all = cascade !== undefined && truthOf(cascade) === true;
    return send(call, { kind: 'dropObject', object: 'schema', name: { name: text }, ...(all && { cascade: true }), ...(guard && { guard: 'if exists' }) }, undefined, partial);
  };
}

function createExtension(guard: boolean): Call {
  return (call, [extension]) => {
    const { text, partial } = spelt(extension, 'extension');
    return send(call, { kind: 'createExtension', extension: text, ...(guard && { guard: 'if not exists' }) }, undefined, partial);
  };
}

function dropExtension(guard: boolean): Call {
  return (call, [extension]) => {
    const { text, partial } = spelt(extension, 'extension');
    return send(call, { kind: 'dropObject', object: 'extension', name: { name: text }, ...(guard && { guard: 'if exists' }) }, undefined, partial);
  };
}

function rename(relation: 'table' | 'view'): Call {
  return (call, [from, to]) => {
    // The schema of the chain is left out of a view's name.
    const { name, partial } = qualified(from, relation === 'table' ? call.schema : undefined, relation);
    const target = qualified(to, undefined, 'name');
    return send(call, { kind: 'renameTable', table: name, ...(relation === 'view' && { relation }), to: target.name.name }, undefined, partial || target.partial);
  };
}

/** Every call of `knex.schema`. */
export const SCHEMA_CALLS: Record<string, Call | undefined> = {
  createTable: (call, args) => createTable(call, args, false),
  createTableIfNotExists: (call, args) => createTable(call, args, true),
  createTableLike,
  table: alterTable,
  alterTable,
  dropTable: dropTable(false),
  dropTableIfExists: dropTable(true),
  renameTable: rename('table'),
  createView: (call, args) => createView(call, args, 'view'),
  createViewOrReplace: (call, args) => createView(call, args, 'replace'),
  createMaterializedView: (call, args) => createView(call, args, 'materialized'),
  refreshMaterializedView: (call, [view, concurrently]) => {
    const { name, partial } = qualified(view, undefined, 'view');
    const without = concurrently !== undefined && truthOf(concurrently) === true;
    return send(call, { kind: 'refreshMaterializedView', view: name, ...(without && { concurrently: true }) }, undefined, partial);
  },
  view: alterView,
  alterView,
  dropView: dropObject('view', false),
  dropViewIfExists: dropObject('view', true),
  dropMaterializedView: dropObject('materialized view', false),
  dropMaterializedViewIfExists: dropObject('materialized view', true),
  renameView: rename('view'),
  createSchema: createSchema(false),
  createSchemaIfNotExists: createSchema(true),
  dropSchema: dropSchema(false),
  dropSchemaIfExists: dropSchema(true),
  createExtension: createExtension(false),
  createExtensionIfNotExists: createExtension(true),
  dropExtension: dropExtension(false),
  dropExtensionIfExists: dropExtension(true),
  raw: ({ knex, site }, [sql, bindings]) => knex.raw(rawOf(sql, bindings), site),
  hasTable: (_, [table]) => existsTest('table', qualified(table, undefined).name.name),
  hasColumn: (_, [table, column]) => existsTest('column', spelt(column, 'column').text, qualified(table, undefined).name.name),
};

interface Queued {
  method: string;
  args: readonly Value[];
  site: Site;
}

/** `knex.schema`: a chain of calls, all of them sent when the chain is waited for. */
export class SchemaBuilder implements HostObject {
  readonly name = 'knex.schema';
  readonly carrier = true;
  private readonly knex: Knex;
  private readonly conditions: Knex['conditions'];
  private schema: string | undefined;
  private readonly queue: Queued[] = [];

  constructor(knex: Knex) {
    this.knex = knex;
    this.conditions = [...knex.conditions];
  }

  value(): Value {
    return { kind: 'host', host: this };
  }

  get(property: string): Value | undefined {
    if (property === 'withSchema') {
      return hostFunction(property, ([schema]) => {
        this.schema = schema?.kind === 'primitive' ? undefined : spelt(schema, 'schema').text;
        return this.value();
      });
    }
    if (property === 'toString' || property === 'toQuery') return hostFunction(property, (_, { span }) => textAt(this.printed(), span));
    if (PASSING.has(property)) return hostFunction(property, () => this.value());
    if (SCHEMA_CALLS[property] === undefined) return undefined;
    return hostFunction(property, (args, site) => {
      this.queue.push({ method: property, args, site: { ...site, span: this.within(site.span) } });
      return this.value();
    });
  }

  /** The call alone, without those of the chain in front of it. */
  private within(span: Span): Span {
    const before = this.queue.at(-1);
    if (before === undefined || before.site.span.end >= span.end || before.site.span.end <= span.start) return span;
    const between = /^[\s.?]*/.exec(this.knex.machine.main.file.text.slice(before.site.span.end, span.end))?.[0].length ?? 0;
    return { start: before.site.span.end + between, end: span.end };
  }

  /** The SQL of the chain, which is not sent for it. */
  private printed(): string {
    const { recorder } = this.knex;
    const from = recorder.operations.length;
    this.settle();
    return recorder.operations.splice(from).map(print).join(';\n');
  }

  settle(): Value {
    return this.knex.machine.under(this.conditions, () => {
      let result: Value = nothing;
      for (const { method, args, site } of this.queue) result = SCHEMA_CALLS[method]?.({ knex: this.knex, schema: this.schema, site }, args) ?? nothing;
      return result;
    });
  }
}

/** Calls that change how a chain is sent, not what. */
const PASSING = new Set(['transacting', 'connection', 'debug', 'timeout', 'queryContext', 'on', 'once', 'options', 'setUserParams']);
