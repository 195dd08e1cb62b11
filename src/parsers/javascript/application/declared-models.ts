import type * as t from '@babel/types';
import { snakeCase } from '../../../sql/naming.js';
import type { Model, ModelColumn } from '../../application.js';
import { lastPart, namesOfColumn, namesOfTable } from './decorated-class.js';
import { calledName, entriesOf, innermostCall, keyOf, objectOf, propertyOf, spanOf, stringOf } from './nodes.js';

/** `pgTable('orders', { total: integer('total') })` of Drizzle, also of a schema and of a table creator. */
export function drizzleTable(call: t.CallExpression, entity: string): Model | null {
  const name = calledName(call.callee);
  if (name === null || !/^(?:pgTable|table|createTable|\w*[tT]able)$/.test(name)) return null;
  const table = stringOf(call.arguments[0]);
  const columns = objectOf(call.arguments[1]);
  if (table === null || columns === null) return null;
  return {
    entity,
    tables: [table],
    named: true,
    bases: [],
    span: spanOf(call.arguments[0] as t.Node),
    columns: entriesOf(columns).map(({ key, value, node }) => {
      const written = stringOf(innermostCall(value)?.arguments[0]);
      return { names: written === null ? namesOfColumn(key, false) : [written], span: spanOf(node) };
    }),
  };
}

/** `Order.init({ … }, { tableName })` and `sequelize.define('order', { … }, { … })`. */
export function sequelizeModel(call: t.CallExpression): Model | null {
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return null;
  const { name } = callee.property;
  const [first, second, third] = call.arguments;
  if (name === 'define') {
    const model = stringOf(first);
    const attributes = objectOf(second);
    return model === null || attributes === null ? null : ofAttributes(model, attributes, objectOf(third), spanOf(first as t.Node));
  }
  if (name !== 'init') return null;
  const attributes = objectOf(first);
  const options = objectOf(second);
  if (attributes === null || options === null || propertyOf(options, 'sequelize', 'tableName', 'modelName') === null) return null;
  const model = stringOf(propertyOf(options, 'modelName')) ?? (callee.object.type === 'Identifier' ? callee.object.name : 'model');
  return ofAttributes(model, attributes, options, spanOf(callee));
}

function ofAttributes(entity: string, attributes: t.ObjectExpression, options: t.ObjectExpression | null, span: Model['span']): Model {
  const table = propertyOf(options, 'tableName');
  const written = stringOf(table) ?? stringOf(propertyOf(objectOf(table), 'tableName'));
  return {
    entity,
    tables: written === null ? namesOfTable(entity) : [written],
    named: written !== null,
    bases: [],
    span,
    columns: entriesOf(attributes).map(({ key, value, node }) => {
      const field = stringOf(propertyOf(objectOf(value), 'field'));
      return { names: field === null ? namesOfColumn(key, false) : [field], span: spanOf(node) };
    }),
  };
}

/** `new EntitySchema({ name, tableName, columns | properties })` and `defineEntity({ … })`. */
export function entitySchema(callee: t.Node, options: t.ObjectExpression | null): Model | null {
  const called = calledName(callee);
  if (options === null || (called !== 'EntitySchema' && called !== 'defineEntity')) return null;
  const entity = stringOf(propertyOf(options, 'name')) ?? calledName(propertyOf(options, 'class')) ?? calledName(propertyOf(options, 'target')) ?? '';
  const table = stringOf(propertyOf(options, 'tableName'));
  const columns = [propertyOf(options, 'columns'), propertyOf(options, 'properties')].flatMap((node) => entriesOf(objectOf(node)));
  return {
    entity,
    tables: table === null ? namesOfTable(entity) : [table],
    named: table !== null,
    bases: [],
    span: spanOf(callee),
    columns: columns.map(({ key, value, node }) => {
      const written = stringOf(propertyOf(objectOf(value), 'name', 'fieldName'));
      return { names: written === null ? [...namesOfColumn(key, false), ...namesOfColumn(key, true)] : [written], span: spanOf(node) };
    }),
  };
}

/** A class with `static tableName` of Objection, its columns from `jsonSchema` where it has one. */
export function objectionClass(node: t.Class): Model | null {
  const members = new Map(node.body.body.flatMap(staticMember));
  const table = members.get('tableName');
  const name = stringOf(table);
  if (table === undefined || name === null) return null;
  const properties = propertyOf(objectOf(members.get('jsonSchema')), 'properties');
  const columns: ModelColumn[] = entriesOf(objectOf(properties)).map(({ key, node: entry }) => ({ names: namesOfColumn(key, false), span: spanOf(entry.key) }));
  return { entity: node.id?.name ?? name, tables: [lastPart(name)], named: true, bases: [], columns, span: spanOf(table) };
}

function staticMember(member: t.ClassBody['body'][number]): [string, t.Node][] {
  if ((member.type !== 'ClassProperty' && member.type !== 'ClassMethod') || member.static !== true) return [];
  const key = keyOf(member);
  const value = member.type === 'ClassProperty' ? member.value : returned(member);
  return key === null || value === null || value === undefined ? [] : [[key, value]];
}

function returned({ body }: t.ClassMethod): t.Node | null {
  const last = body.body.at(-1);
  return last?.type === 'ReturnStatement' ? (last.argument ?? null) : null;
}

/** The interface that tells Kysely a database's tables: `interface Database { orders: OrderTable }`. */
export function kyselyTables(interfaces: readonly t.TSInterfaceDeclaration[]): Model[] {
  const byName = new Map(interfaces.map((declaration) => [declaration.id.name, declaration]));
  const database = interfaces.find(({ id }) => /^(?:DB|Database|\w*Database|DatabaseSchema|Tables)$/.test(id.name));
  return (database?.body.body ?? []).flatMap((member) => {
    if (member.type !== 'TSPropertySignature') return [];
    const key = keyOf(member);
    const type = member.typeAnnotation?.typeAnnotation;
    const rows = type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? byName.get(type.typeName.name) : undefined;
    if (key === null || rows === undefined) return [];
    const columns = rows.body.body.flatMap((row) => {
      const column = row.type === 'TSPropertySignature' ? keyOf(row) : null;
      return column === null ? [] : [{ names: [...new Set([column, snakeCase(column)])], span: spanOf(row) }];
    });
    return [{ entity: rows.id.name, tables: [...new Set([lastPart(key), snakeCase(lastPart(key))])], named: true, bases: [], columns, span: spanOf(member) }];
  });
}
