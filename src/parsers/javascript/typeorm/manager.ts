import type { OperationDraft, QualifiedName } from '../../../operations/types.js';
import { host, hostFunction, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { entityName } from './entities.js';
import { objectCalls } from './object-calls.js';
import { rawQuery } from './query-runner.js';
import type { State } from './state.js';

interface Entity {
  table: QualifiedName;
  partial: boolean;
}

type Write = (state: State, entity: Entity, args: readonly Value[], site: Site) => void;

/** The first argument is the entity; a repository has taken it already. */
const WRITES: Record<string, Write | undefined> = {
  insert: (state, entity, [rows], site) => send(state, entity, site, insertDraft(entity, rows, 'INSERT')),
  upsert: (state, entity, [rows], site) => send(state, entity, site, { ...insertDraft(entity, rows, 'INSERT'), onConflict: 'update' }),
  save: (state, entity, [rows], site) => send(state, entity, site, { ...insertDraft(entity, rows, 'INSERT or UPDATE'), partial: true }),
  update: (state, entity, [criteria, changes], site) => send(state, entity, site, updateDraft(entity, changes, whereOf(criteria))),
  increment: (state, entity, [criteria], site) => send(state, entity, site, updateDraft(entity, undefined, whereOf(criteria))),
  decrement: (state, entity, [criteria], site) => send(state, entity, site, updateDraft(entity, undefined, whereOf(criteria))),
  softDelete: (state, entity, [criteria], site) => send(state, entity, site, updateDraft(entity, undefined, whereOf(criteria))),
  restore: (state, entity, [criteria], site) => send(state, entity, site, updateDraft(entity, undefined, whereOf(criteria))),
  delete: (state, entity, [criteria], site) => send(state, entity, site, { kind: 'delete', table: entity.table, reads: [], ...whereOf(criteria) }),
  remove: (state, entity, _args, site) => send(state, entity, site, { kind: 'delete', table: entity.table, reads: [], whereUnknown: true }),
  clear: (state, entity, _args, site) => send(state, entity, site, { kind: 'truncate', table: entity.table }),
};

const READS = /^(find|count|exists?$|sum$|average$|minimum$|maximum$|create$|merge$|preload$|getId$|hasId$|metadata$|target$)/;

function send(state: State, { partial }: Entity, site: Site, draft: OperationDraft): void {
  state.send(draft, site, undefined, partial);
}

function insertDraft({ table }: Entity, rows: Value | undefined, word: string): Extract<OperationDraft, { kind: 'insert' }> {
  const items = rows?.kind === 'list' ? rows.items : rows === undefined ? [] : [rows];
  const [first] = items;
  const columns = first?.kind === 'dictionary' && first.class === undefined ? [...first.properties.keys()] : [];
  const known = rows?.kind === 'dictionary' || (rows?.kind === 'list' && rows.open !== true);
  return { kind: 'insert', table, columns, source: 'values', ...(known && { rows: items.length }), reads: [], text: `${word} INTO "${table.name}"` };
}

function updateDraft({ table }: Entity, changes: Value | undefined, where: { where?: string; whereUnknown?: true }): Extract<OperationDraft, { kind: 'update' }> {
  const columns = changes?.kind === 'dictionary' ? [...changes.properties.keys()] : [];
  return { kind: 'update', table, set: columns.map((column, index) => ({ column, value: `$${index + 1}` })), reads: [], ...where };
}

/** Criteria are a key, a list of keys, or an object; an empty object is refused by TypeORM itself. */
function whereOf(criteria: Value | undefined): { where?: string; whereUnknown?: true } {
  if (criteria?.kind !== 'dictionary' || criteria.open === true) return { whereUnknown: true };
  const columns = [...criteria.properties.keys()];
  return columns.length === 0 ? {} : { where: columns.map((column, index) => `"${column}" = $${index + 1}`).join(' AND ') };
}

/** `queryRunner.manager`, and the manager a nested transaction hands on. */
export function manager(state: State): Value {
  return host({ name: 'manager', carrier: true, get: (property) => managerMember(state, property) });
}

function managerMember(state: State, property: string): Value | undefined {
  if (property === 'query') return rawQuery(state);
  if (property === 'getRepository' || property === 'withRepository' || property === 'getTreeRepository') {
    return hostFunction(property, ([entity]) => repository(state, entityOf(entity)));
  }
  if (property === 'createQueryBuilder') return hostFunction(property, ([entity]) => builder(state, entity === undefined ? null : entityOf(entity)));
  if (property === 'transaction') return hostFunction(property, (args, site) => nested(state, args, site));
  if (property === 'connection' || property === 'dataSource' || property === 'queryRunner') return undefined;
  const write = WRITES[property];
  if (write !== undefined) {
    return hostFunction(property, (args, site) => {
      const [first, ...rest] = args;
      // `save(entity)` and `remove(entity)` may leave the class to the object.
      const implied = (property === 'save' || property === 'remove') && rest.length === 0;
      write(state, implied ? ownerOf(first) : entityOf(first), implied ? args : rest, site);
      return unknown(`${site.callee}()`);
    });
  }
  return READS.test(property) ? hostFunction(property, (_, { callee }) => unknown(`${callee}()`)) : undefined;
}

function nested(state: State, args: readonly Value[], site: Site): Value {
  const body = args.findLast((arg) => arg.kind === 'callable');
  if (body === undefined) return nothing;
  objectCalls['startTransaction']?.(state, [], site);
  state.call(body, [manager(state)], site);
  objectCalls['commitTransaction']?.(state, [], site);
  return nothing;
}

function entityOf(value: Value | undefined): Entity {
  return entityName(value) ?? { table: { name: spelt(value, 'entity').text }, partial: true };
}

/** An object made by `new Entity()`; anything else belongs to a table only the run knows. */
function ownerOf(value: Value | undefined): Entity {
  const made = value?.kind === 'dictionary' ? value.class : undefined;
  return entityOf(made ?? { kind: 'unknown', label: 'entity' });
}

function repository(state: State, entity: Entity): Value {
  return host({
    name: 'repository',
    carrier: true,
    get: (property) => {
      if (property === 'query') return rawQuery(state);
      if (property === 'createQueryBuilder') return hostFunction(property, () => builder(state, entity));
      const write = WRITES[property];
      if (write !== undefined) {
        return hostFunction(property, (args, site) => {
          write(state, entity, args, site);
          return unknown(`${site.callee}()`);
        });
      }
      return READS.test(property) ? hostFunction(property, (_, { callee }) => unknown(`${callee}()`)) : undefined;
    },
  });
}

interface Built {
  kind: 'select' | 'insert' | 'update' | 'delete';
  entity: Entity | null;
  rows?: Value;
  changes?: Value;
  where?: { where?: string; whereUnknown?: true };
}

/** `createQueryBuilder().update(E).set(…).where(…).execute()`: sent by `execute` alone. */
function builder(state: State, entity: Entity | null): Value {
  return chain(state, { kind: 'select', entity });
}

function chain(state: State, built: Built): Value {
  return host({
    name: 'query builder',
    get: (property) =>
      hostFunction(property, (args, site) => {
        if (property === 'execute') return executed(state, built, site);
        if (/^get(One|Many|Raw|Count|Exists)|^stream$/.test(property)) return unknown(`${site.callee}()`);
        return chain(state, extended(built, property, args));
      }),
  });
}

function extended(built: Built, property: string, [first]: readonly Value[]): Built {
  const entity = first !== undefined && first.kind !== 'dictionary' ? entityOf(first) : built.entity;
  switch (property) {
    case 'insert':
    case 'delete':
      return { ...built, kind: property };
    case 'softDelete':
    case 'restore':
      return { ...built, kind: 'update' };
    case 'update':
      return { ...built, kind: 'update', entity, ...(first?.kind === 'dictionary' && { changes: first }) };
    case 'into':
    case 'from':
      return { ...built, entity };
    case 'values':
      return first === undefined ? built : { ...built, rows: first };
    case 'set':
      return first === undefined ? built : { ...built, changes: first };
    case 'where':
    case 'andWhere':
    case 'orWhere':
    case 'whereInIds':
      return { ...built, where: conditionOf(first) };
    default:
      return built;
  }
}

function conditionOf(value: Value | undefined): { where?: string; whereUnknown?: true } {
  if (value?.kind === 'text' && value.holes.length === 0) return { where: value.text };
  return value?.kind === 'dictionary' ? whereOf(value) : { whereUnknown: true };
}

function executed(state: State, { kind, entity, rows, changes, where = {} }: Built, site: Site): Value {
  const target = entity ?? { table: { name: '__entity' }, partial: true };
  if (kind === 'insert') send(state, target, site, insertDraft(target, rows, 'INSERT'));
  if (kind === 'update') send(state, target, site, updateDraft(target, changes, where));
  if (kind === 'delete') send(state, target, site, { kind: 'delete', table: target.table, reads: [], ...where });
  return unknown(`${site.callee}()`);
}
