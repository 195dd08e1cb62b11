import type { Operation } from '../src/operations/types.js';
import { embeddedSql } from '../src/parsers/load.js';

// What a tool really sends, parsed by the SQL front-end, compared with what we
// read from its file.

/** One statement as the driver got it. */
export interface Sent {
  sql: string;
  /** A transaction was open. */
  transaction: boolean;
}

export interface Placed {
  operation: Operation;
  transaction: boolean;
}

export function parseSent(sent: readonly Sent[]): Placed[] {
  return sent.flatMap(({ sql, transaction }) =>
    embeddedSql({ text: sql, toSpan: (start, end) => ({ start, end }), holes: [], call: 0, nextStatement: () => 0 }).map(
      (operation) => ({ operation, transaction }),
    ),
  );
}

/** The transaction around each operation, as the replay would see it. */
export function withTransactions(operations: readonly Operation[], opened = true): Placed[] {
  let open = opened;
  return operations.map((operation) => {
    const before = open;
    if (operation.kind === 'commit') open = false;
    if (operation.kind === 'begin') open = true;
    return { operation, transaction: before };
  });
}

/** Facts of our own that no SQL carries, and places. */
const BESIDE = new Set(['span', 'statement', 'conditional', 'implied', 'partial', 'from']);

/** Expressions are compared without blanks, case, quotes around names and outer parentheses. */
function spelling(text: string): string {
  let plain = text.replaceAll(/\s+/g, '').toLowerCase().replaceAll('"', '').replaceAll('<>', '!=');
  while (plain.startsWith('(') && plain.endsWith(')') && balanced(plain.slice(1, -1))) plain = plain.slice(1, -1);
  return plain;
}

function balanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

const EXPRESSIONS = new Set(['default', 'expression', 'where', 'value', 'using', 'identityOptions', 'options', 'text', 'returning', 'elements', 'body', 'signature']);

function normal(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => normal(item, key));
  if (typeof value === 'string') return EXPRESSIONS.has(key) ? spelling(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, inner]) => !BESIDE.has(name) && inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, normal(inner, name)]));
}

export function comparable({ operation, transaction }: Placed): unknown {
  const plain = normal(operation) as Record<string, unknown>;
  // A look at the catalogue before CREATE TYPE is a guard to us and no SQL; the
  // named table and the named kind of a dropped object stand in the call alone.
  if (operation.kind === 'createEnum' || operation.kind === 'dropObject') delete plain['guard'];
  if (operation.kind === 'dropIndex') delete plain['table'];
  if (operation.kind === 'dropConstraint') delete plain['type'];
  if (operation.kind === 'insert' || operation.kind === 'select') Object.assign(plain, { text: '', functions: [] });
  return { ...plain, transaction };
}

/** What the driver does of itself, COMMIT and BEGIN, is no statement of the record. */
export function isStep({ operation }: Placed, index: number, all: readonly Placed[]): boolean {
  const next = all[index + 1]?.operation;
  const driven = operation.kind === 'commit' && next?.kind === 'begin' && next.implied === true;
  return operation.implied !== true && !driven;
}
