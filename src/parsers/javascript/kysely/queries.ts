import type { Span } from '../../../operations/types.js';
import { around, compose, identifier, type Piece, separated, wordsOf } from '../compose.js';
import { isFunction } from '../callbacks.js';
import { textAt } from '../evaluate/text.js';
import { host, hostFunction, type Site, unknown, type Value } from '../evaluate/value.js';
import type { Run } from '../run.js';
import { queryOf } from '../tagged/query.js';
import { expression, path, several } from './sql.js';

/** A query as far as its chain has come; `where` holds what could be read and a hole for what could not. */
interface Built {
  verb: 'insert' | 'update' | 'delete' | 'select' | 'replace';
  table: Piece;
  columns: readonly Piece[];
  rows: readonly (readonly Value[])[];
  set: readonly Piece[];
  where: readonly Piece[];
  tail: Piece;
  conflict: readonly Value[] | null;
  parameters: { next: number };
}

const VERBS: Record<string, Built['verb'] | undefined> = { insertInto: 'insert', updateTable: 'update', deleteFrom: 'delete', selectFrom: 'select' };

/** `insertInto`, `updateTable`, `deleteFrom`, `selectFrom` of a database; undefined for anything else. */
export function queryStart(run: Run, schema: Value | undefined, property: string): Value | undefined {
  const verb = VERBS[property];
  if (verb === undefined) return undefined;
  return hostFunction(property, ([table], { span }) =>
    building(run, { verb, table: separated(several(table).map((name) => aliased(name, span, schema))), columns: [], rows: [], set: [], where: [], tail: null, conflict: null, parameters: { next: 1 } }),
  );
}

/** `'t as a'`. */
function aliased(value: Value, span: Span, schema: Value | undefined): Piece {
  const match = value.kind === 'text' && value.holes.length === 0 ? /^(\S+)\s+as\s+(\S+)$/i.exec(value.text) : null;
  if (match === null) return value.kind === 'host' ? expression(value, 'table', span) : path(value, 'table', span, schema);
  return [path(textAt(match[1] ?? '', value.span ?? span), 'table', span, schema), ' as ', identifier(textAt(match[2] ?? '', value.span ?? span))];
}

function building(run: Run, built: Built): Value {
  return host({
    name: 'query',
    carrier: true,
    get: (property) => {
      if (/^(?:execute\w*|stream)$/.test(property)) return hostFunction(property, (_, site) => executed(run, built, site));
      if (property === '$call' || property === '$if') return hostFunction(property, (args, site) => applied(run, built, args, site));
      return hostFunction(property, (args, { span }) => building(run, extended(built, property, args, span)));
    },
  });
}

function applied(run: Run, built: Built, args: readonly Value[], site: Site): Value {
  const callback = args.find(isFunction);
  return callback === undefined ? building(run, built) : run.call(callback, [building(run, built)], site);
}

function extended(built: Built, property: string, args: readonly Value[], span: Span): Built {
  const [first, second] = args;
  switch (property) {
    case 'values':
      return withRows(built, first, span);
    case 'set':
      return second === undefined ? withChanges(built, first, span) : { ...built, set: [...built.set, [path(first, 'column', span), ' = ', valueOf(second, built, span)]] };
    case 'where':
      return { ...built, where: [...built.where, condition(args, built, span)] };
    case 'select':
    case 'selectAll':
    case 'returning':
    case 'returningAll':
      return projected(built, property, first, span);
    case 'onConflict':
      return { ...built, conflict: args };
    case 'from':
      return { ...built, tail: [' from ', separated(several(first).map((table) => aliased(table, span, undefined)))] };
    case 'orderBy':
    case 'groupBy':
    case 'distinct':
    case 'forUpdate':
    case '$castTo':
      return built;
    default:
      // Whatever else limits the query stands where its WHERE does.
      return built.verb === 'select' || built.verb === 'insert' ? built : { ...built, where: [...built.where, wordsOf(undefined, property, span)] };
  }
}

function withRows(built: Built, value: Value | undefined, span: Span): Built {
  const rows = several(value);
  const [first] = rows;
  const keys = first?.kind === 'dictionary' ? [...first.properties.keys()] : [];
  const held = rows.map((row) => keys.map((key): Value => (row.kind === 'dictionary' ? (row.properties.get(key)?.value ?? unknown(key)) : unknown(key))));
  return { ...built, columns: keys.map((key) => identifier(textAt(key, span))), rows: held };
}

function withChanges(built: Built, value: Value | undefined, span: Span): Built {
  if (value?.kind !== 'dictionary') return { ...built, set: [...built.set, [identifier(wordsOf(undefined, 'column', span)), ' = ', wordsOf(undefined, 'value', span)]] };
  const changes = [...value.properties].map(([key, property]): Piece => [path(textAt(key, property.span ?? span), 'column', span), ' = ', valueOf(property.value, built, span)]);
  return { ...built, set: [...built.set, ...changes] };
}

/** SQL of a tag, or a value that travels beside the statement. */
function valueOf(value: Value, { parameters }: Built, span: Span): Piece {
  if (value.kind === 'host' || isFunction(value)) return queryOf(value) === null ? wordsOf(undefined, 'value', span) : expression(value, 'value', span);
  const number = parameters.next;
  parameters.next += 1;
  return textAt(`$${number}`, value.span ?? span);
}

function condition(args: readonly Value[], built: Built, span: Span): Piece {
  const [left, operator, right] = args;
  if (operator === undefined || right === undefined) return queryOf(left) === null ? wordsOf(undefined, 'condition', span) : expression(left, 'condition', span);
  const word = wordsOf(operator, 'operator', span);
  const column = left?.kind === 'text' ? path(left, 'column', span) : expression(left, 'column', span);
  if (right.kind === 'list') return [column, ' ', word, ' (', separated(right.items.map((item) => valueOf(item, built, span))), ')'];
  if (/^is\b/i.test(word.text) && right.kind === 'primitive') return [column, ' ', word, ' ', String(right.value)];
  return [column, ' ', word, ' ', valueOf(right, built, span)];
}

function projected(built: Built, property: string, value: Value | undefined, span: Span): Built {
  const list: Piece = property.endsWith('All') ? '*' : separated(several(value).map((item) => (item.kind === 'text' ? aliased(item, span, undefined) : expression(item, 'column', span))));
  return property.startsWith('select') ? { ...built, columns: [...built.columns, list] } : { ...built, tail: [built.tail, ' returning ', list] };
}

function executed(run: Run, built: Built, site: Site): Value {
  const { span } = site;
  const where = around(' where ', separated(built.where, ' and '));
  const text = {
    insert: (): Piece => ['insert into ', built.table, around(' (', separated(built.columns), ')'), insertSource(built, span), conflictOf(run, built, site), built.tail],
    replace: (): Piece => null,
    update: (): Piece => ['update ', built.table, ' set ', separated(built.set), built.tail, where],
    delete: (): Piece => ['delete from ', built.table, where, built.tail],
    select: (): Piece => ['select ', built.columns.length === 0 ? '*' : separated(built.columns), ' from ', built.table, where],
  }[built.verb]();
  run.sql(compose(span, returningLast(built, text, where)), site);
  return unknown(`${site.callee}()`, span);
}

/** UPDATE … FROM stands before WHERE, RETURNING behind it. */
function returningLast(built: Built, text: Piece, where: Piece): Piece {
  if (built.verb !== 'update') return text;
  const isFrom = Array.isArray(built.tail) && built.tail[0] === ' from ';
  return isFrom ? text : ['update ', built.table, ' set ', separated(built.set), where, built.tail];
}

/** `onConflict((oc) => oc.column('id').doUpdateSet({ … }))`. */
function conflictOf(run: Run, built: Built, site: Site): Piece {
  const callback = built.conflict?.find(isFunction);
  if (built.conflict === null) return null;
  const target: Piece[] = [];
  let action: Piece = ' do nothing';
  const self: Value = host({
    name: 'on conflict',
    get: (property) =>
      hostFunction(property, (args, { span }) => {
        const [first] = args;
        if (property === 'column') target.push(' (', path(first, 'column', span), ')');
        if (property === 'columns') target.push(' (', separated(several(first).map((column) => path(column, 'column', span))), ')');
        if (property === 'constraint') target.push(' on constraint ', path(first, 'constraint', span));
        if (property === 'doUpdateSet') action = [' do update set ', separated(withChanges({ ...built, set: [] }, first, span).set)];
        return self;
      }),
  });
  if (callback !== undefined) run.call(callback, [self], site);
  return [' on conflict', target, action];
}

function insertSource(built: Built, span: Span): Piece {
  if (built.rows.length === 0) return [' ', wordsOf(undefined, 'rows', span)];
  return [' values ', separated(built.rows.map((row): Piece => (row.length === 0 ? wordsOf(undefined, 'row', span) : ['(', separated(row.map((value) => valueOf(value, built, span))), ')'])))];
}
