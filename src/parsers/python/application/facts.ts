import type { Span } from '../../../operations/types.js';
import { plural, snakeCase } from '../../../sql/naming.js';
import { looksLikeSql, type ApplicationFacts, type BuilderQuery, type Model, type ModelColumn, type QueriedName } from '../../application.js';
import type { Source } from '../../parser.js';
import { readModule } from '../syntax/module.js';
import type { Argument, Expression, Statement } from '../syntax/nodes.js';

type ClassDefinition = Extract<Statement, { kind: 'class' }>;
type Call = Extract<Expression, { kind: 'call' }>;

/** What a file of Python says about tables: models of SQLAlchemy, SQLModel and Django, SQL in strings, queries by a model. */
export function pythonFacts(source: Source): ApplicationFacts {
  const facts: ApplicationFacts = { models: [], sql: [], queries: [] };
  const text = new Text(source);
  walk(readModule(source.text).statements, (node, parent) => {
    const model = node.kind === 'class' ? modelOf(node, text) : node.kind === 'call' ? coreTable(node, text) : null;
    if (model !== null) facts.models.push(model);
    const query = queryAt(node, parent, text);
    if (query !== null) facts.queries.push(query);
    const literal = node.kind === 'string' ? text.of(node) : null;
    if (literal !== null && looksLikeSql(literal.text)) facts.sql.push(literal);
  });
  return facts;
}

/** A chain of calls, or `Order.total` of a class. */
function queryAt(node: Node, parent: Node | null, text: Text): BuilderQuery | null {
  // Only the outermost call of a chain: the others are parts of it.
  if (node.kind === 'call') return parent?.kind === 'attribute' ? null : queryOf(node, text);
  if (node.kind !== 'attribute' || node.object.kind !== 'name' || !isClassName(node.object.id)) return null;
  return { tables: [], entity: node.object.id, names: [{ name: node.name, qualifier: null, span: node.span }], span: node.span };
}

function isClassName(name: string): boolean {
  return /^[A-Z]/.test(name);
}

/** String literals of one file as text whose offsets are the file's. */
class Text {
  constructor(readonly source: Source) {}

  /** The pieces of a literal side by side; what stands between them, and holes, are spaces. */
  of(node: Expression | undefined): { text: string; span: Span } | null {
    if (node?.kind !== 'string') return null;
    const [first] = node.pieces;
    const last = node.pieces.at(-1);
    if (first === undefined || last === undefined) return null;
    const start = first.span.start;
    const { text: whole } = this.source;
    let text = '';
    for (const piece of node.pieces) {
      text = text.padEnd(piece.span.start - start);
      text += piece.kind === 'text' ? whole.slice(piece.span.start, piece.span.end) : '$1'.padEnd(piece.span.end - piece.span.start);
    }
    return { text, span: { start, end: last.span.end } };
  }

  value(node: Expression | undefined): string | null {
    return this.of(node)?.text ?? null;
  }
}

/** Columns are made by these calls, whatever module they are imported from. */
const SQLALCHEMY_COLUMNS = /^(?:Column|mapped_column|deferred|column_property|Field|association_proxy|synonym)$/;

/** Django's fields end so, and a project's own do by convention. */
const DJANGO_FIELD = /(?:Field|ForeignKey|OneToOneField)$/;

function calledName(node: Expression): string | null {
  if (node.kind === 'call') return calledName(node.callee);
  if (node.kind === 'subscript') return calledName(node.object);
  return node.kind === 'name' ? node.id : node.kind === 'attribute' ? node.name : null;
}

function keyword(call: Call, name: string): Expression | undefined {
  return call.arguments.find((argument) => argument.name === name)?.value;
}

function modelOf(node: ClassDefinition, text: Text): Model | null {
  const bases = node.bases.flatMap(({ name, value }) => (name === null ? (calledName(value) ?? []) : []));
  const isTable = node.bases.some(({ name, value }) => name === 'table' && value.kind === 'constant' && value.value === true);
  const written = writtenTable(node, text);
  const columns = node.body.flatMap((statement) => columnsOf(statement, isTable, text));
  if (written === null && !isTable && columns.length === 0) return null;
  const django = columns.some(({ django: field }) => field);
  const always = written ?? (isTable ? node.name.toLowerCase() : django ? djangoTable(node.name, text.source.path) : null);
  const tables = always === null ? defaultTables(bases, node.name) : [lastPart(always)];
  return { entity: node.name, tables, named: always !== null, bases, columns: columns.map(({ names, span }) => ({ names, span })), span: node.span };
}

/** `__tablename__`, or `db_table` of Django's `Meta`. */
function writtenTable(node: ClassDefinition, text: Text): string | null {
  const meta = node.body.find((statement): statement is ClassDefinition => statement.kind === 'class' && statement.name === 'Meta');
  return text.value(assigned(node.body).get('__tablename__')) ?? text.value(assigned(meta?.body ?? []).get('db_table'));
}

/** Flask-SQLAlchemy names a `db.Model` without a name itself; a mixin has no table. */
function defaultTables(bases: readonly string[], name: string): string[] {
  return bases.includes('Model') || bases.includes('Base') ? [snakeCase(name), plural(snakeCase(name))] : [];
}

/** `app_model`: the application is the folder that `models` lies in. */
function djangoTable(name: string, path: string): string {
  const folders = path.split('/').slice(0, -1);
  const app = folders.at(-1) === 'models' ? folders.at(-2) : folders.at(-1);
  return `${app ?? ''}_${name}`.toLowerCase();
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replaceAll('"', '');
}

function assigned(body: readonly Statement[]): Map<string, Expression> {
  const found = new Map<string, Expression>();
  for (const statement of body) {
    if (statement.kind !== 'assign') continue;
    for (const target of statement.targets) if (target.kind === 'name') found.set(target.id, statement.value);
  }
  return found;
}

interface FieldColumn extends ModelColumn {
  django: boolean;
}

function columnsOf(statement: Statement, isTable: boolean, text: Text): FieldColumn[] {
  // `email: str` of an SQLModel.
  if (statement.kind === 'declare') return isTable ? [{ names: [statement.name], span: statement.span, django: false }] : [];
  const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
  if (statement.kind !== 'assign' || target?.kind !== 'name' || target.id.startsWith('__')) return [];
  const column = statement.value.kind === 'call' ? calledColumn(statement.value, target.id, text) : null;
  if (column !== null) return [{ ...column, span: target.span }];
  return isTable && isPlainField(statement) ? [{ names: [target.id], span: target.span, django: false }] : [];
}

/** `email: str = ""` of an SQLModel, and what a function makes of it. */
function isPlainField({ value, annotated }: Extract<Statement, { kind: 'assign' }>): boolean {
  return value.kind === 'call' ? !RELATIONS.test(calledName(value) ?? '') : annotated === true;
}

/** Rows of other tables. */
const RELATIONS = /^(?:[Rr]elationship|ManyToManyField)$/;

function calledColumn(call: Call, attribute: string, text: Text): { names: string[]; django: boolean } | null {
  const name = calledName(call) ?? '';
  if (RELATIONS.test(name)) return null;
  if (DJANGO_FIELD.test(name) && name !== 'Field') return { names: [djangoColumn(call, name, attribute, text)], django: true };
  if (!SQLALCHEMY_COLUMNS.test(name)) return null;
  const first = call.arguments.find((argument) => argument.name === null)?.value;
  return { names: [text.value(first) ?? text.value(keyword(call, 'name')) ?? attribute], django: false };
}

function djangoColumn(call: Call, field: string, attribute: string, text: Text): string {
  return text.value(keyword(call, 'db_column')) ?? (/ForeignKey$|OneToOneField$/.test(field) ? `${attribute}_id` : attribute);
}

/** `Table('orders', metadata, Column('id', …))`. */
function coreTable(call: Call, text: Text): Model | null {
  if (calledName(call) !== 'Table') return null;
  const [first, , ...rest] = call.arguments.filter(({ name }) => name === null);
  const name = text.value(first?.value);
  if (name === null || first === undefined) return null;
  const columns = rest.flatMap(({ value }) => {
    const column = value.kind === 'call' && calledName(value) === 'Column' ? text.value(value.arguments[0]?.value) : null;
    return column === null ? [] : [{ names: [column], span: value.span }];
  });
  return { entity: name, tables: [lastPart(name)], named: true, bases: [], columns, span: first.span };
}

/** `Order.objects.filter(total__gt=1)`, `select(Order).filter_by(total=1)`, `Order(total=1)`. */
function queryOf(call: Call, text: Text): BuilderQuery | null {
  const given: Argument[] = [];
  let node: Expression = call;
  while (node.kind === 'call' || node.kind === 'attribute' || node.kind === 'subscript') {
    if (node.kind === 'call') given.push(...node.arguments);
    node = node.kind === 'call' ? node.callee : node.object;
  }
  const entity = [node, ...given.map(({ value }) => value)].flatMap((one) => (one.kind === 'name' && isClassName(one.id) ? [one.id] : []))[0];
  const names = given.flatMap((argument) => namesIn(argument, text));
  return entity === undefined || names.length === 0 ? null : { tables: [], entity, names, span: call.span };
}

/** Django's look-ups go on behind two underscores. */
function namesIn({ name, value, span }: Argument, text: Text): QueriedName[] {
  const written = name ?? text.value(value)?.replace(/^-/, '');
  return written === undefined ? [] : [{ name: written.split('__')[0] ?? written, qualifier: null, span }];
}

type Node = Expression | Statement;

/** Calls `visit` for every statement and expression, parents before children. */
function walk(roots: readonly Node[], visit: (node: Node, parent: Node | null) => void): void {
  const stack: [unknown, Node | null][] = [...roots].reverse().map((root) => [root, null]);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [value, parent] = next;
    if (typeof value !== 'object' || value === null) continue;
    const node = 'kind' in value && 'span' in value ? (value as Node) : null;
    if (node !== null) visit(node, parent);
    for (const child of Object.values(value).reverse()) stack.push([child, node ?? parent]);
  }
}
