import type { OperationDraft, Query } from '../../../operations/types.js';
import { type HostObject, hostFunction, nothing, type Value } from '../evaluate/value.js';
import { queryOfSql } from '../fragment.js';
import { spelt } from '../options.js';
import { namesOf } from '../sql-writer.js';
import { queryText } from './query-text.js';
import { constantOf } from './raw.js';
import { qualified, type SchemaCall } from './schema-builder.js';

/** What the callback of a view's call has said. */
class ViewBuilder implements HostObject {
  readonly name = 'view';
  columns: Value | undefined;
  query: Value | undefined;
  checkOption: 'local' | 'cascaded' | undefined;
  readonly changes: { column: Value | undefined; rename?: Value | undefined; value?: Value | undefined }[] = [];

  get(property: string): Value | undefined {
    return hostFunction(property, ([value]) => {
      if (property === 'columns') this.columns = value;
      if (property === 'as') this.query = value;
      if (property === 'localCheckOption') this.checkOption = 'local';
      if (property === 'cascadedCheckOption' || property === 'checkOption') this.checkOption = 'cascaded';
      return property === 'column' ? this.column(value) : nothing;
    });
  }

  private column(column: Value | undefined): Value {
    const self: HostObject = {
      name: 'column',
      get: (property) =>
        hostFunction(property, ([value]) => {
          this.changes.push(property === 'rename' ? { column, rename: value } : { column, value });
          return { kind: 'host', host: self };
        }),
    };
    return { kind: 'host', host: self };
  }
}

function built({ knex, site }: SchemaCall, callback: Value | undefined): ViewBuilder {
  const builder = new ViewBuilder();
  knex.callback(callback, { kind: 'host', host: builder }, site);
  return builder;
}

export function createView(call: SchemaCall, [view, callback]: readonly Value[], how: 'view' | 'replace' | 'materialized'): undefined {
  const { name, partial } = qualified(view, call.schema, 'view');
  const { columns, query, checkOption } = built(call, callback);
  const { names, partial: unsure } = namesOf(columns);
  const text = queryText(query, call.site.span);
  const read: Query = queryOfSql(text.sql);
  const common = { view: name, ...(columns !== undefined && { columns: names }), query: read };
  const draft: OperationDraft =
    how === 'materialized'
      ? { kind: 'createMaterializedView', ...common }
      : { kind: 'createView', ...common, ...(how === 'replace' && { orReplace: true }), ...(checkOption !== undefined && { checkOption }) };
  call.knex.send(draft, call.site.span, undefined, partial || unsure || text.partial);
}

export function alterView(call: SchemaCall, [view, callback]: readonly Value[]): undefined {
  const { name: table, partial } = qualified(view, call.schema, 'view');
  for (const change of built(call, callback).changes) {
    const { text: column, partial: unsure } = spelt(change.column, 'column');
    const about = { table, relation: 'view' as const, column };
    const draft: OperationDraft =
      change.rename !== undefined
        ? { kind: 'renameColumn', ...about, to: spelt(change.rename, 'name').text }
        : { kind: 'setDefault', ...about, default: change.value?.kind === 'text' ? spelt(change.value, 'default').text : (constantOf(change.value) ?? 'NULL') };
    call.knex.send(draft, call.site.span, undefined, partial || unsure);
  }
}
