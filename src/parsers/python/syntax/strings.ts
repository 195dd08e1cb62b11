import type { SyntaxNode } from '@lezer/common';
import { childrenOf, expression, sliceOf, spanOf, type Reader } from './expressions.js';
import type { StringPiece } from './nodes.js';

interface Delimiters {
  /** Where the characters begin and end, quotes and prefix left out. */
  from: number;
  to: number;
  raw: boolean;
}

/** The pieces of a literal, of an f-string, or of several beside one another. */
export function stringPieces(reader: Reader, node: SyntaxNode): StringPiece[] {
  if (node.name === 'ContinuedString') return childrenOf(node).flatMap((child) => stringPieces(reader, child));
  const { from, to, raw } = delimiters(reader, node);
  const pieces: StringPiece[] = [];
  let at = from;
  const text = (start: number, end: number): void => {
    if (end > start) pieces.push({ kind: 'text', raw, span: { start: reader.base + start, end: reader.base + end } });
  };
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    text(at, child.from);
    pieces.push(hole(reader, child));
    at = child.to;
  }
  text(at, to);
  // `{{` stands for one brace in an f-string: the doubled one is left out.
  return node.name === 'FormatString' ? pieces.flatMap((piece) => withoutDoubledBraces(reader, piece)) : pieces;
}

function delimiters(reader: Reader, node: SyntaxNode): Delimiters {
  const source = sliceOf(reader, node);
  const prefix = /^[a-z]*/i.exec(source)?.[0] ?? '';
  const rest = source.slice(prefix.length);
  const quote = /^("""|'''|"|')/.exec(rest)?.[0] ?? '';
  const closed = rest.length >= 2 * quote.length && rest.endsWith(quote);
  return {
    from: node.from + prefix.length + quote.length,
    to: node.to - (closed ? quote.length : 0),
    raw: /r/i.test(prefix),
  };
}

function hole(reader: Reader, node: SyntaxNode): StringPiece {
  const children = childrenOf(node);
  const conversion = children.find((child) => child.name === 'FormatConversion');
  const format = children.find((child) => child.name === 'FormatSpec');
  return {
    kind: 'hole',
    value: expression(reader, children[1]),
    conversion: conversion === undefined ? '' : sliceOf(reader, conversion),
    format: format === undefined ? '' : sliceOf(reader, format),
    span: spanOf(reader, node),
  };
}

function withoutDoubledBraces(reader: Reader, piece: StringPiece): StringPiece[] {
  if (piece.kind === 'hole') return [piece];
  const source = reader.text.slice(piece.span.start - reader.base, piece.span.end - reader.base);
  const parts: StringPiece[] = [];
  let at = 0;
  for (const match of source.matchAll(/\{\{|\}\}/g)) {
    parts.push({ ...piece, span: { start: piece.span.start + at, end: piece.span.start + match.index + 1 } });
    at = match.index + 2;
  }
  parts.push({ ...piece, span: { start: piece.span.start + at, end: piece.span.end } });
  return parts;
}
