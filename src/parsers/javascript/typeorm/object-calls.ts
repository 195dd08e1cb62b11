import { Options, spelt } from '../options.js';
import type { Site, Value } from '../evaluate/value.js';
import { concat, textAt, trim } from '../evaluate/text.js';
import { textsOf } from '../evaluate/strings.js';
import { tableName, tablePath } from './names.js';
import type { State } from './state.js';
import { flagged } from './tables.js';

type Call = (state: State, args: readonly Value[], site: Site) => void;

function createSchema(state: State, [value, ifNotExists]: readonly Value[], site: Site): void {
  const { text, partial } = spelt(value, 'schema');
  const schema = text.split('.').at(-1) ?? text;
  state.send({ kind: 'createSchema', schema, ...(flagged(ifNotExists) && { guard: 'if not exists' as const }) }, site, value?.span, partial);
}

function dropSchema(state: State, [value, ifExists, cascade]: readonly Value[], site: Site): void {
  const { text, partial } = spelt(value, 'schema');
  const guard = flagged(ifExists) ? { guard: 'if exists' as const } : {};
  const name = { name: text.split('.').at(-1) ?? text };
  state.send({ kind: 'dropObject', object: 'schema', name, ...guard, ...(flagged(cascade) && { cascade: true as const }) }, site, value?.span, partial);
}

function createDatabase(state: State, [value]: readonly Value[], site: Site): void {
  const { text, partial } = spelt(value, 'database');
  state.send({ kind: 'utility', command: 'CREATE DATABASE', text: `CREATE DATABASE "${text}"` }, site, value?.span, partial);
}

function dropDatabase(state: State, [value, ifExists]: readonly Value[], site: Site): void {
  const { text, partial } = spelt(value, 'database');
  const guard = flagged(ifExists) ? { guard: 'if exists' as const } : {};
  state.send({ kind: 'dropObject', object: 'database', name: { name: text }, ...guard }, site, value?.span, partial);
}

/** `new View({ name, expression, materialized })`: the query is the author's own SQL. */
function createView(state: State, [value, sync]: readonly Value[], site: Site): void {
  const options = new Options(value);
  const expression = options.get('expression');
  if (expression?.kind !== 'text') {
    state.recorder.unread(value?.span ?? site.span, 'a view whose query is not plain SQL', 'dynamic', site.callee);
    return;
  }
  const name = viewName(options);
  const path = name.schema === undefined ? `"${name.name}"` : `"${name.schema}"."${name.name}"`;
  const head = textAt(`CREATE ${options.flag('materialized') ? 'MATERIALIZED ' : ''}VIEW ${path} AS `, options.spanOf('name') ?? site.span);
  state.recorder.sql(concat([head, ...textsOf(trim(expression, 'both'), null, 'expression')]), site);
  if (flagged(sync)) noteView(state, site);
}

function viewName(options: Options): { schema?: string; name: string } {
  return tableName(tablePath(options.text('name') ?? options.hole('name'), options.text('schema')));
}

/** TypeORM keeps the text of its views in a table of its own. */
function noteView(state: State, site: Site): void {
  const columns = ['database', 'schema', 'table', 'type', 'name', 'value'];
  const names = columns.map((column) => `"${column}"`).join(', ');
  state.send(
    {
      kind: 'insert',
      table: { name: 'typeorm_metadata' },
      columns,
      source: 'values',
      rows: 1,
      reads: [],
      implied: true,
      text: `INSERT INTO "typeorm_metadata"(${names}) VALUES (DEFAULT, $1, DEFAULT, $2, $3, $4)`,
    },
    site,
  );
}

function dropView(state: State, [value, ifExists]: readonly Value[], site: Site): void {
  const options = new Options(value);
  const materialized = value?.kind === 'dictionary' && options.flag('materialized');
  const { text, partial } = value?.kind === 'dictionary' ? { text: '', partial: false } : spelt(value, 'view');
  const name = value?.kind === 'dictionary' ? viewName(options) : tableName(tablePath(text));
  const guard = flagged(ifExists) ? { guard: 'if exists' as const } : {};
  state.send({ kind: 'dropObject', object: materialized ? 'materialized view' : 'view', name, ...guard }, site, value?.span, partial);
}

/** Drops every view, table and enum of the schema. */
function clearDatabase(state: State, _args: readonly Value[], site: Site): void {
  state.recorder.unread(site.span, 'clearDatabase() drops every table and view of the schema', 'dynamic', site.callee);
}

function startTransaction(state: State, [level]: readonly Value[], site: Site): void {
  if (state.depth > 0) state.send({ kind: 'savepoint', name: `typeorm_${state.depth}` }, site);
  else {
    state.send({ kind: 'begin' }, site);
    if (level !== undefined) {
      const { text, partial } = spelt(level, 'level');
      state.send({ kind: 'utility', command: 'SET TRANSACTION', text: `SET TRANSACTION ISOLATION LEVEL ${text}` }, site, level.span, partial);
    }
  }
  state.depth += 1;
}

function commitTransaction(state: State, _args: readonly Value[], site: Site): void {
  if (state.depth > 1) state.send({ kind: 'savepoint', name: `typeorm_${state.depth - 1}`, release: true }, site);
  else state.send({ kind: 'commit' }, site);
  state.depth = Math.max(0, state.depth - 1);
}

function rollbackTransaction(state: State, _args: readonly Value[], site: Site): void {
  if (state.depth > 1) state.send({ kind: 'rollback', to: `typeorm_${state.depth - 1}` }, site);
  else state.send({ kind: 'rollback' }, site);
  state.depth = Math.max(0, state.depth - 1);
}

/** Schemas, databases, views and transactions. */
export const objectCalls: Record<string, Call> = {
  createSchema,
  dropSchema,
  createDatabase,
  dropDatabase,
  createView,
  dropView,
  clearDatabase,
  startTransaction,
  commitTransaction,
  rollbackTransaction,
};
