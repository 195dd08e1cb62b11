import type * as t from '@babel/types';
import type { QualifiedName } from '../../../operations/types.js';
import type { Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { tableName, tablePath } from './names.js';

/** The table of an entity given by its name or its class; null when neither is known. */
export function entityName(value: Value | undefined): { table: QualifiedName; partial: boolean } | null {
  if (value?.kind === 'text') {
    const { text, partial } = spelt(value, 'entity');
    return { table: tableName(tablePath(text)), partial };
  }
  if (value?.kind !== 'class') return null;
  const decorator = value.node.decorators?.map(({ expression }) => expression).find(isEntity);
  if (decorator === undefined) return null;
  const { name, schema } = decorated(decorator);
  return { table: tableName(tablePath(name ?? snakeCase(value.node.id?.name ?? ''), schema)), partial: false };
}

function isEntity(expression: t.Expression): expression is t.CallExpression {
  return expression.type === 'CallExpression' && expression.callee.type === 'Identifier' && /^(View)?Entity$/.test(expression.callee.name);
}

/** `@Entity('name', { schema })` or `@Entity({ name, schema })`. */
function decorated({ arguments: args }: t.CallExpression): { name?: string; schema?: string } {
  const result: { name?: string; schema?: string } = {};
  for (const arg of args) {
    if (arg.type === 'StringLiteral') result.name = arg.value;
    if (arg.type !== 'ObjectExpression') continue;
    for (const property of arg.properties) {
      if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier' || property.value.type !== 'StringLiteral') continue;
      if (property.key.name === 'name' || property.key.name === 'schema') result[property.key.name] = property.value.value;
    }
  }
  return result;
}

/** `UserRole` and `HTTPLog` as the default naming strategy makes them: `user_role`, `http_log`. */
function snakeCase(name: string): string {
  return name
    .replace(/([A-Z])([A-Z])([a-z])/g, '$1_$2$3')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
