import { tableOf } from '../../operations/table-of.js';
import type { CreateFunction, Operation, QualifiedName } from '../../operations/types.js';
import { tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey } from '../schema.js';

/** Operations in which a label may be written, and which are analysed when they run. */
const NAMING = new Set<Operation['kind']>([
  'insert',
  'update',
  'delete',
  'merge',
  'select',
  'setDefault',
  'addColumn',
  'addConstraint',
  'createIndex',
  'createView',
  'createMaterializedView',
  'createTableAs',
  'createPolicy',
  'createFunction',
  'createTable',
]);

/**
 * 55P04: an enum value is not there for anybody until the transaction that
 * added it has ended, itself included, unless it created the type too (17+).
 * https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES
 */
export function refuseNewLabels(operation: Operation, outcome: Outcome): void {
  const { newLabels } = outcome.session;
  if (newLabels === undefined || newLabels.size === 0 || !NAMING.has(operation.kind)) return;
  const strings = stringsOf(operation);
  for (const [type, { labels, ofNewType }] of newLabels) {
    if (ofNewType && outcome.version >= 17) continue;
    if ([...labels].some((label) => strings.has(label)) && uses(operation, type, labels, outcome)) outcome.fail('55P04', 'always');
  }
}

/** Whether a label that is written is one of the type. */
function uses(operation: Operation, type: string, labels: ReadonlySet<string>, outcome: Outcome): boolean {
  if (operation.kind === 'createFunction') return isAnalysed(operation) && castsTo(operation.body ?? '', type, labels);
  if (operation.kind === 'select' && castsTo(operation.text, type, labels)) return true;
  return relationsOf(operation).some((name) => mayHold(name, type, outcome)) || addsColumnOf(operation, type) || createsColumnOf(operation, type);
}

/** The body of an SQL function is analysed when it is created. */
function isAnalysed({ language, body }: CreateFunction): boolean {
  return body !== undefined && (language === undefined || language.toLowerCase() === 'sql');
}

/** `'label'::type` and `CAST('label' AS type)`. */
function castsTo(text: string, type: string, labels: ReadonlySet<string>): boolean {
  const tokens = tokensOf(text);
  const name = type.slice(type.indexOf('.') + 1);
  return tokens.some((token, index) => {
    const cast = tokens[index + 1]?.value === '::' || tokens[index + 1]?.value === 'as';
    return token.kind === 'string' && labels.has(token.value) && cast && tokens.slice(index + 2, index + 5).some(({ value }) => value === name);
  });
}

function relationsOf(operation: Operation): QualifiedName[] {
  const table = tableOf(operation);
  const reads = 'reads' in operation ? (operation.reads ?? []) : 'query' in operation ? operation.query.reads : [];
  return table === null ? reads : [table, ...reads];
}

function createsColumnOf(operation: Operation, type: string): boolean {
  return operation.kind === 'createTable' && operation.columns.some((column) => column.type !== undefined && relationKey(column.type) === type);
}

function addsColumnOf(operation: Operation, type: string): boolean {
  return operation.kind === 'addColumn' && operation.column.type !== undefined && relationKey(operation.column.type) === type;
}

/** True when a column of the relation is of the type, or nobody told what its columns are. */
function mayHold(name: QualifiedName, type: string, outcome: Outcome): boolean {
  const relation = outcome.relation(name);
  if (relation === undefined) return !outcome.schema.complete;
  if ([...relation.columns.values()].some((column) => column.type !== null && relationKey(column.type) === type)) return true;
  return !relation.complete && relation.kind === 'table';
}

/** Every string constant of the operation's SQL. */
function stringsOf(operation: Operation): ReadonlySet<string> {
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      for (const token of tokensOf(value)) {
        if (token.kind !== 'string') continue;
        found.add(token.value);
        // The body of a function is a string of strings.
        if (operation.kind === 'createFunction') for (const inner of tokensOf(token.value)) if (inner.kind === 'string') found.add(inner.value);
      }
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  const { span: _span, statement: _statement, ...facts } = operation;
  collect(facts);
  return found;
}
