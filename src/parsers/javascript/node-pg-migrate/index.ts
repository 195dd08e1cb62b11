import { done, isFunction } from '../callbacks.js';
import { exportsOf } from '../exported.js';
import type { Value } from '../evaluate/value.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { template, worded, type Wording } from '../rewrite.js';
import { Run } from '../run.js';
import { importsOf, parameterOf } from '../signature.js';
import type { Host, Source } from '../../parser.js';
import { Builder, library } from './builder.js';
import { SHORTHANDS, type Shorthands } from './values.js';

/** The package's types, its shorthands, or the parameter everybody calls `pgm`. */
function recognise({ text }: Source): boolean {
  if (!/\bup\b/.test(text) || !/\bexport\b|\bexports\b/.test(text)) return false;
  if (importsOf(text).some((name) => name === 'node-pg-migrate' || name.startsWith('node-pg-migrate/'))) return /\bup\b\s*(?:[:=(]|,|\})/.test(text);
  return parameterOf(text) === 'pgm' || /\bexports\.shorthands\s*=|\bexport\s+const\s+shorthands\b/.test(text);
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run: Run = new Run(file, outside, () => library);
  const exported = exportsOf(run.machine);
  const member = (name: string): Value | undefined => exported.properties.get(name)?.value;
  const context = { shorthands: shorthandsOf(member('shorthands')) };
  const notices: string[] = [];
  const direction = (value: Value | undefined, reverse: boolean, apart = false): { operations: Lowered['up']; builder: Builder } => {
    const builder = new Builder(run, context, { reverse, apart });
    const operations = run.direction(() => {
      if (!isFunction(value)) return;
      run.call(value, [builder.value(), done], { span: value.span ?? { start: 0, end: 0 }, callee: reverse ? 'down' : 'up' });
      run.machine.conditions = [];
      builder.flush();
    });
    return builder.askedApart ? direction(value, reverse, true) : { operations, builder };
  };
  const up = direction(member('up'), false);
  const own = member('down');
  // `false` says there is no way back; nothing at all leaves it to the tool.
  const down = isAbsent(own) ? direction(member('up'), true) : isFunction(own) ? direction(own, false) : null;
  const irreversible = down?.builder.irreversible ?? [];
  if (irreversible.length > 0) notices.push(`node-pg-migrate cannot work out a down migration: nothing undoes ${[...new Set(irreversible)].join(', ')}`);
  const { transaction } = up.builder;
  return run.finished({
    up: up.operations,
    down: irreversible.length > 0 ? null : (down?.operations ?? null),
    transaction: transaction ? 'batch' : 'none',
    setBy: transaction ? null : 'pgm.noTransaction()',
    notices,
  });
}

function isAbsent(value: Value | undefined): boolean {
  return value === undefined || (value.kind === 'primitive' && value.value === undefined);
}

function shorthandsOf(value: Value | undefined): Shorthands {
  if (value?.kind !== 'dictionary') return SHORTHANDS;
  return new Map([...SHORTHANDS, ...[...value.properties].map(([name, property]) => [name, property.value] as const)]);
}

const wording: Wording = {
  line: (sql) => `pgm.sql(${template(sql)});`,
  apart: (lines) => ({ code: ['pgm.noTransaction();', ...lines], note: 'noTransaction() takes the whole file out of its transaction: put this into a migration of its own.' }),
};

/** node-pg-migrate's builder. */
export const nodePgMigrate: FrontEnd = { framework: 'node-pg-migrate', recognise, lower, write: (step, migration) => worded(step, migration, wording) };
