import type * as t from '@babel/types';
import { looksLikeSql, type BuilderQuery, type QueriedName, type SentSql } from '../../application.js';
import { keyOf, spanOf, stringOf } from './nodes.js';
import type { Constants } from './constants.js';
import { walk } from './walk.js';

/** Methods whose first argument is a table. */
const TAKES_TABLE = new Set([
  'from', 'into', 'table', 'selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'mergeInto', 'replaceInto', 'join', 'innerJoin', 'leftJoin', 'rightJoin',
  'fullJoin', 'crossJoin', 'leftJoinAndSelect', 'innerJoinAndSelect', 'batchInsert', 'fromJS', 'withSchema',
]);

/** One call of a chain: what was called, how, and with what. */
interface Link {
  /** Null for a call of a name: `knex('orders')`. */
  method: string | null;
  arguments: readonly t.Node[];
}

/** The calls of a chain from its end, and the expression it starts from. */
function chainOf(call: t.CallExpression): { links: Link[]; members: number; root: t.Node } {
  const links: Link[] = [];
  let members = 0;
  let node: t.Node = call;
  for (;;) {
    if (node.type === 'AwaitExpression') node = node.argument;
    else if (node.type === 'MemberExpression') {
      members += 1;
      node = node.object;
    } else if (node.type === 'CallExpression') {
      const callee: t.Node = node.callee;
      links.push({ method: callee.type === 'Identifier' ? null : methodOf(callee), arguments: node.arguments });
      node = callee;
    } else return { links, members, root: node };
  }
}

function methodOf(callee: t.Node): string {
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : '';
}

/** What a chain of calls asks of one table, or of one model; null where it starts from neither. */
export function builderQuery(call: t.CallExpression, constants: Constants): BuilderQuery | null {
  const { links, members, root } = chainOf(call);
  const entity = root.type === 'Identifier' ? root.name : null;
  const tables: BuilderQuery['tables'] = [];
  const given: t.Node[] = [];
  for (const link of links) {
    const first = constants.textOf(link.arguments[0]);
    // knex('orders') and db('orders'): the call itself is the table.
    const isTable = first !== null && (link.method === null || TAKES_TABLE.has(link.method));
    if (isTable) tables.push(tableIn(first));
    given.push(...(isTable ? link.arguments.slice(1) : link.arguments));
  }
  if (members === 0 || (tables.length === 0 && entity === null)) return null;
  const names = given.flatMap(namesIn);
  return names.length === 0 && tables.length === 0 ? null : { tables, entity, names, span: spanOf(call) };
}

/** `public.orders as o` → `orders`, called `o`. */
function tableIn(text: string): { name: string; alias: string } {
  const words = text.trim().split(/\s+/);
  const [written = ''] = words;
  const name = written.slice(written.lastIndexOf('.') + 1).replaceAll('"', '');
  return { name, alias: words.length > 1 ? (words.at(-1) ?? name) : name };
}

function namesIn(node: t.Node): QueriedName[] {
  const names: QueriedName[] = [];
  walk(node, (inner) => {
    if (inner.type === 'ObjectProperty') {
      const name = keyOf(inner);
      if (name !== null) names.push({ name, qualifier: null, span: spanOf(inner.key) });
    }
    const text = stringOf(inner);
    if (text === null || text.length > 200) return;
    for (const part of text.split(/[,\s]+/)) {
      const [, qualifier, name] = /^(?:"?(\w+)"?\.)?"?(\w+)"?$/.exec(part) ?? [];
      if (name !== undefined) names.push({ name, qualifier: qualifier ?? null, span: spanOf(inner) });
    }
  });
  return names;
}

/**
 * A string or template that is SQL. A hole whose constant is known and short enough stands in its place, another
 * becomes a parameter, so that offsets stay.
 */
export function sentSql(node: t.Node, source: string, constants: Constants): SentSql | null {
  if (node.type === 'StringLiteral') {
    if (!looksLikeSql(node.value)) return null;
    const { start, end } = spanOf(node);
    return { text: node.value, span: { start: start + 1, end: end - 1 } };
  }
  if (node.type !== 'TemplateLiteral') return null;
  const { start, end } = spanOf(node);
  let text = source.slice(start + 1, end - 1);
  for (const hole of node.expressions) {
    const span = spanOf(hole);
    const from = text.lastIndexOf('${', span.start - start - 1);
    const to = text.indexOf('}', span.end - start - 1) + 1;
    if (from >= 0 && to > from) {
      const known = constants.textOf(hole);
      text = text.slice(0, from) + (known !== null && known.length <= to - from ? known : '$1').padEnd(to - from) + text.slice(to);
    }
  }
  return looksLikeSql(text) ? { text, span: { start: start + 1, end: end - 1 } } : null;
}
