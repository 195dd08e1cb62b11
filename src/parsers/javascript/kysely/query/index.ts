import type { Span } from '../../../../operations/types.js';
import { compose, identifier, wordsOf } from '../../compose.js';
import { isFunction } from '../../callbacks.js';
import { textAt } from '../../evaluate/text.js';
import { host, hostFunction, type Value } from '../../evaluate/value.js';
import type { Run } from '../../run.js';
import { queryOf } from '../../tagged/query.js';
import { expressionBuilder, functions } from './expressions.js';
import { type Context, listed, resolved, type Sql } from './parts.js';
import { selectFrom, selectNoFrom } from './select.js';
import { writers } from './write.js';

/** What queries of a database are written in. */
export function queryContext(run: Run, schema: Value | undefined, local: readonly string[] = []): Context {
  const context: Context = { run, schema, local, builder: () => expressionBuilder(context, (inner) => selectFrom(inner, null)) };
  return context;
}

/** `insertInto`, `updateTable`, `deleteFrom`, `selectFrom`, `with` … of a database; undefined for anything else. */
export function queryStart(run: Run, schema: Value | undefined, property: string): Value | undefined {
  return started(queryContext(run, schema), null, property);
}

function started(context: Context, ctes: Sql, property: string): Value | undefined {
  if (property === 'selectFrom') return selectFrom(context, ctes);
  if (property === 'selectNoFrom') return selectNoFrom(context, ctes);
  if (property === 'with' || property === 'withRecursive') return withTable(context, ctes, property === 'withRecursive');
  if (property === 'fn') return functions(context);
  const write = Object.hasOwn(writers, property) ? writers[property] : undefined;
  return write?.(context, ctes);
}

/** `with('name', (db) => …)`: the queries that come after it have the name. */
function withTable(context: Context, before: Sql, recursive: boolean): Value {
  return hostFunction('with', ([name, build], { span }) => {
    const { label, written } = named(context, name, span);
    const inside = queryContext(context.run, context.schema, [...context.local, label]);
    const made = isFunction(build) ? context.run.call(build, [creator(inside, null)], { span, callee: 'with' }) : build;
    const body = queryOf(made)?.inner ?? ['(', wordsOf(undefined, 'query', span), ')'];
    const ctes: Sql = [before === null ? (recursive ? 'with recursive ' : 'with ') : [before, ', '], written, body];
    return creator(inside, ctes);
  });
}

function creator(context: Context, ctes: Sql): Value {
  return host({ name: 'db', carrier: true, get: (property) => started(context, ctes === null || property.startsWith('with') ? ctes : [ctes, ' '], property) });
}

/** `name`, `name(a, b)`, or a callback that asks for `materialized`. */
function named(context: Context, value: Value | undefined, span: Span): { label: string; written: Sql } {
  let hint: string | null = null;
  let held = value;
  if (isFunction(value)) {
    const made: Value = host({
      name: 'cte',
      call: ([name]) => {
        held = name;
        return made;
      },
      get: (property) => hostFunction(property, () => ((hint = property === 'materialized' ? 'materialized ' : 'not materialized '), made)),
    });
    resolved({ ...context, builder: () => made }, value, span);
  }
  const words = wordsOf(held, 'name', span);
  const match = /^(.*?)\((.*)\)$/s.exec(words.text);
  if (match === null || words.holes.length > 0) return { label: words.text, written: [compose(span, identifier(words)), ' as ', hint] };
  const label = (match[1] ?? '').trim();
  const columns = (match[2] ?? '').split(',').map((column): Sql => compose(span, identifier(textAt(column.trim(), span))));
  return { label, written: [compose(span, identifier(textAt(label, span))), '(', listed(columns), ')', ' as ', hint] };
}
