import type { SqlReferences } from '../application.js';
import { tokenize } from '../../sql/lexer.js';
import { Positions } from './engine/positions.js';
import { parseTree } from './engine/postgres.js';
import { scanSql } from './scan.js';

/** A node of the tree, of which only what names things matters here. */
type Tree = Readonly<Record<string, unknown>>;

/** Tables of one query, by the name that its columns are written with. */
interface Scope {
  tables: Map<string, string>;
  outer: Scope | null;
}

/** The placeholders of database drivers, in as many characters. */
function withoutPlaceholders(text: string): string {
  return text.replace(/%\(\w+\)s|%s|\?(?![|&?])/g, (placeholder) => (placeholder.length === 1 ? '1' : '$1'.padEnd(placeholder.length)));
}

/**
 * The tables and columns that the statements of a text name. What the grammar
 * does not read is told by its words, `exact: false`.
 */
export function references(text: string): SqlReferences {
  const { sql } = scanSql(withoutPlaceholders(text));
  try {
    const result: SqlReferences = { tables: [], columns: [], inserts: [], exact: true };
    const reader = new Reader(result, new Positions(sql));
    for (const { stmt } of parseTree(sql).stmts ?? []) reader.read(stmt, null);
    return result;
  } catch {
    return byWords(sql);
  }
}

const QUERIES = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

class Reader {
  constructor(
    private readonly result: SqlReferences,
    private readonly positions: Positions,
  ) {}

  /** What lies below a node; each query opens a scope of its own. */
  read(value: unknown, scope: Scope | null): void {
    if (Array.isArray(value)) {
      for (const item of value) this.read(item, scope);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const node = value as Tree;
    if ('ColumnRef' in node) return this.column(node['ColumnRef'] as Tree, scope);
    const query = QUERIES.find((tag) => tag in node);
    if (query !== undefined) return this.query(node[query] as Tree, query, scope);
    for (const child of Object.values(node)) this.read(child, scope);
  }

  private query(node: Tree, tag: string, outer: Scope | null): void {
    const scope: Scope = { tables: new Map(), outer };
    const withs = new Set(cteNames(node));
    for (const range of rangesOf([node['relation'], node['fromClause'], node['usingClause'], node['sourceRelation']])) this.table(range, scope, withs);
    const own = (node['relation'] as Tree | undefined)?.['relname'];
    if (typeof own === 'string' && tag === 'InsertStmt') this.insert(node, own);
    if (typeof own === 'string' && tag === 'UpdateStmt') this.targets(node['targetList'], own);
    const infer = (node['onConflictClause'] as Tree | undefined)?.['targetList'];
    if (typeof own === 'string') this.targets(infer, own);
    // The arms of a UNION stand without their tag.
    const { larg, rarg, ...rest } = node as { larg?: unknown; rarg?: unknown };
    for (const arm of [larg, rarg]) if (arm !== undefined) this.query(arm as Tree, 'SelectStmt', outer);
    for (const child of Object.values(rest)) this.read(child, scope);
  }

  private table(range: Tree, scope: Scope, withs: ReadonlySet<string>): void {
    const name = String(range['relname']);
    if (withs.has(name) && range['schemaname'] === undefined) return;
    const alias = (range['alias'] as Tree | undefined)?.['aliasname'];
    scope.tables.set(typeof alias === 'string' ? alias : name, name);
    this.result.tables.push({ name, offset: this.at(range) });
  }

  private insert(node: Tree, table: string): void {
    const columns = (node['cols'] as Tree[] | undefined)?.map((column) => String((column['ResTarget'] as Tree)['name']));
    this.result.inserts.push({ table, columns: columns ?? null, offset: this.at(node['relation'] as Tree) });
    this.targets(node['cols'], table);
  }

  /** Columns that are written to. */
  private targets(list: unknown, table: string): void {
    for (const item of Array.isArray(list) ? (list as Tree[]) : []) {
      const target = item['ResTarget'] as Tree | undefined;
      if (typeof target?.['name'] === 'string') this.result.columns.push({ column: target['name'], tables: [table], offset: this.at(target) });
    }
  }

  private column(node: Tree, scope: Scope | null): void {
    const parts = (node['fields'] as Tree[]).map((field) => (field['String'] as Tree | undefined)?.['sval']);
    const column = parts.at(-1);
    if (typeof column !== 'string') return;
    const qualifier = parts.at(-2);
    const tables = typeof qualifier === 'string' ? [tableNamed(qualifier, scope)] : tablesIn(scope);
    this.result.columns.push({ column, tables, offset: this.at(node) });
  }

  private at(node: Tree): number {
    const { location } = node;
    return this.positions.ofByte(typeof location === 'number' ? location : 0);
  }
}

function tableNamed(alias: string, scope: Scope | null): string {
  for (let at = scope; at !== null; at = at.outer) {
    const table = at.tables.get(alias);
    if (table !== undefined) return table;
  }
  return alias;
}

function tablesIn(scope: Scope | null): string[] {
  const tables: string[] = [];
  for (let at = scope; at !== null; at = at.outer) tables.push(...at.tables.values());
  return [...new Set(tables)];
}

function cteNames(node: Tree): string[] {
  const list = (node['withClause'] as Tree | undefined)?.['ctes'];
  return (Array.isArray(list) ? (list as Tree[]) : []).map((item) => String((item['CommonTableExpr'] as Tree)['ctename']));
}

/** The tables of a FROM clause, those of joins included, those of subqueries not. */
function rangesOf(nodes: readonly unknown[]): Tree[] {
  return nodes.flatMap((node): Tree[] => {
    if (Array.isArray(node)) return rangesOf(node);
    if (typeof node !== 'object' || node === null) return [];
    const tree = node as Tree;
    if (typeof tree['relname'] === 'string') return [tree];
    if ('RangeVar' in tree) return [tree['RangeVar'] as Tree];
    const join = tree['JoinExpr'] as Tree | undefined;
    return join === undefined ? [] : rangesOf([join['larg'], join['rarg']]);
  });
}

const BEFORE_TABLE = new Set(['from', 'join', 'into', 'update', 'table', 'using']);

function byWords(sql: string): SqlReferences {
  const result: SqlReferences = { tables: [], columns: [], inserts: [], exact: false };
  const named = tokenize(sql)
    .filter(({ kind }) => kind === 'word' || kind === 'quotedIdentifier')
    .map(({ value, start }) => ({ name: value, offset: start }));
  for (const [index, word] of named.entries()) if (BEFORE_TABLE.has(named[index - 1]?.name ?? '')) result.tables.push(word);
  const tables = result.tables.map(({ name }) => name);
  for (const { name, offset } of named) result.columns.push({ column: name, tables, offset });
  return result;
}
