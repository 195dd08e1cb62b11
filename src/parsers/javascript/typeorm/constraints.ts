import type {
  CheckConstraint,
  ExclusionConstraint,
  ForeignKeyAction,
  ForeignKeyConstraint,
  IndexKey,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from '../../../operations/types.js';
import { tokenize } from '../../../sql/lexer.js';
import type { Column, Expressed, ForeignKey, Unique } from './definitions.js';
import { generated, tableName, type TablePath } from './names.js';

function deferred(deferrable: string | undefined): { deferrable?: true; initiallyDeferred?: true } {
  if (deferrable === undefined || deferrable === '') return {};
  return { deferrable: true, ...(/initially\s+deferred/i.test(deferrable) && { initiallyDeferred: true as const }) };
}

/** The key of every primary column; the name is the first one's own, or generated. */
export function primaryKey(table: TablePath, columns: readonly Column[]): PrimaryKeyConstraint {
  const names = columns.map(({ name }) => name);
  return { type: 'primary key', name: columns[0]?.primaryKeyConstraintName ?? generated.primaryKey(table, names), columns: names };
}

export function uniqueName(table: TablePath, unique: Unique): string {
  return unique.name ?? generated.unique(table, unique.columns);
}

export function uniqueConstraint(table: TablePath, unique: Unique): UniqueConstraint {
  return { type: 'unique', name: uniqueName(table, unique), columns: unique.columns, ...deferred(unique.deferrable), ...placed(unique) };
}

export function checkName(table: TablePath, check: Expressed): string {
  return check.name ?? generated.check(table, check.expression);
}

export function checkConstraint(table: TablePath, check: Expressed): CheckConstraint {
  return { type: 'check', name: checkName(table, check), expression: check.expression, ...placed(check) };
}

export function foreignKeyName(table: TablePath, key: ForeignKey): string {
  return key.name ?? generated.foreignKey(table, key.columns);
}

export function foreignKeyConstraint(table: TablePath, key: ForeignKey): ForeignKeyConstraint {
  const onDelete = action(key.onDelete);
  const onUpdate = action(key.onUpdate);
  return {
    type: 'foreign key',
    name: foreignKeyName(table, key),
    columns: key.columns,
    references: { table: tableName(key.references.table), columns: key.references.columns },
    ...(onDelete !== undefined && { onDelete }),
    ...(onUpdate !== undefined && { onUpdate }),
    ...deferred(key.deferrable),
    ...placed(key),
  };
}

const ACTIONS: readonly ForeignKeyAction[] = ['no action', 'restrict', 'cascade', 'set null', 'set default'];

function action(written: string | undefined): ForeignKeyAction | undefined {
  return ACTIONS.find((known) => known === written?.toLowerCase().trim());
}

export function exclusionName(table: TablePath, exclusion: Expressed): string {
  return exclusion.name ?? generated.exclusion(table, exclusion.expression);
}

/** `USING gist (room WITH =, during WITH &&) WHERE (…)`, taken apart. */
export function exclusionConstraint(table: TablePath, exclusion: Expressed): ExclusionConstraint {
  const { expression } = exclusion;
  const constraint: ExclusionConstraint = {
    type: 'exclude',
    name: exclusionName(table, exclusion),
    elements: [],
    ...deferred(exclusion.deferrable),
    ...placed(exclusion),
  };
  const tokens = tokenize(expression).filter(({ kind }) => kind !== 'comment');
  let depth = 0;
  let start = 0;
  let clause = '';
  for (const [index, token] of tokens.entries()) {
    if (depth === 0 && token.kind === 'word') {
      if (clause === 'using') constraint.method = token.value;
      clause = token.value.toLowerCase();
    }
    if (token.value === '(' && token.kind === 'punctuation') {
      if (depth === 0) start = token.end;
      depth += 1;
    }
    if (token.kind !== 'punctuation') continue;
    const closes = token.value === ')' && depth === 1;
    if (closes || (token.value === ',' && depth === 1)) {
      const part = expression.slice(start, token.start).trim();
      if (clause === 'where') constraint.where = part;
      else if (clause === 'include') (constraint.include ??= []).push(part.replaceAll('"', ''));
      else constraint.elements.push(part);
      start = token.end;
    }
    if (token.value === ')') depth -= 1;
    if (closes && tokens[index + 1] === undefined) break;
  }
  return constraint;
}

export function indexKeys(columns: readonly string[]): IndexKey[] {
  return columns.map((column) => ({ column }));
}

function placed({ span }: { span?: { start: number; end: number } }): { span?: { start: number; end: number } } {
  return span === undefined ? {} : { span };
}
