import type { SyntaxNode } from '@lezer/common';
import type { Span } from '../../../operations/types.js';
import type { Argument, ComprehensionClause, Expression, Parameter } from './nodes.js';
import { stringPieces } from './strings.js';

/** What turns Lezer nodes into expressions: the text, and where it begins in the file. */
export interface Reader {
  text: string;
  /** Offset of `text` in the file, for a part of a broken file read on its own. */
  base: number;
}

export function spanOf(reader: Reader, node: SyntaxNode): Span {
  return { start: reader.base + node.from, end: reader.base + node.to };
}

export function sliceOf(reader: Reader, node: SyntaxNode): string {
  return reader.text.slice(node.from, node.to);
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') children.push(child);
  }
  return children;
}

/** Splits a list of nodes at every node called `separator`. */
export function splitNodes(nodes: readonly SyntaxNode[], separator: string): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === separator) groups.push([]);
    else groups[groups.length - 1]?.push(node);
  }
  return groups;
}

type Build = (reader: Reader, node: SyntaxNode) => Expression;

const BUILDERS: Record<string, Build> = {
  VariableName: (reader, node) => ({ kind: 'name', id: sliceOf(reader, node), span: spanOf(reader, node) }),
  PropertyName: (reader, node) => ({ kind: 'name', id: sliceOf(reader, node), span: spanOf(reader, node) }),
  Number: (reader, node) => ({ kind: 'number', text: sliceOf(reader, node), span: spanOf(reader, node) }),
  Boolean: (reader, node) => ({ kind: 'constant', value: sliceOf(reader, node) === 'True', span: spanOf(reader, node) }),
  None: (reader, node) => ({ kind: 'constant', value: null, span: spanOf(reader, node) }),
  String: string,
  FormatString: string,
  ContinuedString: string,
  TupleExpression: (reader, node) => sequence(reader, node, 'tuple'),
  ArrayExpression: (reader, node) => sequence(reader, node, 'list'),
  SetExpression: (reader, node) => sequence(reader, node, 'set'),
  ParenthesizedExpression: (reader, node) => expression(reader, childrenOf(node)[1]),
  AwaitExpression: (reader, node) => expression(reader, childrenOf(node)[1]),
  YieldExpression: yielded,
  MemberExpression: member,
  CallExpression: call,
  BinaryExpression: binary,
  UnaryExpression: unary,
  ConditionalExpression: conditional,
  DictionaryExpression: dictionary,
  LambdaExpression: lambda,
  ArrayComprehensionExpression: (reader, node) => comprehension(reader, node, 'list'),
  ComprehensionExpression: (reader, node) => comprehension(reader, node, 'list'),
  SetComprehensionExpression: (reader, node) => comprehension(reader, node, 'set'),
  DictionaryComprehensionExpression: (reader, node) => comprehension(reader, node, 'dictionary'),
  NamedExpression: named,
};

/** The expression of one node; `undefined` and nodes outside the view are `unknown`. */
export function expression(reader: Reader, node: SyntaxNode | undefined): Expression {
  if (node === undefined) return { kind: 'unknown', span: { start: reader.base, end: reader.base } };
  const build = BUILDERS[node.name];
  return build === undefined ? { kind: 'unknown', span: spanOf(reader, node) } : build(reader, node);
}

/** `a, b = …`: several nodes with commas between them are a tuple without parentheses. */
export function expressionList(reader: Reader, nodes: readonly SyntaxNode[]): Expression {
  const first = nodes[0];
  if (nodes.length <= 1) return expression(reader, first);
  const last = nodes[nodes.length - 1] ?? first;
  return {
    kind: 'sequence',
    type: 'tuple',
    items: items(reader, nodes),
    span: { start: reader.base + (first?.from ?? 0), end: reader.base + (last?.to ?? 0) },
  };
}

function items(reader: Reader, nodes: readonly SyntaxNode[]): Expression[] {
  const found: Expression[] = [];
  for (const group of splitNodes(nodes, ',')) {
    const [first, second] = group;
    if (first === undefined) continue;
    if (first.name === '*') found.push({ kind: 'star', value: expression(reader, second), span: spanOf(reader, first) });
    else found.push(expression(reader, first));
  }
  return found;
}

function sequence(reader: Reader, node: SyntaxNode, type: 'tuple' | 'list' | 'set'): Expression {
  return { kind: 'sequence', type, items: items(reader, childrenOf(node).slice(1, -1)), span: spanOf(reader, node) };
}

function string(reader: Reader, node: SyntaxNode): Expression {
  return { kind: 'string', pieces: stringPieces(reader, node), span: spanOf(reader, node) };
}

function member(reader: Reader, node: SyntaxNode): Expression {
  const [object, bracket, ...rest] = childrenOf(node);
  const span = spanOf(reader, node);
  if (bracket?.name === '.') {
    return { kind: 'attribute', object: expression(reader, object), name: rest[0] ? sliceOf(reader, rest[0]) : '', span };
  }
  const inside = rest.filter((child) => child.name !== ']');
  return { kind: 'subscript', object: expression(reader, object), index: subscript(reader, inside, span), span };
}

function subscript(reader: Reader, nodes: readonly SyntaxNode[], span: Span): Expression {
  if (!nodes.some((node) => node.name === ':')) return expressionList(reader, nodes);
  const [start, stop, step] = splitNodes(nodes, ':');
  return {
    kind: 'slice',
    start: start?.[0] ? expression(reader, start[0]) : null,
    stop: stop?.[0] ? expression(reader, stop[0]) : null,
    step: step?.[0] === undefined ? null : expression(reader, step[0]),
    span,
  };
}

function call(reader: Reader, node: SyntaxNode): Expression {
  const [callee, list] = childrenOf(node);
  return {
    kind: 'call',
    callee: expression(reader, callee),
    arguments: list === undefined ? [] : argumentsOf(reader, list),
    span: spanOf(reader, node),
  };
}

export function argumentsOf(reader: Reader, list: SyntaxNode): Argument[] {
  const nodes = childrenOf(list).filter((child) => child.name !== '(' && child.name !== ')');
  const found: Argument[] = [];
  for (const group of splitNodes(nodes, ',')) {
    const [first, second, third] = group;
    const last = group[group.length - 1];
    if (first === undefined || last === undefined) continue;
    const span = { start: reader.base + first.from, end: reader.base + last.to };
    if (first.name === '*' || first.name === '**') {
      found.push({ name: null, star: first.name, value: expression(reader, second), span });
    } else if (second?.name === 'AssignOp') {
      found.push({ name: sliceOf(reader, first), star: '', value: expression(reader, third), span });
    } else if (second?.name === 'for') {
      found.push({ name: null, star: '', value: generator(reader, group, span), span });
    } else {
      found.push({ name: null, star: '', value: expression(reader, first), span });
    }
  }
  return found;
}

function binary(reader: Reader, node: SyntaxNode): Expression {
  const children = childrenOf(node);
  const left = children[0];
  const right = children[children.length - 1];
  const operator = children.slice(1, -1).map((child) => sliceOf(reader, child)).join(' ');
  return {
    kind: 'binary',
    operator,
    left: expression(reader, left),
    right: expression(reader, right),
    span: spanOf(reader, node),
  };
}

function unary(reader: Reader, node: SyntaxNode): Expression {
  const [operator, operand] = childrenOf(node);
  return {
    kind: 'unary',
    operator: operator === undefined ? '' : sliceOf(reader, operator),
    operand: expression(reader, operand),
    span: spanOf(reader, node),
  };
}

function conditional(reader: Reader, node: SyntaxNode): Expression {
  const [then, , test, , otherwise] = childrenOf(node);
  return {
    kind: 'conditional',
    test: expression(reader, test),
    then: expression(reader, then),
    otherwise: expression(reader, otherwise),
    span: spanOf(reader, node),
  };
}

function dictionary(reader: Reader, node: SyntaxNode): Expression {
  const entries: { key: Expression | null; value: Expression }[] = [];
  for (const group of splitNodes(childrenOf(node).slice(1, -1), ',')) {
    const [key, second, value] = group;
    if (key === undefined) continue;
    if (key.name === '**') entries.push({ key: null, value: expression(reader, second) });
    else entries.push({ key: expression(reader, key), value: expression(reader, value) });
  }
  return { kind: 'dictionary', entries, span: spanOf(reader, node) };
}

function lambda(reader: Reader, node: SyntaxNode): Expression {
  const children = childrenOf(node);
  const list = children.find((child) => child.name === 'ParamList');
  return {
    kind: 'lambda',
    parameters: list === undefined ? [] : parametersOf(reader, list),
    body: expression(reader, children[children.length - 1]),
    span: spanOf(reader, node),
  };
}

export function parametersOf(reader: Reader, list: SyntaxNode): Parameter[] {
  const nodes = childrenOf(list).filter((child) => child.name !== '(' && child.name !== ')');
  const found: Parameter[] = [];
  for (const group of splitNodes(nodes, ',')) {
    const star = group[0]?.name === '*' || group[0]?.name === '**' ? group[0].name : '';
    const name = group.find((node) => node.name === 'VariableName');
    const equals = group.findIndex((node) => node.name === 'AssignOp');
    if (name === undefined) continue;
    found.push({
      name: sliceOf(reader, name),
      star,
      default: equals < 0 ? null : expression(reader, group[equals + 1]),
    });
  }
  return found;
}

function named(reader: Reader, node: SyntaxNode): Expression {
  const [name, , value] = childrenOf(node);
  return {
    kind: 'assignment',
    name: name === undefined ? '' : sliceOf(reader, name),
    value: expression(reader, value),
    span: spanOf(reader, node),
  };
}

/** `yield`, which is a statement of its own where nothing takes its value. */
export function yielded(reader: Reader, node: SyntaxNode): Expression {
  const [, ...rest] = childrenOf(node);
  const from = rest[0]?.name === 'from';
  const values = (from ? rest.slice(1) : rest).filter((child) => !child.type.isError);
  return { kind: 'yield', value: values.length === 0 ? null : expressionList(reader, values), from, span: spanOf(reader, node) };
}

function comprehension(reader: Reader, node: SyntaxNode, type: 'list' | 'set' | 'dictionary'): Expression {
  const nodes = childrenOf(node).slice(1, -1);
  const [element, colon, value] = nodes;
  return {
    kind: 'comprehension',
    type,
    element: expression(reader, element),
    value: colon?.name === ':' ? expression(reader, value) : null,
    clauses: clausesOf(reader, nodes),
    span: spanOf(reader, node),
  };
}

function generator(reader: Reader, nodes: readonly SyntaxNode[], span: Span): Expression {
  return {
    kind: 'comprehension',
    type: 'list',
    element: expression(reader, nodes[0]),
    value: null,
    clauses: clausesOf(reader, nodes),
    span,
  };
}

function clausesOf(reader: Reader, nodes: readonly SyntaxNode[]): ComprehensionClause[] {
  const clauses: ComprehensionClause[] = [];
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index];
    if (node?.name === 'if') clauses.push({ kind: 'if', test: expression(reader, nodes[index + 1]) });
    if (node?.name !== 'for') continue;
    const within = nodes.findIndex((other, at) => at > index && other.name === 'in');
    clauses.push({
      kind: 'for',
      target: expressionList(reader, nodes.slice(index + 1, within)),
      iterable: expression(reader, nodes[within + 1]),
    });
  }
  return clauses;
}
