import { batchedUpdate } from '../advice/backfill.js';
import { columnsMentioned } from '../advice/conditions.js';
import { inSchemaOf } from '../advice/concurrent-index.js';
import { sampleValue } from '../advice/sample-value.js';
import { constraintName } from '../postgres/generated-names.js';
import { print } from '../operations/print.js';
import { printType } from '../sql/type.js';
import type { AddColumn, AddConstraint, AlterColumnType, CreateIndex, DataType, DropColumn, OperationDraft, QualifiedName, RenameColumn, RenameTable, SetNotNull } from '../operations/types.js';
import { relationOf, type Relation } from '../postgres/schema.js';
import type { RuleContext, Step } from '../rule.js';
import { printName, quoteIdentifier } from '../sql/name.js';
import { bothWays, columnOf, concurrently, copies, notNullSteps, obstacle, oneWay, renamings, withoutSync, type Carried } from './carry.js';
import { sql, type NoPlan, type Plan, type PlanStep, type Statement } from './plan.js';

/** The way out for one operation in steps; null for an operation that needs none. */
export function planFor(step: Step, context: RuleContext): Plan | NoPlan | null {
  const { operation } = step;
  if ('table' in operation && isNamed(operation.table) && context.isNew(operation.table)) return null;
  switch (operation.kind) {
    case 'renameColumn':
      return renameColumn(operation, context);
    case 'renameTable':
      return renameTable(operation);
    case 'alterColumnType':
      return changeType(operation, context);
    case 'setNotNull':
      return setNotNull(operation, context);
    case 'addColumn':
      return addRequired(operation, context);
    case 'addConstraint':
      return addConstraint(operation, context);
    case 'createIndex':
      return createIndex(operation);
    case 'dropColumn':
      return dropColumn(operation, context);
    default:
      return null;
  }
}

function isNamed(table: unknown): table is QualifiedName {
  return typeof table === 'object' && table !== null && 'name' in table;
}

function printed(draft: OperationDraft): string {
  return print(draft).replace(/;\s*$/, '');
}

function backfill(context: RuleContext, table: QualifiedName, column: string, value: string, where?: string): PlanStep {
  const { code = '' } = batchedUpdate(context, { table, set: [{ column, value }], ...(where === undefined ? {} : { where }) });
  return { phase: 'migrate', name: `fill ${column} of ${table.name}`, up: sql(code.replace(/;\s*$/, '')), down: [], alone: true };
}

function carriedOf(context: RuleContext, table: QualifiedName, from: string, to: string): Carried | NoPlan {
  const relation: Relation | undefined = relationOf(context.schema, table);
  const type = relation?.columns.get(from)?.type;
  if (relation === undefined || type == null) return { refused: `The type of "${from}" of "${table.name}" was not seen; give the schema with --schema, or the migrations that make the table.` };
  const carried = { relation, table, from, to };
  const reason = obstacle(carried);
  return reason === null ? carried : { refused: reason };
}

function renameColumn({ table, column, to, relation }: RenameColumn, context: RuleContext): Plan | NoPlan {
  if (relation !== undefined) return { refused: 'Only columns of tables are renamed in steps; a view is made again under both names.' };
  const carried = carriedOf(context, table, column, to);
  if ('refused' in carried) return carried;
  const target = printName(table);
  const known = columnOf(carried);
  const keepDefault = known?.default == null ? [] : sql(`ALTER TABLE ${target} ALTER COLUMN ${quoteIdentifier(to)} SET DEFAULT ${known.default}`);
  return {
    title: `Rename column "${column}" of "${table.name}" to "${to}"`,
    table,
    steps: [
      {
        phase: 'expand',
        name: `add ${to} to ${table.name}`,
        up: [...addNullable(table, to, known?.type ?? null), ...bothWays(carried)],
        down: [...withoutSync(carried), dropped(table, to, 'the plan is taken back')],
      },
      backfill(context, table, to, quoteIdentifier(column)),
      ...(known?.notNull === true ? notNullSteps(table, to, 'migrate') : []),
      ...copies(carried),
      {
        phase: 'contract',
        name: `drop ${column} from ${table.name}`,
        after: `Deploy a release that uses "${to}" and no longer "${column}", and wait until the release before it is gone.`,
        up: [...keepDefault, ...withoutSync(carried), dropped(table, column, 'no release uses it any more'), ...renamings(carried)],
        down: [],
      },
    ],
  };
}

function addNullable(table: QualifiedName, name: string, type: DataType | null): Statement[] {
  return sql(`ALTER TABLE ${printName(table)} ADD COLUMN ${quoteIdentifier(name)} ${type === null ? 'text' : printType(type)}`);
}

function dropped(table: QualifiedName, column: string, reason: string): Statement {
  return { sql: `ALTER TABLE ${printName(table)} DROP COLUMN ${quoteIdentifier(column)}`, reviewed: { rule: 'drop-column', reason } };
}

function renameTable({ table, to, relation }: RenameTable): Plan | NoPlan {
  if (relation !== undefined) return { refused: `A renamed ${relation} breaks no query by itself, or is made again under both names.` };
  const [old, fresh] = [printName(table), printName(inSchemaOf(table, to))];
  return {
    title: `Rename table "${table.name}" to "${to}"`,
    table,
    steps: [
      {
        phase: 'expand',
        name: `rename ${table.name} to ${to}`,
        up: sql(`ALTER TABLE ${old} RENAME TO ${quoteIdentifier(to)}`, `CREATE VIEW ${old} AS SELECT * FROM ${fresh}`),
        down: sql(`DROP VIEW ${old}`, `ALTER TABLE ${fresh} RENAME TO ${quoteIdentifier(table.name)}`),
      },
      {
        phase: 'contract',
        name: `drop view ${table.name}`,
        after: `Deploy a release that uses "${to}" and no longer "${table.name}", and wait until the release before it is gone.`,
        up: [{ sql: `DROP VIEW ${old}`, reviewed: { rule: 'replace-view', reason: 'no release uses the old name any more' } }],
        down: sql(`CREATE VIEW ${old} AS SELECT * FROM ${fresh}`),
      },
    ],
  };
}

function changeType({ table, column, type, using }: AlterColumnType, context: RuleContext): Plan | NoPlan {
  const { rewrites, scans } = context.effects;
  if (rewrites.length + scans.length === 0 && context.effects.certainty === 'certain') return { refused: 'This change of type reads no row: it can stay as it is.' };
  const fresh = `${column}_new`;
  const carried = carriedOf(context, table, column, fresh);
  if ('refused' in carried) return carried;
  const target = printName(table);
  const known = columnOf(carried);
  const [own, next, old] = [column, fresh, `${column}_old`].map(quoteIdentifier) as [string, string, string];
  const value = using ?? `${own}::${printType(type)}`;
  const sources = [column, ...columnsMentioned(value, carried.relation.columns)];
  const back = { ...carried, from: column, to: fresh };
  return {
    title: `Change the type of "${column}" of "${table.name}" to ${printType(type)}`,
    table,
    steps: [
      {
        phase: 'expand',
        name: `add ${fresh} to ${table.name}`,
        up: [...addNullable(table, fresh, type), ...oneWay(back, value, sources)],
        down: [...withoutSync(back), dropped(table, fresh, 'the plan is taken back')],
      },
      backfill(context, table, fresh, value),
      ...(known?.notNull === true ? notNullSteps(table, fresh, 'migrate') : []),
      ...copies(carried),
      {
        phase: 'switch',
        name: `switch ${column} of ${table.name}`,
        after: `Make sure that the running release reads and writes "${column}" as ${printType(type)} as well as it does now.`,
        up: [
          ...withoutSync(back),
          ...(known?.default == null ? [] : sql(`ALTER TABLE ${target} ALTER COLUMN ${next} SET DEFAULT ${known.default}`)),
          ...(known?.notNull === true ? sql(`ALTER TABLE ${target} ALTER COLUMN ${own} DROP NOT NULL`) : []),
          ...sql(`ALTER TABLE ${target} RENAME COLUMN ${own} TO ${old}`, `ALTER TABLE ${target} RENAME COLUMN ${next} TO ${own}`),
        ],
        down: [],
      },
      {
        phase: 'contract',
        name: `drop ${column}_old from ${table.name}`,
        after: 'Keep the old values as long as they may be needed.',
        up: [dropped(table, `${column}_old`, 'replaced, no release reads it'), ...renamings(carried)],
        down: [],
      },
    ],
  };
}

function setNotNull({ table, column }: SetNotNull, context: RuleContext): Plan {
  const known = context.relation(table)?.columns.get(column);
  const value = valueFor(context, table, column) ?? known?.default ?? sampleValue(known?.type ?? undefined);
  const [check, validate, set] = notNullSteps(table, column, 'migrate') as [PlanStep, PlanStep, PlanStep];
  return {
    title: `Make "${column}" of "${table.name}" NOT NULL`,
    table,
    steps: [
      { ...check, phase: 'expand', after: `Deploy a release that always writes "${column}": from here on a row without it is refused.` },
      backfill(context, table, column, value, `${quoteIdentifier(column)} IS NULL`),
      validate,
      { ...set, phase: 'contract' },
    ],
  };
}

/** What the migration itself fills the column with. */
function valueFor(context: RuleContext, table: QualifiedName, column: string): string | undefined {
  const updates = context.steps.flatMap(({ operation }) => (operation.kind === 'update' && operation.table.name === table.name && operation.from === undefined ? operation.set : []));
  return updates.find((one) => one.column === column)?.value;
}

function addRequired(add: AddColumn, context: RuleContext): Plan | null {
  const { table, column } = add;
  if (column.notNull !== true || column.default !== undefined || column.generated !== undefined || column.identity !== undefined) return null;
  const { name } = column;
  const value = valueFor(context, table, name) ?? sampleValue(column.type);
  const [check, ...rest] = notNullSteps(table, name, 'migrate') as [PlanStep, ...PlanStep[]];
  const { notNull: _, ...nullable } = column;
  return {
    title: `Add "${name}" NOT NULL to "${table.name}"`,
    table,
    steps: [
      { phase: 'expand', name: `add ${name} to ${table.name}`, up: sql(printed({ kind: 'addColumn', table, column: nullable })), down: [dropped(table, name, 'the plan is taken back')] },
      { ...check, after: `Deploy a release that always writes "${name}": from here on a row without it is refused.` },
      backfill(context, table, name, value, `${quoteIdentifier(name)} IS NULL`),
      ...rest.map((step, index): PlanStep => (index === rest.length - 1 ? { ...step, phase: 'contract' } : step)),
    ],
  };
}

function addConstraint({ table, constraint }: AddConstraint, context: RuleContext): Plan | NoPlan | null {
  const relation = context.relation(table);
  if ('notValid' in constraint && constraint.notValid === true) return null;
  const name = constraint.name ?? (relation === undefined ? `${table.name}_${constraint.type.replace(' ', '_')}` : constraintName(context.schema, relation, constraint, context.version));
  const target = printName(table);
  const drop: Statement = { sql: `ALTER TABLE ${target} DROP CONSTRAINT ${quoteIdentifier(name)}`, reviewed: { rule: 'drop-constraint', reason: 'the plan is taken back' } };
  switch (constraint.type) {
    case 'foreign key':
    case 'check':
      return {
        title: `Add the ${constraint.type} "${name}" to "${table.name}"`,
        table,
        steps: [
          { phase: 'expand', name: `add ${name}`, after: 'Deploy a release whose rows all keep the rule: from here on others are refused.', up: sql(printed({ kind: 'addConstraint', table, constraint: { ...constraint, name, notValid: true } })), down: [drop] },
          { phase: 'migrate', name: `validate ${name}`, after: 'Correct the rows that break the rule.', up: sql(`ALTER TABLE ${target} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`), down: [] },
        ],
      };
    case 'unique': {
      if (constraint.columns.length === 0) return null;
      const index = concurrently(table, name, `(${constraint.columns.map(quoteIdentifier).join(', ')})`, true);
      return {
        title: `Add the unique constraint "${name}" to "${table.name}"`,
        table,
        steps: [
          { ...index, after: 'Deploy a release that writes no duplicates, and remove those that are there.' },
          { phase: 'contract', name: `make ${name} a constraint`, up: sql(`ALTER TABLE ${target} ADD CONSTRAINT ${quoteIdentifier(name)} UNIQUE USING INDEX ${quoteIdentifier(name)}`), down: [drop] },
        ],
      };
    }
    default:
      return null;
  }
}

function createIndex(operation: CreateIndex): Plan | null {
  if (operation.concurrently === true || operation.index === undefined) return null;
  const { span: _s, statement: _t, conditional: _c, implied: _i, within: _w, guard: _g, ...draft } = operation;
  const step: PlanStep = {
    phase: 'expand',
    name: `build ${operation.index}`,
    up: sql(printed({ ...draft, concurrently: true })),
    down: sql(`DROP INDEX CONCURRENTLY ${printName(inSchemaOf(operation.table, operation.index))}`),
    alone: true,
  };
  return { title: `Build the index "${operation.index}" of "${operation.table.name}"`, table: operation.table, steps: [step] };
}

function dropColumn({ table, column }: DropColumn, context: RuleContext): Plan {
  const known = context.relation(table)?.columns.get(column);
  const required = known?.notNull !== false && known?.default == null;
  const after = `Deploy a release that neither reads nor writes "${column}", and wait until the release before it is gone.`;
  const alter = `ALTER TABLE ${printName(table)} ALTER COLUMN ${quoteIdentifier(column)}`;
  return {
    title: `Drop column "${column}" of "${table.name}"`,
    table,
    steps: [
      ...(required ? [{ phase: 'expand' as const, name: `let ${column} of ${table.name} be null`, up: sql(`${alter} DROP NOT NULL`), down: [] }] : []),
      { phase: 'contract', name: `drop ${column} from ${table.name}`, after, up: [dropped(table, column, 'no release uses it any more')], down: [] },
    ],
  };
}
