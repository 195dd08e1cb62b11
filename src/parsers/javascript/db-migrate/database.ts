import { around, compose, identifier, isEmpty, type Piece, replacedIn, separated, spaced, wordsOf } from '../compose.js';
import { isFunction, succeeded } from '../callbacks.js';
import { concat, slice, type Text, textAt } from '../evaluate/text.js';
import { host, hostFunction, list, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import { Options } from '../options.js';
import type { Run } from '../run.js';
import { columnOf, columnsOf, dataTypes, defaultOf, foreignKey, type Later, lengthOf, nameIn, typeOf } from './columns.js';

/** What the tool gives a migration besides its database: the names of its data types. */
export function library(specifier: string, name: string): Value | undefined {
  if (!/^db-migrate/.test(specifier)) return undefined;
  const shared = { kind: 'dictionary' as const, properties: new Map([['dataType', { value: dataTypes }], ['log', { value: host({ name: 'log', get: () => hostFunction('log', () => nothing) }) }]]) };
  if (name === 'options') return { kind: 'dictionary', properties: new Map<string, { value: Value }>([['dbmigrate', { value: shared }]]), open: true };
  return name === '*' || name === 'default' ? shared : name === 'dataType' ? dataTypes : undefined;
}

type Call = (run: Run, args: readonly Value[], site: Site) => void;

const send = (run: Run, site: Site, ...pieces: readonly Piece[]): void => run.sql(compose(site.span, ...pieces), site);

const CALLS: Record<string, Call | undefined> = {
  createTable: (run, [table, options], site) => {
    const { columns, primaryKey, later, ifNotExists } = columnsOf(table, options, site);
    send(run, site, 'CREATE TABLE ', ifNotExists ? 'IF NOT EXISTS ' : null, nameIn(table, 'table', site), ' (', separated(columns), around(', PRIMARY KEY (', primaryKey, ')'), ')');
    finish(run, later, site);
  },
  dropTable: (run, [table, options], site) => {
    send(run, site, 'DROP TABLE ', new Options(plainOptions(options)).flag('ifExists') ? 'IF EXISTS ' : null, nameIn(table, 'table', site));
  },
  renameTable: (run, [table, to], site) => send(run, site, 'ALTER TABLE ', nameIn(table, 'table', site), ' RENAME TO ', nameIn(to, 'name', site)),
  addColumn: (run, [table, column, spec], site) => {
    const later: Later[] = [];
    const definition = columnOf(table, wordsOf(column, 'column', site.span), spec, { emitPrimaryKey: false, site, later, foreignKeysLast: true });
    send(run, site, 'ALTER TABLE ', nameIn(table, 'table', site), ' ADD COLUMN ', definition);
    finish(run, later, site);
  },
  removeColumn: (run, [table, column], site) => send(run, site, 'ALTER TABLE ', nameIn(table, 'table', site), ' DROP COLUMN ', nameIn(column, 'column', site)),
  renameColumn: (run, [table, from, to], site) =>
    send(run, site, 'ALTER TABLE ', nameIn(table, 'table', site), ' RENAME COLUMN ', nameIn(from, 'column', site), ' TO ', nameIn(to, 'name', site)),
  changeColumn,
  addIndex: (run, [table, index, columns, unique], site) => {
    const names = columns?.kind === 'list' ? columns.items : [columns];
    const kind = unique?.kind === 'primitive' && unique.value === true ? 'UNIQUE ' : null;
    send(run, site, 'CREATE ', kind, 'INDEX ', nameIn(index, 'index', site), ' ON ', nameIn(table, 'table', site), ' (', separated(names.map((name) => nameIn(name, 'column', site))), ')');
  },
  removeIndex: (run, [first, second], site) => send(run, site, 'DROP INDEX ', nameIn(second === undefined || isFunction(second) ? first : second, 'index', site)),
  addForeignKey: (run, [table, referenced, name, mapping, rules], site) => send(run, site, foreignKey(table, { table: referenced, name, mapping, rules: plainOptions(rules) }, site)),
  removeForeignKey: (run, [table, key], site) => send(run, site, 'ALTER TABLE ', nameIn(table, 'table', site), ' DROP CONSTRAINT ', nameIn(key, 'constraint', site)),
  insert: (run, args, site) => send(run, site, insertion(args, site)),
  truncate: (run, [table], site) => send(run, site, 'TRUNCATE ', nameIn(table, 'table', site)),
  createDatabase: (run, [name], site) => send(run, site, 'CREATE DATABASE ', nameIn(name, 'database', site)),
  dropDatabase: (run, [name], site) => send(run, site, 'DROP DATABASE ', nameIn(name, 'database', site)),
  runSql: (run, [sql, ...rest], site) => run.sql(rest.some((arg) => !isFunction(arg)) ? numbered(sql) : sql, site),
  all: (run, [sql], site) => run.sql(sql, site),
};

/** The driver a migration is handed; every call takes a callback last, or gives a promise. */
export function database(run: Run): Value {
  return host({
    name: 'db',
    carrier: true,
    get: (property) => {
      const name = property.replace(/Async$/, '');
      const call = CALLS[name];
      if (call === undefined) return undefined;
      return {
        kind: 'host',
        host: {
          name: `db.${property}`,
          carrier: true,
          call: (args, site) => {
            const last = args.at(-1);
            call(run, isFunction(last) ? args.slice(0, -1) : args, site);
            const result = unknown(`${site.callee}()`, site.span);
            succeeded((callee, given, at) => run.call(callee, given, at), last, [result], site);
            return result;
          },
        },
      };
    },
  });
}

/** What has to wait for the table comes in reverse, as the library takes it off its list. */
function finish(run: Run, later: readonly Later[], site: Site): void {
  for (const statement of [...later].reverse()) send(run, site, statement);
}

function plainOptions(value: Value | undefined): Value | undefined {
  return isFunction(value) ? undefined : value;
}

/** NOT NULL and the default are stated whether the author spoke of them or not. */
function changeColumn(run: Run, [table, column, specification]: readonly Value[], site: Site): void {
  const spec = new Options(specification);
  const name = nameIn(column, 'column', site);
  const alter = (...pieces: readonly Piece[]) => send(run, site, 'ALTER TABLE ', nameIn(table, 'table', site), ...pieces);
  alter(' ALTER COLUMN ', name, spec.flag('notNull') ? ' SET NOT NULL' : ' DROP NOT NULL');
  const key: Piece = ['"', wordsOf(table, 'table', site.span), '_', wordsOf(column, 'column', site.span), '_key"'];
  const unique = spec.get('unique');
  if (unique?.kind === 'primitive' && unique.value === true) alter(' ADD CONSTRAINT ', key, ' UNIQUE (', name, ')');
  if (unique?.kind === 'primitive' && unique.value === false) alter(' DROP CONSTRAINT ', key);
  const held = defaultOf(spec, site);
  alter(' ALTER COLUMN ', name, isEmpty(held) ? ' DROP DEFAULT' : [' SET DEFAULT ', held]);
  if (!spec.has('type')) return;
  const type = typeOf(wordsOf(spec.get('type'), 'type', site.span));
  const using: Piece = spec.has('using') ? wordsOf(spec.get('using'), 'using', site.span) : ['USING ', name, '::', type];
  alter(' ALTER COLUMN ', name, ' TYPE ', spaced(type, lengthOf(spec, site), using));
}

/** Every `?` becomes `$1`, `$2` …, the ones in quotes too. */
function numbered(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'text') return value;
  const parts: Text[] = [];
  let at = 0;
  let next = 1;
  for (let found = value.text.indexOf('?'); found >= 0; found = value.text.indexOf('?', at)) {
    const mark = slice(value, found, found + 1);
    parts.push(slice(value, at, found), textAt(`$${next}`, mark.segments[0]?.source ?? null));
    next += 1;
    at = found + 1;
  }
  return at === 0 ? value : { ...concat([...parts, slice(value, at, value.text.length)]), ...(value.span !== undefined && { span: value.span }) };
}

/** `insert(table, columns, values)` or `insert(table, row | rows)`. */
function insertion([table, first, second]: readonly Value[], site: Site): Piece {
  const listed = second !== undefined && !isFunction(second);
  const rows = listed ? [second] : first?.kind === 'list' ? first.items : [first ?? nothing];
  const columns: Piece[] = listed && first?.kind === 'list' ? first.items.map((name) => nameIn(name, 'column', site)) : namesOf(rows[0], site);
  const values = rows.map((row): Piece => ['(', separated(valuesOf(row).map((value) => constantOf(value, site)), ','), ')']);
  return ['INSERT INTO ', nameIn(table, 'table', site), ' (', separated(columns, ','), ') VALUES ', separated(values, ',')];
}

function namesOf(row: Value | undefined, { span }: Site): Piece[] {
  return row?.kind === 'dictionary' ? [...row.properties.keys()].map((name) => identifier(textAt(name, span))) : [identifier(wordsOf(undefined, 'column', span))];
}

function valuesOf(row: Value): readonly Value[] {
  if (row.kind === 'list') return row.items;
  return row.kind === 'dictionary' ? [...row.properties.values()].map(({ value }) => value) : list([row]).items;
}

function constantOf(value: Value, { span }: Site): Piece {
  if (value.kind !== 'text') return wordsOf(value, 'value', span);
  return ["'", replacedIn(wordsOf(value, 'value', span), "'", "''"), "'"];
}
