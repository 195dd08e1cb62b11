import type { SyntaxNode } from '@lezer/common';
import { childrenOf, expression, sliceOf, splitNodes, type Reader } from './expressions.js';
import type { Pattern } from './nodes.js';

type Build = (reader: Reader, node: SyntaxNode) => Pattern;

const BUILDERS: Record<string, Build> = {
  LiteralPattern: literal,
  AttributePattern: attribute,
  CapturePattern: (reader, node) => ({ kind: 'capture', name: sliceOf(reader, node) }),
  StarPattern: (reader, node) => ({ kind: 'star', name: sliceOf(reader, node).replace(/^\*\s*/, '') }),
  OrPattern: (reader, node) => ({
    kind: 'or',
    patterns: childrenOf(node).filter((child) => child.name !== 'LogicOp').map((child) => pattern(reader, child)),
  }),
  AsPattern: (reader, node) => {
    const children = childrenOf(node);
    const name = children[children.length - 1];
    return { kind: 'as', pattern: pattern(reader, children[0]), name: name === undefined ? '_' : sliceOf(reader, name) };
  },
  SequencePattern: (reader, node) => ({ kind: 'sequence', patterns: several(reader, childrenOf(node).slice(1, -1)) }),
  MappingPattern: mapping,
  ClassPattern: classPattern,
};

/** What stands after `case`; several patterns with commas between them are a tuple without parentheses. */
export function patternOf(reader: Reader, nodes: readonly SyntaxNode[]): Pattern {
  if (nodes.some((node) => node.name === ',')) return { kind: 'sequence', patterns: several(reader, nodes) };
  return pattern(reader, nodes[0]);
}

function pattern(reader: Reader, node: SyntaxNode | undefined): Pattern {
  const build = node === undefined ? undefined : BUILDERS[node.name];
  return node === undefined || build === undefined ? { kind: 'unknown' } : build(reader, node);
}

function several(reader: Reader, nodes: readonly SyntaxNode[]): Pattern[] {
  return splitNodes(nodes, ',').flatMap(([first]) => (first === undefined ? [] : [pattern(reader, first)]));
}

/** `"a"`, `1`, `-1`, `None`. */
function literal(reader: Reader, node: SyntaxNode): Pattern {
  const [first, second] = childrenOf(node);
  const span = { start: reader.base + node.from, end: reader.base + node.to };
  if (second === undefined) return { kind: 'value', value: expression(reader, first) };
  return { kind: 'value', value: { kind: 'unary', operator: '-', operand: expression(reader, second), span } };
}

/** `Status.NEW`: the grammar lists names and dots flat. */
function attribute(reader: Reader, node: SyntaxNode): Pattern {
  const [first, ...rest] = childrenOf(node).filter((child) => child.name !== '.');
  const span = { start: reader.base + node.from, end: reader.base + node.to };
  let value = expression(reader, first);
  for (const name of rest) value = { kind: 'attribute', object: value, name: sliceOf(reader, name), span };
  return { kind: 'value', value };
}

function mapping(reader: Reader, node: SyntaxNode): Pattern {
  const found: Extract<Pattern, { kind: 'mapping' }> = { kind: 'mapping', entries: [], rest: null };
  for (const [key, second, value] of splitNodes(childrenOf(node).slice(1, -1), ',')) {
    if (key === undefined) continue;
    const read = pattern(reader, key);
    if (key.name === '**') found.rest = second === undefined ? null : sliceOf(reader, second);
    else if (read.kind === 'value') found.entries.push({ key: read.value, pattern: pattern(reader, value) });
  }
  return found;
}

function classPattern(reader: Reader, node: SyntaxNode): Pattern {
  const [type] = childrenOf(node);
  const list = node.getChild('PatternArgList');
  const found: Extract<Pattern, { kind: 'class' }> = { kind: 'class', type: expression(reader, type), positional: [], keywords: [] };
  for (const [first] of splitNodes(list === null ? [] : childrenOf(list).slice(1, -1), ',')) {
    if (first === undefined) continue;
    const [name, , value] = first.name === 'KeywordPattern' ? childrenOfKeyword(first) : [];
    if (name === undefined) found.positional.push(pattern(reader, first));
    else found.keywords.push({ name: sliceOf(reader, name), pattern: pattern(reader, value) });
  }
  return found;
}

/** Name, sign and pattern; the grammar leaves the sign out. */
function childrenOfKeyword(node: SyntaxNode): (SyntaxNode | undefined)[] {
  const children = childrenOf(node);
  return [children[0], undefined, children[children.length - 1]];
}
