import type { Framework, Migration } from '../operations/migration.js';
import type { Place } from './suggestions.js';
import { insert, newlineOf, type Edit } from './text.js';

/** What a file says to run without its tool's transaction, and where. */
type Way = (text: string, path: string, call: number) => Edit | null;

/** Before the first member of the class that matches, a member of its own; null where the class is laid out in no usual way. */
function member(opening: RegExp, known: RegExp, lines: (path: string) => readonly string[]): Way {
  return (text, path) => {
    const opened = opening.exec(text);
    if (opened === null || known.test(text)) return null;
    const newline = newlineOf(text);
    const indent = opened[2] ?? '';
    const deeper = (line: string, index: number): string => (index === 0 || line === '' ? line : indent + line);
    return insert(opened.index + opened[0].length, `${lines(path).map(deeper).join(newline)}${newline}${newline}${indent}`);
  };
}

const CLASS = /\bclass\s+\w+[^{]*\{[ \t]*(\r?\n)(?:[ \t]*\r?\n)*([ \t]*)/;
const PYTHON_CLASS = /^class\s+Migration\b[^\n]*:[ \t]*(\r?\n)(?:[ \t]*\r?\n)*([ \t]+)/m;

function atTop(comment: string, known: RegExp): Way {
  return (text) => (known.test(text) ? null : insert(0, `${comment}${newlineOf(text)}`));
}

/** With the comment that stands above it. */
function beforeUp(text: string, up: RegExp, line: string): Edit | null {
  const found = up.exec(text);
  if (found === null || /\bconfig\b/.test(text)) return null;
  const above = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*$/.exec(text.slice(0, found.index));
  const newline = newlineOf(text);
  return insert(above?.index ?? found.index, `${line}${newline}${newline}`);
}

const WAYS: Readonly<Partial<Record<Framework, Way>>> = {
  typeorm: member(CLASS, /\btransaction\s*[=:]/, () => ['transaction = false;']),
  'mikro-orm': member(CLASS, /\bisTransactional\b/, (path) =>
    /\.[cm]?ts$/.test(path) ? ['override isTransactional(): boolean {', '  return false;', '}'] : ['isTransactional() {', '  return false;', '}'],
  ),
  django: member(PYTHON_CLASS, /^\s+atomic\s*=/m, () => ['atomic = False']),
  knex: (text) =>
    beforeUp(text, /^export\s+(?:async\s+function|function|const)\s+up\b/m, 'export const config = { transaction: false };') ??
    beforeUp(text, /^(?:module\.)?exports\.up\s*=/m, 'exports.config = { transaction: false };'),
  'node-pg-migrate': (text, _path, call) => {
    const line = text.lastIndexOf('\n', call - 1) + 1;
    const [indent] = /^[ \t]*(?=(?:await\s+)?pgm\b)/.exec(text.slice(line)) ?? [];
    if (indent === undefined || /\bnoTransaction\b/.test(text)) return null;
    return insert(line, `${indent}pgm.noTransaction();${newlineOf(text)}`);
  },
  goose: atTop('-- +goose NO TRANSACTION', /\+goose\s+NO\s+TRANSACTION/i),
  sqlx: atTop('-- no-transaction', /^-- no-transaction/),
  'graphile-migrate': atTop('--! no-transaction', /^--! no-transaction/m),
  atlas: (text) => atTop(`-- atlas:txmode none${newlineOf(text)}`, /atlas:txmode/)(text, '', 0),
  dbmate: (text) => {
    const found = /^--[ \t]*migrate:up(?=[ \t]*\r?$)/m.exec(text);
    return found === null ? null : insert(found.index + found[0].length, ' transaction:false');
  },
};

/** What lets a statement run outside of a transaction: edits, and how a title goes on. */
export interface WayOut {
  edits: readonly Edit[];
  words: string;
}

/** Null where the transaction is not the tool's alone to leave, or other statements would leave it too. `call` sends the statement. */
export function wayOut({ text, transaction, shape, only }: Place, { framework, path }: Migration, call: number): WayOut | null {
  if (transaction === 'none') return { edits: [], words: '' };
  const edit = transaction === shape && only ? withoutTransaction(framework, text, path, call) : null;
  return edit === null ? null : { edits: [edit], words: `, ${outsideWords(framework)}` };
}

/**
 * The edit by which a file runs outside of its tool's transaction; null where
 * none in the file itself does it. `call` is where the call begins that sends
 * the statement.
 */
export function withoutTransaction(framework: Framework, text: string, path: string, call: number): Edit | null {
  return WAYS[framework]?.(text, path, call) ?? null;
}

/** How a suggestion's title says it. */
export function outsideWords(framework: Framework): string {
  return framework === 'typeorm' ? 'without a transaction (migrationsTransactionMode "each")' : 'without a transaction';
}
