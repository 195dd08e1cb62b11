import type * as t from '@babel/types';
import { camelCase, plural, snakeCase } from '../../../sql/naming.js';
import type { Model, ModelColumn } from '../../application.js';
import { calledName, entriesOf, keyOf, objectOf, propertyOf, spanOf, stringOf } from './nodes.js';

/** Of TypeORM, MikroORM and sequelize-typescript. */
const ENTITIES = new Set(['Entity', 'ChildEntity', 'ViewEntity', 'Table']);

/** Columns on the other table. */
const ELSEWHERE = new Set(['OneToMany', 'ManyToMany', 'HasMany', 'HasOne', 'BelongsToMany', 'JoinTable', 'RelationId', 'Embedded', 'Formula', 'VirtualColumn']);

const RELATIONS = new Set(['ManyToOne', 'OneToOne', 'BelongsTo', 'JoinColumn']);

/** Validators and the like stand on data that is no table's. */
const COLUMNS = /^(?:.*Column|Column|Property|PrimaryKey|SerializedPrimaryKey|Enum|Version|CreatedAt|UpdatedAt|DeletedAt|ForeignKey|Index|Unique|ManyToOne|OneToOne|BelongsTo)$/;

function calls(decorators: t.Decorator[] | null | undefined): { name: string; arguments: t.Node[] }[] {
  return (decorators ?? []).flatMap(({ expression }) => {
    const name = calledName(expression);
    return name === null ? [] : [{ name, arguments: expression.type === 'CallExpression' ? expression.arguments : [] }];
  });
}

/** A class whose decorators make it an entity, or the base of some. */
export function decoratedClass(node: t.Class): Model | null {
  const entity = node.id?.name;
  if (entity === undefined) return null;
  const table = calls(node.decorators).find(({ name }) => ENTITIES.has(name));
  const columns = node.body.body.flatMap(columnOf);
  if (table === undefined && columns.length === 0) return null;
  const written = table === undefined ? null : tableIn(table.arguments);
  const tables = table === undefined ? [] : written !== null ? [written] : namesOfTable(entity);
  const base = node.superClass?.type === 'Identifier' ? [node.superClass.name] : [];
  return { entity, tables, named: written !== null, bases: base, columns, span: spanOf(node.id ?? node) };
}

/** `Entity('orders')`, `Entity({ tableName: 'orders' })`, `Entity('orders', { schema })`. */
function tableIn(given: readonly t.Node[]): string | null {
  const options = given.map(objectOf).find((object) => object !== null) ?? null;
  return stringOf(given[0]) ?? stringOf(propertyOf(options, 'tableName', 'name'));
}

/** What the naming strategies of the libraries make of a class's name. */
export function namesOfTable(entity: string): string[] {
  const snake = snakeCase(entity);
  return [...new Set([snake, plural(snake), entity, plural(entity), camelCase(entity), plural(camelCase(entity))])];
}

/** The last part of `schema.table`. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replaceAll('"', '');
}

function columnOf(member: t.ClassBody['body'][number]): ModelColumn[] {
  if (member.type !== 'ClassProperty' && member.type !== 'ClassMethod') return [];
  const property = keyOf(member);
  const decorators = calls(member.decorators);
  if (property === null || decorators.some(({ name }) => ELSEWHERE.has(name)) || !decorators.some(({ name }) => COLUMNS.test(name))) return [];
  const written = decorators.flatMap(({ arguments: given }) => given.flatMap(nameIn));
  const relation = decorators.some(({ name }) => RELATIONS.has(name));
  return [{ names: written.length > 0 ? written : namesOfColumn(property, relation), span: spanOf(member.key) }];
}

/** What the naming strategies make of a property; a relation's column is named after the key it holds. */
export function namesOfColumn(property: string, relation: boolean): string[] {
  const names = relation ? [`${property}Id`, `${snakeCase(property)}_id`, property] : [property, snakeCase(property)];
  return [...new Set(names)];
}

function nameIn(argument: t.Node): string[] {
  const object = objectOf(argument);
  return entriesOf(object).flatMap(({ key, value }) => {
    if (!['name', 'fieldName', 'field', 'joinColumn', 'foreignKey'].includes(key)) return [];
    const name = stringOf(value);
    return name === null ? [] : [name];
  });
}
