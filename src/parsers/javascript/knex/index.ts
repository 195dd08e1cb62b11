import type { TransactionShape } from '../../../operations/migration.js';
import type { Host, Source } from '../../parser.js';
import { exportedFunction, exportsOf } from '../exported.js';
import { type Dictionary, host, truthOf, type Value } from '../evaluate/value.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { toolOf } from '../recognition.js';
import { Run } from '../run.js';
import { Knex } from './knex.js';
import { write } from './write.js';

function recognise(source: Source): boolean {
  return toolOf(source) === 'knex';
}

/** Knex's own exports are types and `knex(config)`, which a migration does not call. */
function library(specifier: string, name: string): Value | undefined {
  return specifier === 'knex' ? host({ name: `knex.${name}` }) : undefined;
}

/** `exports.config = { transaction: false }`. */
function transactionOf(exported: Dictionary): { transaction: TransactionShape; setBy: string | null } {
  const config = exported.properties.get('config')?.value;
  const flag = config?.kind === 'dictionary' ? config.properties.get('transaction')?.value : undefined;
  if (flag === undefined || truthOf(flag) === null) return { transaction: 'batch', setBy: null };
  return truthOf(flag) === true ? { transaction: 'batch', setBy: null } : { transaction: 'none', setBy: 'config.transaction = false' };
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run = new Run(file, outside, () => library);
  const exported = exportsOf(run.machine);
  const { transaction, setBy } = transactionOf(exported);
  const direction = (name: 'up' | 'down') => {
    const callable = exportedFunction(exported, name);
    return run.direction(() => {
      const site = { span: callable?.span ?? { start: 0, end: 0 }, callee: name };
      if (callable !== null) run.call(callable, [new Knex(run.machine, run.recorder).value(transaction === 'none' ? 0 : 1), { kind: 'unknown', label: 'Promise' }], site);
    });
  };
  const up = direction('up');
  const down = exportedFunction(exported, 'down') === null ? null : direction('down');
  return run.finished({ up, down, transaction, setBy });
}

/** Knex migrations, Objection's among them, on PostgreSQL. */
export const knex: FrontEnd = { framework: 'knex', recognise, lower, write };
