import type { Span } from '../../../operations/types.js';
import type { ScannedSql } from '../scan.js';
import type { Layout, Section } from './layout.js';

interface Changeset extends Span {
  attributes: string;
}

const CHANGESET = /^changeset\s+(\S+)(.*)$/i;
const ROLLBACK = /^--\s*rollback\s+/i;
/** Rollbacks that name no SQL. */
const NO_SQL = /^(?:empty|not required|changeset(?:Id|Author|Path)?:)/i;

/**
 * Formatted SQL: each changeset is a transaction of its own unless it says
 * otherwise, and takes itself back in `--rollback` comments.
 */
export function liquibase(scanned: ScannedSql): Layout {
  const changesets = cut(scanned).filter(({ attributes }) => runsOnPostgres(attributes));
  const bare = changesets.filter(({ attributes }) => /\brunInTransaction\s*:\s*"?false\b/i.test(attributes));
  const down = rollbacks(scanned);
  const only = changesets.length === 1;
  return {
    transaction: only && bare.length === 0 ? 'file' : 'none',
    transactionSetBy: bare.length > 0 ? 'runInTransaction:false' : null,
    up: changesets.map((changeset) => section(changeset, !only && !bare.includes(changeset))),
    down: down === undefined ? null : [down],
  };
}

function section({ start, end }: Span, wrapped: boolean): Section {
  return { start, end, ...(wrapped && { wrapped: true }) };
}

function cut({ comments, text }: ScannedSql): Changeset[] {
  const heads = comments
    .map(({ span, text: words }) => ({ span, attributes: CHANGESET.exec(words)?.[2] }))
    .filter((head): head is { span: Span; attributes: string } => head.attributes !== undefined);
  if (heads.length === 0) return [{ start: 0, end: text.length, attributes: '' }];
  return heads.map(({ span, attributes }, index) => ({
    start: span.end,
    end: heads[index + 1]?.span.start ?? text.length,
    attributes,
  }));
}

function runsOnPostgres(attributes: string): boolean {
  const names = /\bdbms\s*:\s*"?([\w!,\s]+?)"?(?:\s+\w+:|$)/i.exec(attributes)?.[1];
  if (names === undefined) return true;
  const list = names.split(',').map((name) => name.trim().toLowerCase());
  if (list.includes('!postgresql')) return false;
  return list.includes('postgresql') || list.includes('all') || list.every((name) => name.startsWith('!'));
}

/** The whole file with everything blank but the SQL of its rollback comments, so that offsets stay. */
function rollbacks({ comments, text }: ScannedSql): Section | undefined {
  const parts: string[] = [];
  let from = 0;
  for (const { span } of comments) {
    const written = text.slice(span.start, span.end);
    const head = ROLLBACK.exec(written)?.[0];
    if (head === undefined || NO_SQL.test(written.slice(head.length))) continue;
    const start = span.start + head.length;
    parts.push(blank(text.slice(from, start)), text.slice(start, span.end));
    from = span.end;
  }
  if (parts.length === 0) return undefined;
  parts.push(blank(text.slice(from)));
  return { start: 0, end: text.length, text: parts.join('') };
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
