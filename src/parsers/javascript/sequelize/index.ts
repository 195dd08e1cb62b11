import type { Host, Source } from '../../parser.js';
import type { Value } from '../evaluate/value.js';
import { exportedFunction, exportsOf } from '../exported.js';
import type { FrontEnd, Lowered } from '../front-end.js';
import type { SourceFile } from '../parse.js';
import { toolOf } from '../recognition.js';
import { Run } from '../run.js';
import { sequelizeLibrary, sequelizeMember } from './library.js';
import { queryInterface } from './query-interface.js';
import { Session } from './session.js';
import { write } from './write.js';

function recognise(source: Source): boolean {
  return toolOf(source) === 'sequelize';
}

function library(specifier: string, name: string): Value | undefined {
  if (!/^(?:sequelize|sequelize-typescript|@sequelize\/core)$/.test(specifier)) return undefined;
  return name === '*' || name === 'default' ? sequelizeLibrary : sequelizeMember(name);
}

/** sequelize-cli hands over the query interface, umzug a context that is one; both are answered. */
function handed(callable: Extract<Value, { kind: 'callable' }>, session: Session): Value[] {
  const context = queryInterface(session);
  const [first] = callable.node.params;
  const destructures = first?.type === 'ObjectPattern' && first.properties.some((part) => part.type === 'ObjectProperty' && part.key.type === 'Identifier' && part.key.name === 'context');
  if (!destructures) return [context, sequelizeLibrary];
  return [{ kind: 'dictionary', open: true, properties: new Map([['context', { value: context }]]) }, sequelizeLibrary];
}

function lower(file: SourceFile, outside: Host | undefined): Lowered | string {
  const run = new Run(file, outside, () => library);
  const exported = exportsOf(run.machine);
  const direction = (name: 'up' | 'down') =>
    run.direction(() => {
      const callable = exportedFunction(exported, name);
      if (callable?.kind !== 'callable') return;
      run.call(callable, handed(callable, new Session(run.machine, run.recorder)), { span: callable.span ?? { start: 0, end: 0 }, callee: name });
    });
  const up = direction('up');
  const down = exportedFunction(exported, 'down') === null ? null : direction('down');
  return run.finished({ up, down, transaction: 'none' });
}

/** Sequelize's query interface, as sequelize-cli and umzug run it, on PostgreSQL. */
export const sequelize: FrontEnd = { framework: 'sequelize', recognise, lower, write };
