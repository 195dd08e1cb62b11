import type { QualifiedName } from '../operations/types.js';
import { RESERVED, TYPE_OR_FUNCTION } from '../sql/keywords.js';
import type { Token } from '../sql/lexer.js';
import { tokensOf } from './expression.js';
import { relationKey, relationOf, type Schema } from './schema.js';

/** One entry of FROM. */
interface Source {
  alias: string;
  /** The relation of that name; null for a subquery, a CTE or a function. */
  relation: QualifiedName | null;
}

interface Scope {
  sources: Source[];
  /** JOIN … USING or NATURAL: a name may stand for the column of two sources at once. */
  merges: boolean;
}

interface Sought {
  table: QualifiedName;
  column: string;
  schema: Schema;
}

type Tokens = readonly Token[];

const isMark = (token: Token | undefined, mark: string): boolean =>
  token !== undefined && (token.kind === 'punctuation' || token.kind === 'operator') && token.value === mark;
const isWord = (token: Token | undefined, ...words: string[]): boolean => token?.kind === 'word' && words.includes(token.value);
const isName = (token: Token | undefined): token is Token => token?.kind === 'quotedIdentifier' || (token?.kind === 'word' && !RESERVED.has(token.value));

const AFTER_FROM = ['where', 'group', 'having', 'order', 'limit', 'offset', 'window', 'fetch', 'for'];

function closing(tokens: Tokens, open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isMark(tokens[at], '(')) depth++;
    else if (isMark(tokens[at], ')') && --depth === 0) return at;
  }
  return tokens.length;
}

/** Index of the first token outside parentheses that passes, or the end. */
function outer(tokens: Tokens, from: number, passes: (token: Token, index: number) => boolean): number {
  for (let at = from; at < tokens.length; at++) {
    if (passes(tokens[at] as Token, at)) return at;
    if (isMark(tokens[at], '(')) at = closing(tokens, at);
  }
  return tokens.length;
}

const isQuery = (tokens: Tokens): boolean => {
  const first = tokens.findIndex((token) => !isMark(token, '('));
  return isWord(tokens[first], 'select', 'with', 'values', 'table');
};

/** Finds the uses of one column in a query, name by name in the scopes it is seen from. */
class Search {
  found = false;
  private readonly defined = new Set<string>();

  constructor(private readonly sought: Sought) {}

  query(tokens: Tokens, scopes: readonly Scope[]): void {
    let rest = tokens;
    while (isMark(rest[0], '(') && closing(rest, 0) === rest.length - 1) rest = rest.slice(1, -1);
    if (isWord(rest[0], 'with')) rest = rest.slice(this.definitions(rest, scopes));
    let start = 0;
    for (;;) {
      const end = outer(rest, start, (token) => isWord(token, 'union', 'intersect', 'except'));
      const branch = rest.slice(isWord(rest[start], 'all', 'distinct') ? start + 1 : start, end);
      if (isMark(branch[0], '(')) this.query(branch.slice(0, closing(branch, 0) + 1), scopes);
      else this.select(branch, scopes);
      if (end >= rest.length) return;
      start = end + 1;
    }
  }

  /** `WITH a AS (…), b (x) AS MATERIALIZED (…)`; answers where the query itself begins. */
  private definitions(tokens: Tokens, scopes: readonly Scope[]): number {
    let at = isWord(tokens[1], 'recursive') ? 2 : 1;
    for (;;) {
      this.defined.add(tokens[at]?.value ?? '');
      const as = outer(tokens, at, (token) => isWord(token, 'as'));
      const open = outer(tokens, as, (token) => isMark(token, '('));
      const end = closing(tokens, open);
      this.query(tokens.slice(open + 1, end), scopes);
      if (!isMark(tokens[end + 1], ',')) return end + 1;
      at = end + 2;
    }
  }

  private select(tokens: Tokens, scopes: readonly Scope[]): void {
    if (isWord(tokens[0], 'table')) return this.star([{ sources: this.sources(tokens.slice(1), scopes).scope.sources, merges: false }]);
    const from = outer(tokens, 0, (token, at) => isWord(token, 'from') && !isWord(tokens[at - 1], 'distinct'));
    const end = outer(tokens, from, (token) => isWord(token, ...AFTER_FROM));
    const { scope, conditions } = this.sources(tokens.slice(from + 1, end), scopes);
    if (tokens.slice(from, end).some((token) => isWord(token, 'natural'))) this.natural(scope);
    const inside = [scope, ...scopes];
    for (const part of [tokens.slice(0, from), ...conditions, tokens.slice(end)]) this.expressions(part, inside);
  }

  /** The entries of FROM, and what stands behind ON and USING. */
  private sources(tokens: Tokens, scopes: readonly Scope[]): { scope: Scope; conditions: Tokens[] } {
    const scope: Scope = { sources: [], merges: tokens.some((token) => isWord(token, 'using', 'natural')) };
    const conditions: Tokens[] = [];
    for (let at = 0; at < tokens.length; ) {
      if (isWord(tokens[at], 'on', 'using')) {
        const end = outer(tokens, at + 1, (token) => isMark(token, ',') || isWord(token, 'join', 'inner', 'left', 'right', 'full', 'cross', 'natural'));
        conditions.push(tokens.slice(at + 1, end));
        at = end;
      } else if (isMark(tokens[at], '(') || isName(tokens[at])) at = this.source(tokens, at, scope, scopes, conditions);
      else at++;
    }
    return { scope, conditions };
  }

  private source(tokens: Tokens, at: number, scope: Scope, scopes: readonly Scope[], conditions: Tokens[]): number {
    const first = tokens[at] as Token;
    if (isJoinWord(first)) return at + 1;
    let next = closing(tokens, at) + 1;
    let relation: QualifiedName | null = null;
    if (isMark(first, '(')) this.enclosed(tokens.slice(at + 1, next - 1), scope, scopes, conditions);
    else {
      const named = relationAt(tokens, at);
      next = named.next;
      relation = named.relation.schema === undefined && this.defined.has(named.relation.name) ? null : named.relation;
      if (isMark(tokens[next], '(')) {
        relation = null;
        const end = closing(tokens, next);
        conditions.push(tokens.slice(next + 1, end));
        next = end + 1;
      }
    }
    const alias = aliasAt(tokens, next);
    scope.sources.push({ alias: alias.name ?? relation?.name ?? '', relation });
    return alias.next;
  }

  /** A subquery, or joins in parentheses. */
  private enclosed(inner: Tokens, scope: Scope, scopes: readonly Scope[], conditions: Tokens[]): void {
    if (isQuery(inner)) return this.query(inner, [scope, ...scopes]);
    const joined = this.sources(inner, scopes);
    scope.sources.push(...joined.scope.sources);
    conditions.push(...joined.conditions);
  }

  private expressions(tokens: Tokens, scopes: readonly Scope[]): void {
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (isMark(token, '(')) {
        const end = closing(tokens, at);
        const inner = tokens.slice(at + 1, end);
        if (isQuery(inner) && isWord(inner.find((each) => !isMark(each, '(')), 'select', 'with', 'values')) this.query(inner, scopes);
        else this.expressions(inner, scopes);
        at = end;
      } else if (isMark(token, '*') && isListStart(tokens, at - 1)) this.star(scopes);
      else if (token?.kind === 'quotedIdentifier' || token?.kind === 'word') at = this.name(tokens, at, scopes);
    }
  }

  /** `a`, `t.a`, `s.t.a`, `t.*`; answers the index of its last token. */
  private name(tokens: Tokens, at: number, scopes: readonly Scope[]): number {
    const parts = partsAt(tokens, at);
    const last = at + 2 * (parts.length - 1);
    const column = parts.at(-1);
    const isOther = isMark(tokens[at - 1], '::') || isWord(tokens[at - 1], 'as') || isMark(tokens[last + 1], '(');
    if (isOther || (column !== this.sought.column && column !== '*')) return last;
    if (parts.length > 1) this.qualified(parts.at(-2) ?? '', scopes);
    else if (!isAlias(tokens, at)) this.bare(scopes);
    return last;
  }

  /** NATURAL JOIN compares what both sides have. */
  private natural({ sources }: Scope): void {
    this.found ||= sources.some((source) => this.isSought(source)) && sources.some((source) => !this.isSought(source) && this.has(source) === true);
  }

  private qualified(alias: string, scopes: readonly Scope[]): void {
    for (const { sources } of scopes) {
      const source = sources.find((each) => each.alias === alias) ?? sources.find(({ relation }) => relation?.name === alias);
      if (source !== undefined) {
        this.found ||= this.isSought(source);
        return;
      }
    }
  }

  /** The innermost scope with such a column has it; two that do can only mean the name of an output column. */
  private bare(scopes: readonly Scope[]): void {
    for (const { sources, merges } of scopes) {
      const holders = sources.filter((source) => this.isSought(source) || this.has(source) === true);
      if (holders.length > 0) {
        this.found ||= holders.some((source) => this.isSought(source)) && (merges || holders.length === 1);
        return;
      }
      if (sources.some((source) => this.has(source) === null)) return;
    }
  }

  private star([scope]: readonly Scope[]): void {
    this.found ||= scope?.sources.some((source) => this.isSought(source)) ?? false;
  }

  private isSought({ relation }: Source): boolean {
    const { table } = this.sought;
    return relation !== null && (relationKey(relation) === relationKey(table) || (relation.schema === undefined && relation.name === table.name));
  }

  /** Whether a source has a column of that name; null when its columns are not known. */
  private has({ relation }: Source): boolean | null {
    const known = relation === null ? undefined : relationOf(this.sought.schema, relation);
    if (known === undefined) return null;
    if (known.columns.has(this.sought.column)) return true;
    return known.complete || (known.query !== null && known.columns.size > 0) ? false : null;
  }
}

const isJoinWord = ({ kind, value }: Token): boolean => kind === 'word' && (TYPE_OR_FUNCTION.has(value) || value === 'join');

/** The parts of a dotted name, a star at its end included. */
function partsAt(tokens: Tokens, at: number): string[] {
  const parts = [tokens[at]?.value ?? ''];
  for (let next = at + 1; isMark(tokens[next], '.'); next += 2) parts.push(tokens[next + 1]?.value ?? '');
  return parts;
}

/** `t`, `s.t`, `t *`. */
function relationAt(tokens: Tokens, at: number): { relation: QualifiedName; next: number } {
  const value = tokens[at]?.value ?? '';
  const relation = isMark(tokens[at + 1], '.') ? { schema: value, name: tokens[at + 2]?.value ?? '' } : { name: value };
  const next = at + (isMark(tokens[at + 1], '.') ? 3 : 1);
  return { relation, next: isMark(tokens[next], '*') ? next + 1 : next };
}

/** `a`, `AS a`, `a (x, y)`. */
function aliasAt(tokens: Tokens, at: number): { name: string | undefined; next: number } {
  let next = isWord(tokens[at], 'as') ? at + 1 : at;
  const token = tokens[next];
  const name = isName(token) && !isJoinWord(token) ? token.value : undefined;
  if (name !== undefined) next++;
  return { name, next: isMark(tokens[next], '(') ? closing(tokens, next) + 1 : next };
}

/** Words of an expression that a name may follow. */
const BEFORE_OPERAND = new Set(['by', 'escape', 'zone', 'filter', 'like', 'ilike', 'similar', 'between', 'overlaps']);

const ENDS: readonly ((token: Token | undefined) => boolean)[] = [
  (token) => isName(token) && !(token.kind === 'word' && BEFORE_OPERAND.has(token.value)),
  (token) => token?.kind === 'string' || token?.kind === 'number',
  (token) => isMark(token, ')') || isMark(token, '*'),
  (token) => isWord(token, 'end', 'null', 'true', 'false'),
];

/** A star that stands for columns: not that of `count(*)`, and no product. */
function isListStart(tokens: Tokens, before: number): boolean {
  const token = tokens[before];
  return isMark(token, ',') || isWord(token, 'select', 'distinct', 'all') || (isMark(token, ')') && tokens.some((each) => isWord(each, 'on')));
}

/** `p.id name`, at the end of an entry: the name it gives. */
function isAlias(tokens: Tokens, at: number): boolean {
  const before = tokens[at - 1];
  const last = at === tokens.length - 1 || isMark(tokens[at + 1], ',');
  return last && ENDS.some((ends) => ends(before));
}

/**
 * Whether a view's query uses a column of a table, and so holds it fast. A
 * name without a table belongs to the innermost source that has such a column.
 */
export function queryUses(query: string, table: QualifiedName, column: string, schema: Schema): boolean {
  const tokens = tokensOf(query).filter((token) => !isMark(token, ';'));
  if (!isQuery(tokens)) return tokens.some(({ value }) => value === column || value === '*');
  const search = new Search({ table, column, schema });
  search.query(tokens, []);
  return search.found;
}
