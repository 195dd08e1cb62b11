import type { Constraint, ForeignKeyAction, IndexKey, OperationDraft } from '../../../operations/types.js';
import type { Site, Value } from '../evaluate/value.js';
import { indexKeyOfSql } from '../fragment.js';
import { Options, spelt } from '../options.js';
import { SqlWriter } from '../sql-writer.js';
import { targetOf } from './attributes.js';
import { writeExpression } from './expressions.js';
import { Expression } from './library.js';
import type { Session } from './session.js';
import { writeWhere } from './where.js';

type Given = readonly Value[];

/** `camelCase` as `camel_case`, the way Sequelize makes names. */
export function underscore(text: string): string {
  return text.replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2').replace(/([a-z\d])([A-Z])/g, '$1_$2').replaceAll('-', '_').toLowerCase();
}

function expressionSql(expression: Expression): { sql: string; partial: boolean } {
  const writer = new SqlWriter({ start: 0, end: 0 }, true);
  writeExpression(writer, expression);
  const { text, holes } = writer.done();
  return { sql: text.replaceAll('\uE000', '__value'), partial: holes.length > 0 };
}

function keyOf(field: Value, operator: string | undefined): { key: IndexKey; name: string; partial: boolean } {
  if (field.kind === 'host' && field.host instanceof Expression) {
    const { sql, partial } = expressionSql(field.host);
    return { key: indexKeyOfSql(sql), name: '', partial };
  }
  if (field.kind !== 'dictionary') {
    const { text: column, partial } = spelt(field, 'column');
    return { key: { column, ...(operator !== undefined && { operatorClass: operator }) }, name: column, partial };
  }
  const options = new Options(field);
  const column = options.text('attribute') ?? options.text('name') ?? options.hole('name');
  const order = options.text('order')?.toLowerCase() ?? '';
  const collation = options.text('collate');
  const operatorClass = options.text('operator') ?? operator;
  const key: IndexKey = {
    column,
    ...(collation !== undefined && { collation: { name: collation } }),
    ...(operatorClass !== undefined && { operatorClass }),
    ...(/^desc/.test(order) && { order: 'desc' }),
    ...(/^asc/.test(order) && { order: 'asc' }),
    ...(order.includes('nulls first') && { nulls: 'first' }),
    ...(order.includes('nulls last') && { nulls: 'last' }),
  };
  return { key, name: column, partial: options.partial };
}

function whereOf(where: Value | undefined): { sql: string; partial: boolean } | null {
  if (where === undefined) return null;
  const writer = new SqlWriter({ start: 0, end: 0 }, true);
  writeWhere(writer, where);
  const { text, holes } = writer.done();
  return { sql: text.replaceAll('\uE000', '__value'), partial: writer.partial || holes.length > 0 };
}

/** `addIndex(table, columns, options)` or `addIndex(table, { fields, … })`. */
export function addIndex(session: Session, [table, attributes, given]: Given, site: Site): void {
  const target = targetOf(table);
  const options = new Options(attributes?.kind === 'list' ? given : attributes);
  const list = attributes?.kind === 'list' ? attributes : options.get('fields');
  const fields = (list?.kind === 'list' ? list.items : []).map((field) => keyOf(field, options.text('operator')));
  const prefix = target.name.schema === undefined || table?.kind === 'dictionary' ? target.name.name : `${target.name.schema}_${target.name.name}`;
  const where = whereOf(options.get('where'));
  const method = options.text('using');
  const unique = options.flag('unique') || options.text('type')?.toLowerCase() === 'unique';
  const concurrently = options.flag('concurrently');
  const partial = target.partial || options.partial || list?.kind !== 'list' || list.open === true || where?.partial === true || fields.some((field) => field.partial);
  const draft: OperationDraft = {
    kind: 'createIndex',
    index: options.text('name') ?? underscore(`${prefix}_${fields.map(({ name }) => name).join('_')}`),
    table: target.name,
    keys: fields.map(({ key }) => key),
    ...(unique && { unique: true }),
    ...(concurrently && { concurrently: true }),
    ...(method !== undefined && { method: method.toLowerCase() }),
    ...(where !== null && { where: where.sql }),
  };
  session.send(draft, site, options.spanOf('name'), partial);
}

export function removeIndex(session: Session, [table, name, options]: Given, site: Site): void {
  const target = targetOf(table);
  const concurrently = new Options(options).flag('concurrently');
  const columns = name?.kind === 'list' ? name.items.map((item) => spelt(item, 'column').text) : null;
  const { text, partial } = columns === null ? spelt(name, 'index') : { text: underscore(`${target.name.name}_${columns.join('_')}`), partial: false };
  const [first = '', second] = text.split('.');
  const index = second === undefined ? { name: first } : { schema: first, name: second };
  session.send({ kind: 'dropIndex', index, table: target.name, guard: 'if exists', ...(concurrently && { concurrently: true }) }, site, undefined, partial);
}

const SUFFIXES: Record<string, string | undefined> = { unique: 'uk', check: 'ck', 'primary key': 'pk', 'foreign key': 'fk' };

/** `addConstraint(table, { fields, type, name, … })`, and the older form with the fields first. */
export function addConstraint(session: Session, [table, second, third]: Given, site: Site): void {
  const target = targetOf(table);
  const options = new Options(second?.kind === 'list' ? third : second);
  const fields = second?.kind === 'list' ? second.items.map((item) => spelt(item, 'column').text) : options.texts('fields');
  const type = options.text('type')?.toLowerCase() ?? '';
  const references = new Options(options.get('references'));
  const referenced = references.get('table') === undefined ? null : targetOf(references.get('table'));
  const path = target.name.schema === undefined ? target.name.name : `${target.name.schema}.${target.name.name}`;
  const middle = referenced === null ? '' : `_${referenced.name.name}`;
  const name = options.text('name') ?? `${path}_${fields.join('_')}${type === 'foreign key' ? middle : ''}_${SUFFIXES[type] ?? 'uk'}`;
  const where = type === 'check' ? whereOf(options.get('where')) : null;
  const constraint = constraintOf(type, name, fields, { options, references, referenced: referenced?.name ?? { name: '__table' }, where: where?.sql ?? 'true' });
  const partial = target.partial || options.partial || where?.partial === true || constraint === null;
  if (constraint === null) {
    session.recorder.unread(site.span, `constraint of a type known only at run time`, 'dynamic', site.callee);
    return;
  }
  session.send({ kind: 'addConstraint', table: target.name, constraint }, site, options.spanOf('name'), partial);
}

interface Parts {
  options: Options;
  references: Options;
  referenced: { schema?: string; name: string };
  where: string;
}

function constraintOf(type: string, name: string, columns: string[], { options, references, referenced, where }: Parts): Constraint | null {
  const deferrable = options.text('deferrable');
  const when = deferrable === undefined ? {} : { deferrable: deferrable !== 'NOT', ...(deferrable === 'INITIALLY_DEFERRED' && { initiallyDeferred: true }) };
  if (type === 'unique') return { type: 'unique', columns, name, ...when };
  if (type === 'primary key') return { type: 'primary key', columns, name, ...when };
  if (type === 'check') return { type: 'check', expression: where, name };
  if (type !== 'foreign key') return null;
  const onDelete = options.text('onDelete')?.toLowerCase() as ForeignKeyAction | undefined;
  const onUpdate = options.text('onUpdate')?.toLowerCase() as ForeignKeyAction | undefined;
  const field = references.text('field');
  return {
    type: 'foreign key',
    columns,
    references: { table: referenced, columns: field === undefined ? references.texts('fields') : [field] },
    name,
    ...(onDelete !== undefined && { onDelete }),
    ...(onUpdate !== undefined && { onUpdate }),
    ...when,
  };
}
