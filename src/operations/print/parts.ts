import { RESERVED, TYPE_OR_FUNCTION, COLUMN_NAME } from '../../sql/keywords.js';
import { tokenize } from '../../sql/lexer.js';
import { printColumns, printName, quoteIdentifier } from '../../sql/name.js';
import { printType } from '../../sql/type.js';
import type {
  ColumnDefinition,
  Constraint,
  DataType,
  Expression,
  ForeignKeyConstraint,
  IndexKey,
  QualifiedName,
  RelationKind,
} from '../types.js';
import { when, words } from './draft.js';

export function printCollation(collation: QualifiedName | undefined): string | false {
  return collation !== undefined && `COLLATE ${printName(collation)}`;
}

/** A role's name; the key words that stand for one are never quoted. */
export function printRole(role: string): string {
  return /^(current_user|current_role|session_user|public)$/i.test(role) ? role.toUpperCase() : quoteIdentifier(role);
}

export function relationWords(relation: RelationKind | undefined): string {
  return (relation ?? 'table').toUpperCase();
}

/** A column as CREATE TABLE and ADD COLUMN write it. */
export function printColumn(column: ColumnDefinition): string {
  return words(
    quoteIdentifier(column.name),
    column.type !== undefined && printType(column.type),
    column.storage !== undefined && `STORAGE ${column.storage}`,
    column.compression !== undefined && `COMPRESSION ${column.compression}`,
    ...columnClauses(column),
  );
}

/** What follows the type. In a typed table and a partition it follows the name. */
export function columnClauses(column: ColumnDefinition): (string | false | undefined)[] {
  const { identity, generated } = column;
  return [
    printCollation(column.collation),
    column.default !== undefined && `DEFAULT ${column.default}`,
    identity !== undefined && printIdentity(identity, column.identityOptions),
    generated !== undefined &&
      words(`GENERATED ALWAYS AS (${generated.expression})`, storedWord(generated.stored)),
    printNullability(column),
    ...(column.constraints ?? []).map(printColumnConstraint),
  ];
}

function storedWord(stored: boolean | undefined): string | false {
  if (stored === undefined) return false;
  return stored ? 'STORED' : 'VIRTUAL';
}

function printNullability({ notNull, notNullName }: ColumnDefinition): string | false {
  if (notNull === undefined) return false;
  if (!notNull) return 'NULL';
  return notNullName === undefined ? 'NOT NULL' : `CONSTRAINT ${quoteIdentifier(notNullName)} NOT NULL`;
}

export function printIdentity(identity: 'always' | 'by default', options: string | undefined): string {
  return words(`GENERATED ${identity.toUpperCase()} AS IDENTITY`, options !== undefined && `(${options})`);
}

/** A constraint in a column's definition: its columns go without saying. */
function printColumnConstraint(constraint: Constraint): string {
  return words(constraintName(constraint), columnConstraintBody(constraint), ...constraintAttributes(constraint));
}

function columnConstraintBody(constraint: Constraint): string {
  switch (constraint.type) {
    case 'primary key':
      return 'PRIMARY KEY';
    case 'unique':
      return words('UNIQUE', when(constraint.nullsNotDistinct, 'NULLS NOT DISTINCT'));
    case 'not null':
      return 'NOT NULL';
    case 'foreign key':
      return printReferences(constraint);
    case 'check':
    case 'exclude':
      return constraintBody(constraint);
  }
}

/** A constraint as ADD CONSTRAINT and the body of CREATE TABLE write it. */
export function printConstraint(constraint: Constraint): string {
  return words(constraintName(constraint), constraintDefinition(constraint));
}

export function constraintName({ name }: Constraint): string | false {
  return name !== undefined && `CONSTRAINT ${quoteIdentifier(name)}`;
}

/** Everything after the name. */
export function constraintDefinition(constraint: Constraint): string {
  return words(constraintBody(constraint), ...constraintAttributes(constraint));
}

function constraintBody(constraint: Constraint): string {
  switch (constraint.type) {
    case 'primary key':
      return words('PRIMARY KEY', ...keyBody(constraint));
    case 'unique':
      return words('UNIQUE', when(constraint.nullsNotDistinct, 'NULLS NOT DISTINCT'), ...keyBody(constraint));
    case 'check':
      return `CHECK (${constraint.expression})`;
    case 'not null':
      return `NOT NULL ${quoteIdentifier(constraint.column)}`;
    case 'foreign key':
      return words('FOREIGN KEY', printColumns(constraint.columns), printReferences(constraint));
    case 'exclude':
      return words(
        'EXCLUDE',
        constraint.method !== undefined && `USING ${quoteIdentifier(constraint.method)}`,
        `(${constraint.elements.join(', ')})`,
        printInclude(constraint.include),
        constraint.where !== undefined && `WHERE (${constraint.where})`,
      );
  }
}

function keyBody(key: { columns: string[]; include?: string[]; usingIndex?: string }): (string | false)[] {
  if (key.usingIndex !== undefined) return [`USING INDEX ${quoteIdentifier(key.usingIndex)}`];
  return [printColumns(key.columns), printInclude(key.include)];
}

export function printInclude(columns: readonly string[] | undefined): string | false {
  return columns !== undefined && columns.length > 0 && `INCLUDE ${printColumns(columns)}`;
}

function printReferences({ references, match, onDelete, onUpdate }: ForeignKeyConstraint): string {
  return words(
    `REFERENCES ${printName(references.table)}`,
    references.columns.length > 0 && printColumns(references.columns),
    match !== undefined && `MATCH ${match.toUpperCase()}`,
    onDelete !== undefined && `ON DELETE ${onDelete.toUpperCase()}`,
    onUpdate !== undefined && `ON UPDATE ${onUpdate.toUpperCase()}`,
  );
}

function constraintAttributes(constraint: Constraint): (string | false)[] {
  const { deferrable, initiallyDeferred } = constraint;
  return [
    deferrable !== undefined && (deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE'),
    initiallyDeferred !== undefined && (initiallyDeferred ? 'INITIALLY DEFERRED' : 'INITIALLY IMMEDIATE'),
    'noInherit' in constraint && when(constraint.noInherit, 'NO INHERIT'),
    'notValid' in constraint && when(constraint.notValid, 'NOT VALID'),
    'notEnforced' in constraint && when(constraint.notEnforced, 'NOT ENFORCED'),
  ];
}

export function printIndexKeys(keys: readonly IndexKey[]): string {
  return `(${keys.map(printIndexKey).join(', ')})`;
}

function printIndexKey(key: IndexKey): string {
  return words(
    key.column === undefined ? printKeyExpression(key.expression ?? '') : quoteIdentifier(key.column),
    printCollation(key.collation),
    key.operatorClass,
    key.order?.toUpperCase(),
    key.nulls !== undefined && `NULLS ${key.nulls.toUpperCase()}`,
  );
}

/** Only a plain function call may stand in an index without parentheses of its own. */
function printKeyExpression(expression: Expression): string {
  return isFunctionCall(expression) ? expression : `(${expression})`;
}

const CALLABLE_KEYWORDS = new Set(['coalesce', 'greatest', 'least', 'nullif']);

function isFunctionCall(expression: Expression): boolean {
  const tokens = tokenize(expression);
  const [name, open] = tokens;
  if (name?.kind !== 'word' || open?.value !== '(' || !isCallable(name.value)) return false;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'punctuation') continue;
    if (token.value === '(') depth++;
    else if (token.value === ')' && --depth === 0) return index === tokens.length - 1;
  }
  return false;
}

function isCallable(name: string): boolean {
  if (CALLABLE_KEYWORDS.has(name)) return true;
  return !RESERVED.has(name) && !TYPE_OR_FUNCTION.has(name) && !COLUMN_NAME.has(name);
}

/** `AS type` of a domain and the type of an attribute. */
export function printTypeWithCollation(type: DataType, collation: QualifiedName | undefined): string {
  return words(printType(type), printCollation(collation));
}
