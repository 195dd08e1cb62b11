import { type HostObject, hostFunction, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import { textAt } from '../evaluate/text.js';
import { Options, spelt } from '../options.js';
import { bulkDelete, bulkInsert, bulkUpdate, insertRow } from './data.js';
import { Expression } from './library.js';
import type { Session } from './session.js';
import { createTable, dropTable } from './tables.js';

/** A model that the migration defines for itself. */
interface Model {
  table: Value;
  attributes: Value | undefined;
  /** Sequelize keeps `createdAt` and `updatedAt` by itself. */
  timestamps: boolean;
}

type Method = (session: Session, model: Model, args: readonly Value[], site: Site) => Value;

function under(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === 'dictionary' ? value.properties.get(key)?.value : undefined;
}

/** Values with the time of the change, which the client fills in. */
function stamped(value: Value | undefined, { timestamps }: Model, columns: readonly string[]): Value | undefined {
  if (!timestamps || value?.kind !== 'dictionary') return value;
  const now = columns.filter((name) => !value.properties.has(name)).map((name) => [name, { value: unknown('now') }] as const);
  return { ...value, properties: new Map([...value.properties, ...now]) };
}

const IDLE: Value = { kind: 'host', host: new Expression('literal', [textAt('DEFAULT', null)]) };

/** Sequelize gives a model without a key the column `id`. */
function ownKey({ attributes }: Model): boolean {
  return attributes?.kind === 'dictionary' && ![...attributes.properties.values()].some(({ value }) => new Options(value.kind === 'dictionary' ? value : undefined).flag('primaryKey'));
}

/** A row as it is inserted: the key that the database makes in front, the times behind. */
function keyed(row: Value | undefined, model: Model): Value | undefined {
  const whole = stamped(row, model, ['createdAt', 'updatedAt']);
  if (whole?.kind !== 'dictionary' || !ownKey(model) || whole.properties.has('id')) return whole;
  return { ...whole, properties: new Map([['id', { value: IDLE }], ...whole.properties]) };
}

/** `RETURNING` of every column that the model knows. */
function returningAll(model: Model): Value {
  const names = [...(ownKey(model) ? ['id'] : []), ...(model.attributes?.kind === 'dictionary' ? model.attributes.properties.keys() : []), ...(model.timestamps ? ['createdAt', 'updatedAt'] : [])];
  const items: Value[] = names.map((name) => textAt(name, null));
  return { kind: 'dictionary', properties: new Map([['returning', { value: { kind: 'list', items } }]]) };
}

const given = (...args: (Value | undefined)[]): readonly Value[] => args.map((arg) => arg ?? nothing);

/** What the class methods of a model send; reads give rows that only the database knows. */
const METHODS: Record<string, Method | undefined> = {
  update: (session, model, [values, options], { span, callee }) => {
    session.on(options, () => bulkUpdate(session, given(model.table, stamped(values, model, ['updatedAt']), under(options, 'where')), { span, callee }));
    return unknown(callee);
  },
  destroy: (session, { table }, [options], site) => {
    session.on(options, () => bulkDelete(session, given(table, under(options, 'where'), options), site));
    return unknown(site.callee);
  },
  truncate: (session, { table }, [options], site) => {
    const all: Value = { kind: 'dictionary', properties: new Map([...(options?.kind === 'dictionary' ? options.properties : []), ['truncate', { value: { kind: 'primitive', value: true } }]]) };
    session.on(options, () => bulkDelete(session, given(table, undefined, all), site));
    return nothing;
  },
  create: (session, model, [row, options], site) => {
    session.on(options, () => insertRow(session, given(undefined, model.table, keyed(row, model), returningAll(model)), site));
    return instance(session, model, site.callee);
  },
  bulkCreate: (session, model, [rows, options], site) => {
    const all = rows?.kind === 'list' ? { ...rows, items: rows.items.map((row) => keyed(row, model) ?? row) } : rows;
    session.on(options, () => bulkInsert(session, given(model.table, all, returningAll(model)), site));
    return unknown(site.callee);
  },
  findAll: (session, model, [options], site) => {
    read(session, model, options, site);
    return { kind: 'list', items: [instance(session, model, site.callee)], open: true };
  },
  sync: (session, { table, attributes, timestamps }, _args, site) => {
    const whole = timestamps ? { kind: 'dictionary' as const, properties: new Map(attributes?.kind === 'dictionary' ? attributes.properties : []), open: true as const } : attributes;
    createTable(session, given(table, whole), site);
    return nothing;
  },
  drop: (session, { table }, [options], site) => {
    dropTable(session, given(table, options), site);
    return nothing;
  },
};

for (const name of ['findOne', 'findByPk', 'findOrCreate', 'count', 'max', 'min', 'sum', 'findAndCountAll']) {
  METHODS[name] = (session, model, [options], site) => {
    read(session, model, options, site);
    return name.startsWith('find') ? instance(session, model, site.callee) : unknown(site.callee);
  };
}

function read(session: Session, { table }: Model, options: Value | undefined, site: Site): void {
  const { text, partial } = spelt(table, 'table');
  session.on(options, () => session.send({ kind: 'select', reads: [{ name: text }], functions: [], text: `SELECT * FROM "${text}"` }, site, undefined, partial));
}

/** A row as a model hands it on. */
function instance(session: Session, { table }: Model, label: string): Value {
  const { text, partial } = spelt(table, 'table');
  const changes: HostObject = {
    name: label,
    carrier: true,
    get: (property) => {
      if (property === 'save' || property === 'update' || property === 'increment' || property === 'decrement') {
        return hostFunction(property, (_, site) => {
          session.send({ kind: 'update', table: { name: text }, set: [], where: '"id" = $1', reads: [] }, site, undefined, true);
          return nothing;
        });
      }
      if (property !== 'destroy') return unknown(property);
      return hostFunction(property, (_, site) => {
        session.send({ kind: 'delete', table: { name: text }, where: '"id" = $1', reads: [] }, site, undefined, partial);
        return nothing;
      });
    },
  };
  return { kind: 'host', host: changes };
}

/** `sequelize.define(name, attributes, options)`. */
export function modelOf(session: Session, [name, attributes, settings]: readonly Value[]): Value {
  const options = new Options(settings);
  const given = options.get('tableName');
  const named = options.flag('freezeTableName') ? name : name?.kind === 'text' && name.holes.length === 0 ? textAt(plural(name.text), name.span ?? null) : name;
  const model: Model = { table: given ?? named ?? nothing, attributes, timestamps: !options.has('timestamps') || options.flag('timestamps') };
  const get = (property: string): Value | undefined => {
    const method = METHODS[property];
    if (method !== undefined) return hostFunction(property, (args, site) => method(session, model, args, site));
    return /^(?:belongsTo|hasMany|hasOne|belongsToMany|scope|addHook|removeAttribute|init|associate)/.test(property) ? hostFunction(property, () => nothing) : undefined;
  };
  return { kind: 'host', host: { name: 'model', carrier: true, get, construct: () => instance(session, model, 'model') } };
}

/** The commonest plurals; others a project names itself. */
function plural(name: string): string {
  if (/(?:s|x|z|ch|sh)$/i.test(name)) return /s$/i.test(name) && !/ss$/i.test(name) ? name : `${name}es`;
  return /[^aeiou]y$/i.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}
