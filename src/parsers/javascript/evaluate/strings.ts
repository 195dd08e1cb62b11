import type * as t from '@babel/types';
import type { Span } from '../../../operations/types.js';
import type { Machine } from './machine.js';
import type { Scope } from './scope.js';
import { concat, holeAt, relocate, type Text, textAt } from './text.js';
import type { Either, Value } from './value.js';

/** A fixed part, or a value with the place and the wording of its expression. */
export type Part = { text: Text } | { value: Value; span: Span | null; label: string };

/** More combinations of undecided parts than this are one hole each. */
const COMBINATIONS = 6;

/** Parts put together; where a part is one of several values, so is the result. */
export function joined(parts: readonly Part[]): Text | Either {
  let results: Text[][] = [[]];
  for (const part of parts) {
    const options = 'text' in part ? [part.text] : textsOf(part.value, part.span, part.label);
    const usable = results.length * options.length <= COMBINATIONS || 'text' in part ? options : [holeAt(part.label, part.span)];
    results = results.flatMap((result) => usable.map((option) => [...result, option]));
  }
  const texts = results.map(concat);
  return texts.length === 1 ? (texts[0] as Text) : { kind: 'either', options: texts };
}

/** A value as a string would hold it, standing for `span`; null for `span` keeps the value's own places. */
export function textsOf(value: Value, span: Span | null, label: string): Text[] {
  switch (value.kind) {
    case 'text':
      return [span === null ? value : relocate(value, span)];
    case 'primitive':
      return [textAt(String(value.value), span ?? value.span ?? null)];
    case 'list':
      return value.open === true ? [holeAt(label, span)] : [listText(value.items, span, label)];
    case 'either':
      return value.options.flatMap((option) => textsOf(option, span, label));
    default:
      return [holeAt(label, span)];
  }
}

function listText(items: readonly Value[], span: Span | null, label: string): Text {
  const parts = items.flatMap((item, index) => {
    const text = textsOf(item, span, label)[0] ?? holeAt(label, span);
    return index === 0 ? [text] : [textAt(',', span), text];
  });
  return concat(parts);
}

interface Operand {
  value: Value;
  /** Null: the value keeps its places. */
  node: t.Node | null;
}

/** `a + b` where one of them is certainly a string; null where it is not. */
export function strung(machine: Machine, a: Operand, b: Operand, scope: Scope): Text | Either | null {
  if (!isText(a.value) && !isText(b.value)) return null;
  return joined([partOf(machine, a, scope), partOf(machine, b, scope)]);
}

function isText(value: Value): boolean {
  return value.kind === 'text' || (value.kind === 'either' && value.options.every(isText));
}

function partOf(machine: Machine, { value, node }: Operand, scope: Scope): Part {
  if (node === null) return { value, span: null, label: 'value' };
  // A name leads elsewhere: what it holds belongs where the name is written.
  const named = node.type === 'Identifier' || node.type === 'MemberExpression';
  const fixed = (value.kind === 'text' || value.kind === 'either') && !named;
  return { value, span: fixed ? null : machine.spanOf(node), label: machine.textOf(node, scope) };
}
