import type { SyntaxNode } from '@lezer/common';
import {
  argumentsOf,
  childrenOf,
  expression,
  expressionList,
  parametersOf,
  sliceOf,
  spanOf,
  splitNodes,
  yielded,
  type Reader,
} from './expressions.js';
import type { Expression, Statement } from './nodes.js';
import { patternOf } from './patterns.js';

type Build = (reader: Reader, node: SyntaxNode) => Statement[];

const BUILDERS: Record<string, Build> = {
  ExpressionStatement: (reader, node) => [
    { kind: 'expression', value: expressionList(reader, childrenOf(node)), span: spanOf(reader, node) },
  ],
  AssignStatement: assign,
  UpdateStatement: update,
  IfStatement: ifStatement,
  ForStatement: forStatement,
  WhileStatement: whileStatement,
  WithStatement: withStatement,
  TryStatement: tryStatement,
  MatchStatement: matchStatement,
  FunctionDefinition: (reader, node) => [functionDefinition(reader, node, [])],
  ClassDefinition: (reader, node) => [classDefinition(reader, node, [])],
  DecoratedStatement: decorated,
  ReturnStatement: (reader, node) => {
    const values = childrenOf(node).slice(1);
    const value = values.length === 0 ? null : expressionList(reader, values);
    return [{ kind: 'return', value, span: spanOf(reader, node) }];
  },
  RaiseStatement: (reader, node) => [{ kind: 'leave', word: 'raise', span: spanOf(reader, node) }],
  BreakStatement: (reader, node) => [{ kind: 'leave', word: 'break', span: spanOf(reader, node) }],
  ContinueStatement: (reader, node) => [{ kind: 'leave', word: 'continue', span: spanOf(reader, node) }],
  ImportStatement: importStatement,
  YieldStatement: (reader, node) => [{ kind: 'expression', value: yielded(reader, node), span: spanOf(reader, node) }],
  ScopeStatement: (reader, node) => {
    const [word, ...names] = childrenOf(node);
    const own = names.filter((child) => child.name === 'VariableName').map((child) => sliceOf(reader, child));
    return [{ kind: 'outer', word: word?.name === 'global' ? 'global' : 'nonlocal', names: own, span: spanOf(reader, node) }];
  },
  DeleteStatement: (reader, node) => {
    const targets = splitNodes(childrenOf(node).slice(1), ',').flatMap(([target]) => (target === undefined ? [] : [expression(reader, target)]));
    return [{ kind: 'delete', targets, span: spanOf(reader, node) }];
  },
  StatementGroup: (reader, node) => statements(reader, node),
};

const COMPOUND = new Set([
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'WithStatement',
  'TryStatement',
  'MatchStatement',
  'FunctionDefinition',
  'ClassDefinition',
  'DecoratedStatement',
  'StatementGroup',
]);

/** The statements under a node (a script or a body), broken ones marked. */
export function statements(reader: Reader, node: SyntaxNode): Statement[] {
  const found: Statement[] = [];
  for (const child of childrenOf(node)) {
    if (child.type.isError) {
      if (child.to > child.from) found.push({ kind: 'broken', span: spanOf(reader, child) });
      continue;
    }
    found.push(...statement(reader, child));
  }
  return found;
}

function statement(reader: Reader, node: SyntaxNode): Statement[] {
  const build = BUILDERS[node.name];
  if (!COMPOUND.has(node.name)) {
    if (hasError(node)) return [{ kind: 'broken', span: spanOf(reader, node) }];
    return build === undefined ? [] : build(reader, node);
  }
  const built = build === undefined ? [] : build(reader, node);
  const header = childrenOf(node).find((child) => child.name !== 'Body' && child.name !== 'MatchBody' && isBroken(child));
  // The head is broken, its body may be whole: both are told.
  if (header !== undefined && node.name !== 'StatementGroup' && node.name !== 'DecoratedStatement') {
    built.unshift({ kind: 'broken', span: headSpan(reader, node) });
  }
  return built;
}

function isBroken(node: SyntaxNode): boolean {
  return node.type.isError || hasError(node);
}

/** True when an error node lies under `node`. */
export function hasError(node: SyntaxNode): boolean {
  let broken = false;
  node.cursor().iterate((inner) => {
    if (inner.type.isError && !isBareYield(inner.node)) broken = true;
    return !broken;
  });
  return broken;
}

/** The grammar misses a value after a `yield` that has none. */
function isBareYield(node: SyntaxNode): boolean {
  return node.parent?.name === 'YieldStatement' && node.from === node.to;
}

function headSpan(reader: Reader, node: SyntaxNode): { start: number; end: number } {
  const body = node.getChild('Body');
  return { start: reader.base + node.from, end: reader.base + (body === null ? node.to : body.from) };
}

function bodyOf(reader: Reader, node: SyntaxNode | null | undefined): Statement[] {
  return node === null || node === undefined ? [] : statements(reader, node);
}

function assign(reader: Reader, node: SyntaxNode): Statement[] {
  const all = childrenOf(node);
  const children = all.filter((child) => child.name !== 'TypeDef');
  const groups = splitNodes(children, 'AssignOp');
  // `name: type` alone declares and assigns nothing.
  if (groups.length < 2) {
    const [name] = children;
    return name?.name === 'VariableName' ? [{ kind: 'declare', name: sliceOf(reader, name), span: spanOf(reader, node) }] : [];
  }
  const value = groups[groups.length - 1] ?? [];
  return [
    {
      kind: 'assign',
      targets: groups.slice(0, -1).map((group) => expressionList(reader, group)),
      value: expressionList(reader, value),
      ...(children.length < all.length ? { annotated: true as const } : {}),
      span: spanOf(reader, node),
    },
  ];
}

function update(reader: Reader, node: SyntaxNode): Statement[] {
  const [target, operator, ...value] = childrenOf(node);
  return [
    {
      kind: 'update',
      target: expression(reader, target),
      operator: operator === undefined ? '' : sliceOf(reader, operator).slice(0, -1),
      value: expressionList(reader, value),
      span: spanOf(reader, node),
    },
  ];
}

/** `if`, `elif`, `else` and their bodies follow one another flat. */
function armsOf(node: SyntaxNode): { word: string; head: SyntaxNode[]; body: SyntaxNode | undefined }[] {
  const arms: { word: string; head: SyntaxNode[]; body: SyntaxNode | undefined }[] = [];
  for (const child of childrenOf(node)) {
    const last = arms[arms.length - 1];
    if (child.name === 'Body') {
      if (last !== undefined) last.body = child;
    } else if (last === undefined || last.body !== undefined) {
      arms.push({ word: child.name, head: [], body: undefined });
    } else {
      last.head.push(child);
    }
  }
  return arms;
}

function ifStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const arms = armsOf(node);
  return [
    {
      kind: 'if',
      arms: arms
        .filter((arm) => arm.word !== 'else')
        .map((arm) => ({ test: expression(reader, arm.head[0]), body: bodyOf(reader, arm.body) })),
      otherwise: bodyOf(reader, arms.find((arm) => arm.word === 'else')?.body),
      span: spanOf(reader, node),
    },
  ];
}

function forStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const children = childrenOf(node);
  const start = children.findIndex((child) => child.name === 'for') + 1;
  const within = children.findIndex((child) => child.name === 'in');
  const body = children.findIndex((child) => child.name === 'Body');
  const bodies = children.filter((child) => child.name === 'Body');
  return [
    {
      kind: 'for',
      target: expressionList(reader, children.slice(start, within)),
      iterable: expressionList(reader, children.slice(within + 1, body)),
      body: bodyOf(reader, bodies[0]),
      otherwise: bodyOf(reader, bodies[1]),
      span: spanOf(reader, node),
    },
  ];
}

function whileStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const children = childrenOf(node);
  return [
    {
      kind: 'while',
      test: expression(reader, children[1]),
      body: bodyOf(reader, node.getChild('Body')),
      span: spanOf(reader, node),
    },
  ];
}

function withStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const children = childrenOf(node);
  const start = children.findIndex((child) => child.name === 'with') + 1;
  const body = children.findIndex((child) => child.name === 'Body');
  const items: { value: Expression; target: Expression | null }[] = [];
  for (const group of splitNodes(children.slice(start, body < 0 ? undefined : body), ',')) {
    const as = group.findIndex((child) => child.name === 'as');
    if (group.length === 0) continue;
    items.push({
      value: expression(reader, group[0]),
      target: as < 0 ? null : expression(reader, group[as + 1]),
    });
  }
  return [{ kind: 'with', items, body: bodyOf(reader, children[body]), span: spanOf(reader, node) }];
}

function tryStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const arms = armsOf(node);
  const bodyAfter = (word: string): Statement[] => bodyOf(reader, arms.find((arm) => arm.word === word)?.body);
  return [
    {
      kind: 'try',
      body: bodyAfter('try'),
      handlers: arms.filter((arm) => arm.word === 'except').map((arm) => bodyOf(reader, arm.body)),
      otherwise: bodyAfter('else'),
      finally: bodyAfter('finally'),
      span: spanOf(reader, node),
    },
  ];
}

function matchStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const clauses = node.getChild('MatchBody')?.getChildren('MatchClause') ?? [];
  const head = childrenOf(node).slice(1).filter((child) => child.name !== 'MatchBody');
  const arms = clauses.map((clause) => {
    const guard = clause.getChild('Guard');
    const inside = childrenOf(clause).slice(1).filter((child) => child.name !== 'Guard' && child.name !== 'Body');
    return {
      pattern: patternOf(reader, inside),
      guard: guard === null ? null : expression(reader, childrenOf(guard)[1]),
      body: bodyOf(reader, clause.getChild('Body')),
    };
  });
  return [{ kind: 'match', subject: expressionList(reader, head), arms, span: spanOf(reader, node) }];
}

function functionDefinition(reader: Reader, node: SyntaxNode, decorators: Expression[]): Statement {
  const name = node.getChild('VariableName');
  const list = node.getChild('ParamList');
  return {
    kind: 'function',
    name: name === null ? '' : sliceOf(reader, name),
    parameters: list === null ? [] : parametersOf(reader, list),
    body: bodyOf(reader, node.getChild('Body')),
    decorators,
    generator: yields(node),
    span: headSpan(reader, node),
  };
}

/** True when the function itself yields, not one inside it. */
function yields(node: SyntaxNode): boolean {
  let found = false;
  node.getChild('Body')?.cursor().iterate((inner) => {
    if (inner.name === 'YieldExpression' || inner.name === 'YieldStatement') found = true;
    return !found && inner.name !== 'FunctionDefinition' && inner.name !== 'LambdaExpression';
  });
  return found;
}

function classDefinition(reader: Reader, node: SyntaxNode, decorators: Expression[]): Statement {
  const name = node.getChild('VariableName');
  const list = node.getChild('ArgList');
  return {
    kind: 'class',
    name: name === null ? '' : sliceOf(reader, name),
    bases: list === null ? [] : argumentsOf(reader, list),
    body: bodyOf(reader, node.getChild('Body')),
    decorators,
    span: headSpan(reader, node),
  };
}

function decorated(reader: Reader, node: SyntaxNode): Statement[] {
  const definition = node.getChild('FunctionDefinition');
  const decorators = node.getChildren('Decorator').map((child) => decorator(reader, child));
  if (definition !== null) return [functionDefinition(reader, definition, decorators)];
  const type = node.getChild('ClassDefinition');
  return type === null ? [] : [classDefinition(reader, type, decorators)];
}

/** `@a.b` and `@a.b(1)`: the grammar lists the names and dots flat. */
function decorator(reader: Reader, node: SyntaxNode): Expression {
  const children = childrenOf(node);
  const list = node.getChild('ArgList');
  const names = children.filter((child) => child.name === 'VariableName' || child.name === 'PropertyName');
  const span = spanOf(reader, node);
  const [first, ...rest] = names;
  let callee = expression(reader, first);
  for (const name of rest) callee = { kind: 'attribute', object: callee, name: sliceOf(reader, name), span };
  return list === null ? callee : { kind: 'call', callee, arguments: argumentsOf(reader, list), span };
}

function importStatement(reader: Reader, node: SyntaxNode): Statement[] {
  const children = childrenOf(node);
  const span = spanOf(reader, node);
  const from = children[0]?.name === 'from';
  const word = children.findIndex((child) => child.name === 'import');
  const list = children.slice(word + 1).filter((child) => child.name !== '(' && child.name !== ')');
  const imported = splitNodes(list, ',').filter((group) => group.length > 0);
  const written = (nodes: readonly SyntaxNode[]): string => nodes.map((child) => sliceOf(reader, child)).join('');
  const names = imported.map((group) => {
    const as = group.findIndex((child) => child.name === 'as');
    const alias = as < 0 ? null : group[as + 1];
    return { name: written(as < 0 ? group : group.slice(0, as)), alias: alias ? sliceOf(reader, alias) : null };
  });
  if (!from) return names.map(({ name, alias }) => ({ kind: 'import', module: name, alias, span }));
  return [
    {
      kind: 'importFrom',
      module: written(children.slice(1, word)),
      names: names.map(({ name, alias }) => ({ name, alias: alias ?? name })),
      span,
    },
  ];
}
