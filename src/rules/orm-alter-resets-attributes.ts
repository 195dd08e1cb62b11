import { draftOf } from '../advice/drafts.js';
import { named, same } from '../advice/wording.js';
import type { AlterColumnType, DropDefault, DropNotNull, Operation } from '../operations/types.js';
import type { Column } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';

/** Tools whose change of a column describes it anew. */
const DESCRIBING: ReadonlySet<string> = new Set(['knex', 'sequelize']);

/** Knex .alter() and Sequelize changeColumn describe the whole column: what they do not repeat is dropped. */
export default defineRule({
  meta: {
    id: 'orm-alter-resets-attributes',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropNotNull', 'dropDefault'],
    covers: ['drop-not-null', 'drop-default'],
    trigger: 'A change of type that also drops NOT NULL or the DEFAULT, because the call does not repeat them',
    effect: 'The running release may write NULLs, or omit the column and fail',
    remedy: 'Repeat every attribute in the call, or change the type alone with raw SQL',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(drop, context) {
    if (!DESCRIBING.has(context.migration.framework) || context.isNew(drop.table) || isAskedFor(drop, context)) return;
    const column = context.relation(drop.table)?.columns.get(drop.column);
    if (column === undefined || column.addedHere || !has(column, drop.kind)) return;
    const change = typeChangeOf(drop, context);
    if (change === undefined) return;
    const restored = drop.kind === 'dropNotNull' ? 'setNotNull' : 'setDefault';
    if (context.steps.some(({ operation: one }) => one.kind === restored && ofOneCall(one, drop) && one.column === drop.column)) return;
    const what = drop.kind === 'dropNotNull' ? 'NOT NULL' : 'the default';
    return {
      message: `This change of ${named(drop.column)} in ${named(drop.table)} drops ${what} as well: the call does not repeat it.`,
      rewrite: [{ note: 'The type alone, when nothing else shall change:', operations: [draftOf(change)] }],
    };
  },
});

/** Statements of one builder call begin at one place of the file. */
function ofOneCall(a: Operation, b: Operation): boolean {
  return a.statement.span.start === b.statement.span.start && a.statement.span.end === b.statement.span.end;
}

function has(column: Column, dropped: 'dropNotNull' | 'dropDefault'): boolean {
  return dropped === 'dropNotNull' ? column.notNull === true : column.default != null;
}

function typeChangeOf(drop: DropNotNull | DropDefault, { steps }: RuleContext): AlterColumnType | undefined {
  return steps
    .map(({ operation }) => operation)
    .filter((one): one is AlterColumnType => one.kind === 'alterColumnType')
    .find((one) => ofOneCall(one, drop) && same(one.table, drop.table) && one.column === drop.column);
}

/** `allowNull: true`, `.nullable()`: the author says so, and the operation stands there. */
function isAskedFor({ kind, span }: DropNotNull | DropDefault, { text }: RuleContext): boolean {
  const words = text.slice(span.start, span.end);
  return kind === 'dropNotNull' ? /\ballowNull\b|\bnullable\b/.test(words) : /\bdefault/i.test(words);
}
