import { identifier, isEmpty, type Piece, separated, spaced, wordsOf } from '../compose.js';
import { textAt } from '../evaluate/text.js';
import { list, type Site, type Value } from '../evaluate/value.js';
import { Options } from '../options.js';
import type { Calls, Context } from './calls.js';
import { columnsOf, comment, constraintsOf, given, identityClause, isFalse, isNull, words, withPrimaryKey } from './columns.js';
import { constant, itemsOf, literalOf, name, names, typeText } from './values.js';

const cascade = (options: Options): Piece => (options.flag('cascade') ? ' CASCADE' : null);
const ifExists = (options: Options): Piece => (options.flag('ifExists') ? ' IF EXISTS' : null);
const ifNotExists = (options: Options): Piece => (options.flag('ifNotExists') ? ' IF NOT EXISTS' : null);

function together(statements: readonly Piece[]): Piece {
  return separated(statements, '\n');
}

function createTable({ shorthands }: Context, [table, columns, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  const { lines, comments, primaryKey } = columnsOf(table, columns, shorthands, site);
  const constraints = constraintsOf(table, withPrimaryKey(options.get('constraints'), primaryKey), undefined, site);
  const definition = [...lines, ...constraints.lines, ...(options.has('like') ? [like(options.get('like'), site)] : [])];
  const partition = new Options(options.get('partition'));
  const head: Piece = [
    'CREATE', options.flag('temporary') ? ' TEMPORARY' : null, options.flag('unlogged') ? ' UNLOGGED' : null, ' TABLE', ifNotExists(options), ' ', name(table, 'table', site),
    ' (', separated(definition), ')',
    given(options, 'inherits') ? [' INHERITS (', name(options.get('inherits'), 'table', site), ')'] : null,
    options.has('partition') ? [' PARTITION BY ', words(partition, 'strategy', site), ' (', partitionColumns(partition.get('columns'), site), ')'] : null,
    ';',
  ];
  const own = options.has('comment') ? [comment('TABLE', name(table, 'table', site), options.get('comment'), site)] : [];
  return [together([head, ...comments, ...constraints.comments, ...own])];
}

function partitionColumns(value: Value | undefined, site: Site): Piece {
  return separated(
    itemsOf(value).map((column) => {
      if (column.kind !== 'dictionary') return name(column, 'column', site);
      const options = new Options(column);
      return [
        identifier(words(options, 'name', site)), given(options, 'collate') ? [' COLLATE ', words(options, 'collate', site)] : null,
        given(options, 'opclass') ? [' ', words(options, 'opclass', site)] : null,
      ];
    }),
  );
}

function like(value: Value | undefined, site: Site): Piece {
  const inner = value?.kind === 'dictionary' ? value.properties.get('table')?.value : undefined;
  const options = new Options(inner === undefined ? undefined : new Options(value).get('options'));
  const each = (key: string, word: string): Piece[] => itemsOf(options.get(key)).map((option) => [' ', word, ' ', wordsOf(option, key, site.span)]);
  return ['LIKE ', name(inner ?? value, 'table', site), ...each('including', 'INCLUDING'), ...each('excluding', 'EXCLUDING')];
}

function addColumns({ shorthands }: Context, [table, columns, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  const { lines, comments } = columnsOf(table, columns, shorthands, site);
  const added = lines.map((line): Piece => ['ADD ', options.flag('ifNotExists') ? 'IF NOT EXISTS ' : null, line]);
  return [together([['ALTER TABLE ', name(table, 'table', site), ' ', separated(added), ';'], ...comments])];
}

function dropColumns(_context: Context, [table, columns, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  const listed = columns?.kind === 'dictionary' ? list([...columns.properties.keys()].map((key) => textAt(key, site.span))) : columns;
  const dropped = itemsOf(listed).map((column): Piece => ['DROP ', options.flag('ifExists') ? 'IF EXISTS ' : null, name(column, 'column', site), cascade(options)]);
  return [['ALTER TABLE ', name(table, 'table', site), ' ', separated(dropped), ';']];
}

function alterColumn({ shorthands }: Context, [table, column, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  const target = name(column, 'column', site);
  const actions: Piece[] = [
    options.has('default') ? (isNull(options.get('default')) ? textAt('DROP DEFAULT', spanOf(options, 'default', site)) : ['SET DEFAULT ', constant(options.get('default'), site)]) : null,
    given(options, 'type') ? spaced(['SET DATA TYPE ', typeText(options.get('type'), site)], collation(options, site), given(options, 'using') ? ['USING ', words(options, 'using', site)] : null) : null,
    nullability(options, site),
    generated(options, shorthands, site),
    expression(options, site),
  ].filter((action) => !isEmpty(action));
  const altered = actions.map((action): Piece => ['ALTER ', target, ' ', action]);
  return [
    together([
      altered.length > 0 ? ['ALTER TABLE ', name(table, 'table', site), ' ', separated(altered), ';'] : null,
      options.has('comment') ? comment('COLUMN', [name(table, 'table', site), '.', target], options.get('comment'), site) : null,
    ]),
  ];
}

function spanOf(options: Options, key: string, { span }: Site): Site['span'] {
  const at = options.spanOf(key);
  return at !== undefined && at.start >= span.start && at.end <= span.end ? at : span;
}

function collation(options: Options, site: Site): Piece {
  return given(options, 'collation') ? ['COLLATE ', words(options, 'collation', site)] : null;
}

function nullability(options: Options, site: Site): Piece {
  if (given(options, 'notNull')) return textAt('SET NOT NULL', spanOf(options, 'notNull', site));
  if (isFalse(options.get('notNull'))) return textAt('DROP NOT NULL', spanOf(options, 'notNull', site));
  return given(options, 'allowNull') ? textAt('DROP NOT NULL', spanOf(options, 'allowNull', site)) : null;
}

function generated(options: Options, shorthands: Context['shorthands'], site: Site): Piece {
  const value = options.get('sequenceGenerated');
  if (value === undefined) return null;
  return value.kind === 'primitive' && !value.value ? 'DROP IDENTITY' : ['ADD ', identityClause(value, shorthands, site)];
}

function expression(options: Options, site: Site): Piece {
  const value = options.get('expressionGenerated');
  if (value === undefined) return null;
  return isNull(value) ? 'DROP EXPRESSION' : ['SET EXPRESSION AS (', wordsOf(value, 'expression', site.span), ')'];
}

function alterTable(_context: Context, [table, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  const actions = [
    given(options, 'levelSecurity') ? [words(options, 'levelSecurity', site), ' ROW LEVEL SECURITY'] : null,
    options.has('unlogged') ? (options.flag('unlogged') ? 'SET UNLOGGED' : 'SET LOGGED') : null,
  ];
  return [['ALTER TABLE ', name(table, 'table', site), ' ', separated(actions), ';']];
}

function addConstraint(_context: Context, [table, constraint, value]: readonly Value[], site: Site): Piece[] {
  const unnamed = constraint === undefined || (constraint.kind === 'primitive' && constraint.value == null);
  const raw = value?.kind === 'text';
  const { lines, comments } = raw
    ? { lines: [[unnamed ? null : ['CONSTRAINT ', name(constraint, 'constraint', site), ' '], wordsOf(value, 'constraint', site.span)] as Piece], comments: [] }
    : constraintsOf(table, value, constraint, site);
  const added = lines.map((line): Piece => ['ADD ', line]);
  return [together([['ALTER TABLE ', name(table, 'table', site), ' ', separated(added), ';'], ...comments])];
}

function dropConstraint(_context: Context, [table, constraint, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  return [['ALTER TABLE ', options.flag('ifTableExists') ? 'IF EXISTS ' : null, name(table, 'table', site), ' DROP CONSTRAINT', ifExists(options), ' ', name(constraint, 'constraint', site), cascade(options), ';']];
}

function dropTable(_context: Context, [table, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  return [['DROP TABLE', ifExists(options), ' ', name(table, 'table', site), cascade(options), ';']];
}

/** `t_a_b_index`, `t_a_unique_index`: what an index is called when nobody says. */
function indexName(table: Value | undefined, columns: Value | undefined, options: Options, site: Site): Piece {
  const schema = table?.kind === 'dictionary' ? table.properties.get('schema')?.value : undefined;
  const qualified = schema === undefined ? null : [identifier(wordsOf(schema, 'schema', site.span)), '.'];
  if (given(options, 'name')) return [qualified, name(options.get('name'), 'index', site)];
  const bare = table?.kind === 'dictionary' ? table.properties.get('name')?.value : table;
  const parts = itemsOf(columns).map((column) => schemalized(column.kind === 'dictionary' ? column.properties.get('name')?.value : column, site));
  return [qualified, '"', wordsOf(bare, 'table', site.span), '_', separated(parts, '_'), given(options, 'unique') ? '_unique' : null, '_index"'];
}

const EXPRESSION = /(->>|->|#>>|#>|@\?|@@|@>|<@|\?\||\?&|\?|#-|\|\||::)|^[\w.]+\(|\s+[+*/-]\s+/;

/** What looks like an expression goes into parentheses. */
function schemalized(value: Value | undefined, { span }: Site): Piece {
  const text = literalOf(value) ?? wordsOf(value, 'column', span);
  const expression = EXPRESSION.test(text.text) || (/[=<>!]+/.test(text.text) && /[a-zA-Z0-9]/.test(text.text));
  return value?.kind === 'text' && expression ? ['(', text, ')'] : text;
}

function indexColumn(value: Value, site: Site): Piece {
  if (value.kind !== 'dictionary') return indexKey(value, site);
  const options = new Options(value);
  return spaced(indexKey(options.get('name'), site), given(options, 'opclass') ? name(options.get('opclass'), 'opclass', site) : null, given(options, 'sort') ? words(options, 'sort', site) : null);
}

function indexKey(value: Value | undefined, site: Site): Piece {
  const literal = literalOf(value);
  if (literal !== null) return literal;
  const text = wordsOf(value, 'column', site.span);
  const written = schemalized(value, site);
  if (written !== text) return written;
  if (text.holes.length > 0 || !/[^\w".]/.test(text.text)) return identifier(text);
  return text.text.endsWith(')') ? text : ['(', text, ')'];
}

function createIndex(_context: Context, [table, columns, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  return [
    [
      'CREATE', options.flag('unique') ? ' UNIQUE' : null, ' INDEX', options.flag('concurrently') ? ' CONCURRENTLY' : null, ifNotExists(options), ' ', createdName(table, columns, options, site),
      ' ON ', name(table, 'table', site), given(options, 'method') ? [' USING ', words(options, 'method', site)] : null,
      ' (', separated(itemsOf(columns).map((column) => indexColumn(column, site))), ')',
      given(options, 'include') ? [' INCLUDE (', names(options.get('include'), 'column', site), ')'] : null,
      given(options, 'nulls') ? [' NULLS ', words(options, 'nulls', site)] : null,
      given(options, 'where') ? [' WHERE ', words(options, 'where', site)] : null, ';',
    ],
  ];
}

/** CREATE INDEX is handed the bare table: its index has no schema of its own. */
function createdName(table: Value | undefined, columns: Value | undefined, options: Options, site: Site): Piece {
  const bare = table?.kind === 'dictionary' ? table.properties.get('name')?.value : table;
  return indexName(bare, columns, options, site);
}

function dropIndex(_context: Context, [table, columns, settings]: readonly Value[], site: Site): Piece[] {
  const options = new Options(settings);
  return [['DROP INDEX', options.flag('concurrently') ? ' CONCURRENTLY' : null, ifExists(options), ' ', indexName(table, columns, options, site), cascade(options), ';']];
}

const renamed = (object: string, word = 'RENAME'): Calls[string]['run'] => (_context, [table, from, to], site) => [
  ['ALTER ', object, ' ', name(table, 'name', site), ' ', word, ' ', name(from, 'name', site), ' TO ', name(to, 'name', site), ';'],
];

/** Tables, columns, constraints and indexes. */
export const tableCalls: Calls = {
  createTable: { run: createTable, reverse: dropTable },
  dropTable: { run: dropTable },
  renameTable: {
    run: (_context, [table, to], site) => [['ALTER TABLE ', name(table, 'table', site), ' RENAME TO ', name(to, 'name', site), ';']],
    swapped: [1, 0],
  },
  alterTable: { run: alterTable },
  addColumns: { run: addColumns, reverse: dropColumns },
  dropColumns: { run: dropColumns },
  renameColumn: { run: renamed('TABLE'), swapped: [0, 2, 1] },
  alterColumn: { run: alterColumn },
  addConstraint: { run: addConstraint, reverse: (context, args, site) => (args[2]?.kind === 'text' || (args[1]?.kind === 'primitive' && args[1].value == null) ? null : dropConstraint(context, args, site)) },
  dropConstraint: { run: dropConstraint },
  renameConstraint: { run: renamed('TABLE', 'RENAME CONSTRAINT'), swapped: [0, 2, 1] },
  createIndex: { run: createIndex, reverse: dropIndex },
  dropIndex: { run: dropIndex },
  renameIndex: { run: (_context, [index, to], site) => [['ALTER INDEX ', name(index, 'index', site), ' RENAME TO ', name(to, 'name', site), ';']], swapped: [1, 0] },
};
