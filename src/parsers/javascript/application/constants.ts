import type * as t from '@babel/types';
import { entriesOf, objectOf, stringOf } from './nodes.js';

/** Strings that a file gives names to: `const TABLE = 'orders'`, `const T = { orders: 'orders' }`. */
export class Constants {
  private readonly texts = new Map<string, string>();

  constructor(program: t.Program) {
    for (const statement of program.body) {
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
      if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue;
      for (const { id, init } of declaration.declarations) if (id.type === 'Identifier') this.learn(id.name, init);
    }
  }

  private learn(name: string, value: t.Node | null | undefined): void {
    const text = stringOf(value);
    if (text !== null) this.texts.set(name, text);
    for (const { key, value: member } of entriesOf(objectOf(value))) {
      const inner = stringOf(member);
      if (inner !== null) this.texts.set(`${name}.${key}`, inner);
    }
  }

  /** The text of a literal, or of a name this file gives one to. */
  textOf(node: t.Node | null | undefined): string | null {
    if (node?.type === 'Identifier') return this.texts.get(node.name) ?? null;
    if (node?.type === 'MemberExpression' && node.object.type === 'Identifier' && node.property.type === 'Identifier' && !node.computed) {
      return this.texts.get(`${node.object.name}.${node.property.name}`) ?? null;
    }
    return stringOf(node);
  }
}
