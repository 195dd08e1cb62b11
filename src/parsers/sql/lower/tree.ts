import type { DefElem, Node, RangeVar, RoleSpec } from 'libpg-query';
import type { QualifiedName } from '../../../operations/types.js';
import type { StatementReader } from '../reader.js';

type Intersect<U> = (U extends unknown ? (member: U) => void : never) extends (member: infer I) => void ? I : never;

type NodeMap = Intersect<Node>;
export type Tag = keyof NodeMap;

/** A node of the given tag, or undefined when it is of another. */
export function as<T extends Tag>(node: Node | undefined, tag: T): NodeMap[T] | undefined {
  return (node as Partial<NodeMap> | undefined)?.[tag];
}

export function tagOf(node: Node | undefined): Tag | undefined {
  for (const tag in node) return tag as Tag;
  return undefined;
}

/** A reader of one statement that libpg-query parsed. */
export interface Lowering extends StatementReader {
  /** UTF-16 offset of a tree location. */
  at(location: number | undefined): number;
}

/** Index of the token at a tree location. */
export function indexOf(s: Lowering, location: number | undefined): number {
  return s.indexAt(s.at(location));
}

/** A name list of the tree: `{ schema, name }`, the catalog left out. */
export function qualified(s: Lowering, names: readonly Node[] | undefined): QualifiedName {
  const parts = (names ?? []).map((node) => as(node, 'String')?.sval ?? '');
  return named(s, parts.at(-2), parts.at(-1) ?? '');
}

/** A schema that only a template knows is left out. */
export function named(s: Lowering, schema: string | undefined, name: string): QualifiedName {
  if (schema === undefined || schema === '' || s.isHole(schema)) return { name: s.name(name) };
  return { schema: s.name(schema), name: s.name(name) };
}

export function relation(s: Lowering, range: RangeVar | undefined): QualifiedName {
  return named(s, range?.schemaname, range?.relname ?? '');
}

/** Span of a relation's name, its schema included. */
export function relationSpan(s: Lowering, range: RangeVar | undefined): { start: number; end: number } {
  const index = indexOf(s, range?.location);
  return s.span(index, s.afterName(index));
}

/** What an operation's optional switch holds: true, or nothing. */
export function flag(value: boolean | undefined): true | undefined {
  return value === true ? true : undefined;
}

export function optionalName(s: Lowering, name: string | undefined): string | undefined {
  return name === undefined ? undefined : s.name(name);
}

/** A plain name or a dotted one, wherever the tree allows both. */
export function anyName(s: Lowering, node: Node | undefined): QualifiedName {
  const list = as(node, 'List')?.items;
  if (list !== undefined) return qualified(s, list);
  const type = as(node, 'TypeName');
  if (type !== undefined) return qualified(s, type.names);
  const routine = as(node, 'ObjectWithArgs');
  if (routine !== undefined) return qualified(s, routine.objname);
  return { name: s.name(as(node, 'String')?.sval ?? '') };
}

export function strings(s: Lowering, nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => s.name(as(node, 'String')?.sval ?? ''));
}

const ROLE_WORDS: Readonly<Record<string, string>> = {
  ROLESPEC_CURRENT_ROLE: 'current_role',
  ROLESPEC_CURRENT_USER: 'current_user',
  ROLESPEC_SESSION_USER: 'session_user',
  ROLESPEC_PUBLIC: 'public',
};

export function role(s: Lowering, spec: RoleSpec | undefined): string {
  return ROLE_WORDS[spec?.roletype ?? ''] ?? s.name(spec?.rolename ?? '');
}

export function roles(s: Lowering, nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => role(s, as(node, 'RoleSpec')));
}

export function option(options: readonly Node[] | undefined, name: string): DefElem | undefined {
  for (const node of options ?? []) {
    const element = as(node, 'DefElem');
    if (element?.defname === name) return element;
  }
  return undefined;
}

/** A switch of an option list, on when it stands there without a value. */
export function isOn(element: DefElem | undefined): boolean {
  if (element === undefined) return false;
  if (element.arg === undefined) return true;
  const boolean = as(element.arg, 'Boolean');
  if (boolean !== undefined) return boolean.boolval === true;
  const integer = as(element.arg, 'Integer');
  if (integer !== undefined) return (integer.ival ?? 0) !== 0;
  return !/^(?:off|false|0)$/i.test(as(element.arg, 'String')?.sval ?? '');
}

export function optionText(element: DefElem | undefined): string | undefined {
  return as(element?.arg, 'String')?.sval;
}

export const CASCADE = 'DROP_CASCADE';

/** Spreads `{ cascade: true }` or nothing. */
export function cascade(behavior: string | undefined): { cascade?: true } {
  return behavior === CASCADE ? { cascade: true } : {};
}

export function ifExists(missing: boolean | undefined): { guard?: 'if exists' } {
  return missing === true ? { guard: 'if exists' } : {};
}

export function ifNotExists(present: boolean | undefined): { guard?: 'if not exists' } {
  return present === true ? { guard: 'if not exists' } : {};
}
