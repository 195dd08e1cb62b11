import { printName } from '../../../sql/name.js';
import { stringOf, type CallValue } from '../evaluate/value.js';
import { send, type Lowering } from './context.js';
import { Arguments, Reading } from './reading.js';

/** `recreate="always"` takes the way of SQLite on PostgreSQL too. */
export function isRecreated(batch: CallValue): boolean {
  return stringOf(batch.keywords.get('recreate')?.value) === 'always';
}

/**
 * A new table, every row copied, the old one dropped, the new one renamed.
 * The columns are those that reflection finds at run time.
 */
export function recreateTable(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['table_name', 'schema']);
  const reading = new Reading();
  const table = reading.qualified(args.value('table_name'), args.value('schema'));
  const copy = { ...table, name: `_alembic_tmp_${table.name}` };
  const text = `INSERT INTO ${printName(copy)} SELECT * FROM ${printName(table)}`;
  const span = args.span('table_name');
  reading.partial = true;
  send(lowering, { kind: 'createTable', table: copy, columns: [], constraints: [] }, span, reading);
  send(lowering, { kind: 'insert', table: copy, columns: [], source: 'query', reads: [table], text }, span, reading);
  send(lowering, { kind: 'dropTable', table }, span);
  send(lowering, { kind: 'renameTable', table: copy, to: table.name }, span);
}
