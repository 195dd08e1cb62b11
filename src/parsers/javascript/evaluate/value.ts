import type * as t from '@babel/types';
import type { Span } from '../../../operations/types.js';
import type { Scope } from './scope.js';
import type { Text } from './text.js';

/** What a migration's code is known to hold at one point of its run. */
export type Value =
  | Text
  | Primitive
  | Pattern
  | List
  | Dictionary
  | Callable
  | ClassValue
  | HostValue
  | Test
  | Either
  | Unknown;

export interface Primitive {
  kind: 'primitive';
  value: number | boolean | bigint | null | undefined;
  span?: Span;
}

export interface Pattern {
  kind: 'pattern';
  value: RegExp;
  span?: Span;
}

export interface List {
  kind: 'list';
  items: Value[];
  /** There are or may be items that are not known. */
  open?: true;
  span?: Span;
}

export interface Property {
  value: Value;
  /** From the key to the end of the value: what a finding about this property points at. */
  span?: Span;
}

export interface Dictionary {
  kind: 'dictionary';
  properties: Map<string, Property>;
  /** There are or may be properties that are not known. */
  open?: true;
  /** Where methods are looked up when the object was made by `new`. */
  class?: ClassValue;
  span?: Span;
}

export interface Callable {
  kind: 'callable';
  node: t.Function;
  scope: Scope;
  span?: Span;
}

export interface ClassValue {
  kind: 'class';
  node: t.Class;
  scope: Scope;
  parent: Value | null;
  span?: Span;
}

/** One call as the framework's object sees it. */
export interface Site {
  /** The whole call. */
  span: Span;
  /** The callee as written. */
  callee: string;
}

/**
 * An object of the framework's own, which answers for itself. Every method may
 * be absent: what is not answered is unknown.
 */
export interface HostObject {
  /** For messages: `queryRunner`. */
  readonly name: string;
  /** Whoever holds it can reach the database: handing it to code we cannot see is reported. */
  readonly carrier?: true;
  get?(property: string, at: Span): Value | undefined;
  call?(args: Value[], site: Site): Value | undefined;
  construct?(args: Value[], site: Site): Value | undefined;
  tag?(template: TemplateParts, site: Site): Value | undefined;
  /** What a loop over the object goes through. */
  items?(): Value[];
  /** What an `if` over the object itself says. */
  truth?: Test;
  /** A promise that starts only when it is waited for (a query builder): does it, and gives its result. */
  settle?(site: Site): Value;
}

export interface TemplateParts {
  quasis: Text[];
  holes: Value[];
  holeSpans: Span[];
  holeLabels: string[];
}

export interface HostValue {
  kind: 'host';
  host: HostObject;
  span?: Span;
}

/** What is true of the database on one side of a branch. */
export type Condition =
  | { kind: 'unknown' }
  | {
      kind: 'exists';
      exists: boolean;
      object: 'table' | 'column' | 'index' | 'constraint' | 'schema' | 'type';
      table?: string;
      name: string;
    };

/** A truth value that only the run decides, with what each side says about the database. */
export interface Test {
  kind: 'test';
  whenTrue: readonly Condition[];
  whenFalse: readonly Condition[];
  span?: Span;
}

/** One of a few values; which one is decided at run time. */
export interface Either {
  kind: 'either';
  options: Value[];
  span?: Span;
}

export interface Unknown {
  kind: 'unknown';
  /** The expression, shortened, for the name of the hole it leaves. */
  label: string;
  /** Some of what went into it can reach the database. */
  carrier?: true;
  span?: Span;
}

export const UNDECIDED: Condition = { kind: 'unknown' };

export const nothing: Primitive = { kind: 'primitive', value: undefined };

export function unknown(label: string, span?: Span): Unknown {
  return span === undefined ? { kind: 'unknown', label } : { kind: 'unknown', label, span };
}

export function primitive(value: Primitive['value'], span?: Span): Primitive {
  return span === undefined ? { kind: 'primitive', value } : { kind: 'primitive', value, span };
}

export function list(items: Value[], span?: Span): List {
  return span === undefined ? { kind: 'list', items } : { kind: 'list', items, span };
}

export function host(object: HostObject): HostValue {
  return { kind: 'host', host: object };
}

/** A function of the framework's own. */
export function hostFunction(name: string, call: NonNullable<HostObject['call']>): HostValue {
  return { kind: 'host', host: { name, call } };
}

/** Both values, flattened and without repeats; more than a handful say nothing. */
export function either(a: Value, b: Value): Value {
  const options = [...(a.kind === 'either' ? a.options : [a])];
  for (const option of b.kind === 'either' ? b.options : [b]) {
    if (!options.some((known) => same(known, option))) options.push(option);
  }
  if (options.length === 1) return options[0] as Value;
  return options.length > 6 ? unknown('value') : { kind: 'either', options };
}

/** Certainly the same value. */
export function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind === 'text' && b.kind === 'text') return a.text === b.text && a.holes.length === 0 && b.holes.length === 0;
  if (a.kind === 'primitive' && b.kind === 'primitive') return a.value === b.value;
  return a.kind === 'callable' && b.kind === 'callable' && a.node === b.node && a.scope === b.scope;
}

/** True, false, or null when the run decides. */
export function truthOf(value: Value): boolean | null {
  switch (value.kind) {
    case 'text':
      // An unknown part may be empty, but text around it may not.
      return value.text.length > value.holes.length ? true : value.holes.length === 0 ? false : null;
    case 'primitive':
      return Boolean(value.value);
    case 'unknown':
    case 'test':
    case 'either':
      return null;
    case 'host':
      return value.host.truth === undefined ? true : null;
    default:
      return true;
  }
}

/** A value that can be looped over as the list of what it holds; any other as it is. */
export function iterated(value: Value): Value {
  return value.kind === 'host' && value.host.items !== undefined ? list(value.host.items()) : value;
}
