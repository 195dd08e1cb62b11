import type * as t from '@babel/types';
import type { Span } from '../../../operations/types.js';

export function spanOf({ start, end }: t.Node): Span {
  return { start: start ?? 0, end: end ?? 0 };
}

/** The text of a string, or of a template without holes. */
export function stringOf(node: t.Node | null | undefined): string | null {
  if (node?.type === 'StringLiteral') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression' ? stringOf(node.expression) : null;
}

/** The name of a property that is not computed. */
export function keyOf(node: t.ObjectMember | t.ClassProperty | t.ClassMethod | t.TSPropertySignature): string | null {
  const { key } = node;
  if (key.type === 'StringLiteral') return key.value;
  return key.type === 'Identifier' && !('computed' in node && node.computed) ? key.name : null;
}

/** The object of an expression, and of a function that only returns one. */
export function objectOf(node: t.Node | null | undefined): t.ObjectExpression | null {
  if (node?.type === 'ObjectExpression') return node;
  if (node?.type === 'ArrowFunctionExpression') return objectOf(node.body);
  return node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression' ? objectOf(node.expression) : null;
}

/** The value of a property of an object literal. */
export function propertyOf(object: t.ObjectExpression | null, ...names: string[]): t.Node | null {
  for (const name of names) {
    for (const member of object?.properties ?? []) {
      if (member.type === 'ObjectProperty' && keyOf(member) === name) return member.value;
    }
  }
  return null;
}

/** The members of an object literal that have a name and a value. */
export function entriesOf(object: t.ObjectExpression | null): { key: string; value: t.Node; node: t.ObjectProperty }[] {
  return (object?.properties ?? []).flatMap((node) => {
    if (node.type !== 'ObjectProperty') return [];
    const key = keyOf(node);
    return key === null ? [] : [{ key, value: node.value, node }];
  });
}

/** The last name of what is called: `query` of `Order.query()`. */
export function calledName(node: t.Node | null | undefined): string | null {
  if (node?.type === 'CallExpression' || node?.type === 'OptionalCallExpression') return calledName(node.callee);
  if (node?.type === 'Identifier') return node.name;
  if (node?.type === 'MemberExpression' || node?.type === 'OptionalMemberExpression') return node.property.type === 'Identifier' ? node.property.name : null;
  return null;
}

/** The first argument of each call down a chain: `varchar('name')` of `varchar('name').notNull()`. */
export function innermostCall(node: t.Node | null | undefined): t.CallExpression | null {
  if (node?.type !== 'CallExpression') return null;
  return node.callee.type === 'MemberExpression' ? (innermostCall(node.callee.object) ?? node) : node;
}
