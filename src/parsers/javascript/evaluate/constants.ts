import type * as t from '@babel/types';
import type { Machine } from './machine.js';
import type { Module } from './modules.js';
import type { Scope } from './scope.js';
import { textAt } from './text.js';
import { primitive, type Value } from './value.js';

/**
 * A value that the code did not tell and its type may: the host is asked, and
 * only about what is imported from the project, since asking is dear and
 * nothing else has a type that says more than its code.
 */
export function constantOf(machine: Machine, node: t.Node, scope: Scope): Value | undefined {
  const ask = machine.options.host?.constant;
  if (ask === undefined) return undefined;
  const base = baseOf(node);
  if (base === null || scope.lookup(base) !== undefined) return undefined;
  const module = machine.moduleOf(scope);
  if (!/\.[cm]?tsx?$/i.test(module.file.path) || !isFromProject(machine, module, base)) return undefined;
  const value = ask(module.file, node.start ?? 0, node.end ?? 0);
  if (value === undefined) return undefined;
  return typeof value === 'string' ? textAt(value, machine.spanOf(node)) : primitive(value, machine.spanOf(node));
}

/** The name that a chain of properties and calls begins with. */
function baseOf(node: t.Node): string | null {
  for (let at = node; ; ) {
    if (at.type === 'Identifier') return at.name;
    if (at.type === 'MemberExpression') at = at.object;
    else if (at.type === 'CallExpression') at = at.callee;
    else return null;
  }
}

function isFromProject(machine: Machine, { imports, file }: Module, name: string): boolean {
  const from = imports.get(name);
  if (from === undefined || machine.options.library(from.specifier, from.name) !== undefined) return false;
  return (machine.options.host?.resolveImport?.(file.path, from.specifier) ?? null) !== null;
}
