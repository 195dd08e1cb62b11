import type { Value } from '../evaluate/value.js';
import { textAt } from '../evaluate/text.js';
import { spelt } from '../options.js';
import { quoted } from '../sql-writer.js';
import { writeOperand } from './operand.js';
import type { Write } from './query.js';
import { writeIdentifier } from './raw.js';

const FUNCTIONS: Record<string, string | undefined> = { jsonExtract: 'jsonb_path_query', jsonSet: 'jsonb_set', jsonInsert: 'jsonb_insert', jsonRemove: '#-' };

/** `jsonExtract`, `jsonSet`, `jsonInsert` and `jsonRemove` as columns; null for other calls. */
export function jsonColumn(method: string, args: readonly Value[]): Write | null {
  const word = FUNCTIONS[method];
  if (word === undefined) return null;
  const [column, path] = args;
  if (method === 'jsonExtract') return (writer) => writer.list(extractions(args), ([of, where, alias]) => aliased(extracted(of, where), alias)(writer));
  if (method === 'jsonRemove') {
    const removed: Write = (writer) => {
      writeIdentifier(writer, column, 'column');
      writer.sql(' #- ').value(pathOf(path));
    };
    return aliased(removed, args[2]);
  }
  const set: Write = (writer) => {
    writer.sql(`${word}(`);
    writeIdentifier(writer, column, 'column');
    writer.sql(', ').value(pathOf(path)).sql(', ');
    writeOperand(writer, args[2]);
    writer.sql(')');
  };
  return aliased(set, args[3]);
}

function extractions(args: readonly Value[]): (readonly (Value | undefined)[])[] {
  const [first] = args;
  return first?.kind === 'list' ? first.items.map((item) => (item.kind === 'list' ? item.items : [item])) : [args];
}

function extracted(column: Value | undefined, path: Value | undefined): Write {
  return (writer) => {
    writer.sql('jsonb_path_query(');
    writeIdentifier(writer, column, 'column');
    writer.sql(', ').value(path).sql(')');
  };
}

function aliased(write: Write, alias: Value | undefined): Write {
  if (alias === undefined || alias.kind === 'primitive') return write;
  return (writer) => {
    write(writer);
    writer.sql(` as ${quoted(spelt(alias, 'alias').text)}`);
  };
}

/** `$.a.b` as PostgreSQL names a path: `{a,b}`. */
function pathOf(path: Value | undefined): Value | undefined {
  if (path?.kind !== 'text' || path.holes.length > 0 || /^\{.*\}$/.test(path.text)) return path;
  return textAt(`{${path.text.replace(/^\$\./, '').replace('.', ',').replace(/\[(\d+)\]/, ',$1')}}`, path.span ?? null);
}
