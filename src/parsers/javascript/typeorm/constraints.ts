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
  const { head, groups } = groupsOf(exclusion.expression);
  const method = /^using\s+"?(\w+)/i.exec(head)?.[1];
  const inside = (word: RegExp) => groups.find(({ before }) => word.test(before));
  const where = inside(/\bwhere$/i);
  const include = inside(/\binclude$/i);
  return {
    type: 'exclude',
    name: exclusionName(table, exclusion),
    ...(method !== undefined && { method: method.toLowerCase() }),
    elements: groups[0]?.parts ?? [],
    ...(include !== undefined && { include: include.parts.map((part) => part.replaceAll('"', '')) }),
    ...(where !== undefined && { where: where.parts.join(', ') }),
    ...deferred(exclusion.deferrable),
    ...placed(exclusion),
  };
}

interface Group {
  /** The words in front of the parenthesis. */
  before: string;
  /** What stands in it, apart at its own commas. */
  parts: string[];
}

/** The outermost parentheses of an expression. */
function groupsOf(expression: string): { head: string; groups: Group[] } {
  const groups: Group[] = [];
  let depth = 0;
  let start = 0;
  for (const { value, start: from, end } of tokenize(expression).filter(({ kind }) => kind === 'punctuation')) {
    if (value === '(') {
      depth += 1;
      if (depth > 1) continue;
      groups.push({ before: expression.slice(start, from).trim(), parts: [] });
      start = end;
    } else if (depth === 1 && (value === ')' || value === ',')) {
      groups.at(-1)?.parts.push(expression.slice(start, from).trim());
      start = end;
    }
    if (value === ')') depth -= 1;
  }
  return { head: groups[0]?.before ?? expression, groups };
}

export function indexKeys(columns: readonly string[]): IndexKey[] {
  return columns.map((column) => ({ column }));
}

function placed({ span }: { span?: { start: number; end: number } }): { span?: { start: number; end: number } } {
  return span === undefined ? {} : { span };
}
