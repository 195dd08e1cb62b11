import type { QualifiedName } from '../../operations/types.js';
import { columnsIn, tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Relation } from '../schema.js';
import { readersOf, viewsUsing } from './dependants.js';
import { namedIn } from './named-relations.js';
import { ruleAction } from './table-parts.js';

export function viewsOver(relation: Relation, column: string, outcome: Outcome): QualifiedName[] {
  const views = viewsUsing(outcome, relation.name, column);
  return views.flatMap((view) => [view, ...readersOf(outcome, view)]).map((key) => outcome.nameOf(key));
}

/** Generated columns, triggers and policies of the table that name the column, and hold it fast. */
export function isUsedInside(relation: Relation, column: string, generated = true): boolean {
  return (generated && generatedFrom(relation, column)) || triggerUses(relation, column) || policyUses(relation, column) || ruleUses(relation, column);
}

export function generatedFrom(relation: Relation, column: string): boolean {
  return [...relation.columns.values()].some((each) => columnsIn(each.generated?.expression ?? '').includes(column));
}

function triggerUses({ triggerTexts }: Relation, column: string): boolean {
  return [...triggerTexts.values()].some(({ columns: updated, text }) => updated.includes(column) || whenOf(text).includes(column));
}

/** Columns in the WHEN of a trigger, which it writes after `new.` and `old.`. */
function whenOf(text: string): string[] {
  const condition = /\bwhen\s*(\([\s\S]*\))\s*execute\b/i.exec(text)?.[1];
  return condition === undefined ? [] : columnsIn(condition);
}

function policyUses({ policyExpressions }: Relation, column: string): boolean {
  return [...policyExpressions.values()].some((expressions) => expressions.some((each) => columnsIn(each).includes(column)));
}

/** Other tables with a rule that names the relation, and the column where one is given. */
export function ruledOver(relation: Relation, outcome: Outcome, column?: string): QualifiedName[] {
  const key = relationKey(relation.name);
  return [...outcome.schema.relations.values()]
    .filter((other) => other !== relation && [...other.ruleTexts.values()].some((text) => namesRelation(text, key) && (column === undefined || hasToken(text, column) || insertsWhole(text, relation.name.name))))
    .map(({ name }) => name);
}

function namesRelation(text: string, key: string): boolean {
  return namedIn(ruleAction(text)).some(({ name }) => relationKey(name) === key);
}

/** INSERT without a list names every column. */
function insertsWhole(text: string, table: string): boolean {
  const tokens = tokensOf(text);
  return tokens.some(({ value }, index) => value === table && (tokens[index - 1]?.value === 'into' || tokens[index - 3]?.value === 'into') && tokens[index + 1]?.value !== '(' && tokens[index + 1]?.value !== '.');
}

const hasToken = (text: string, value: string): boolean => tokensOf(text).some((token) => token.value === value);

/** A rule of the table itself that speaks of the column. */
function ruleUses({ ruleTexts }: Relation, column: string): boolean {
  return [...ruleTexts.values()].some((text) => hasToken(text, column));
}

export function partitionColumns(relation: Relation): string[] {
  return relation.partitionBy?.keys.flatMap(({ column, expression }) => (column === undefined ? columnsIn(expression ?? '') : [column])) ?? [];
}

export function isInherited(relation: Relation, column: string, outcome: Outcome): boolean {
  const parents = relation.partitionOf === null ? relation.inherits : [relation.partitionOf.parent];
  return parents.some((key) => outcome.schema.relations.get(key)?.columns.has(column));
}

// --- ALTER COLUMN TYPE --------------------------------------------------------

/** A child that has the column from another parent as well cannot change it for one of them. */
export function hasOtherParents({ table, column, only }: { table: QualifiedName; column: string; only?: true }, outcome: Outcome): boolean {
  const family = new Set(outcome.family(table, only).map(relationKey));
  return [...family].some((key) => {
    const inherits = outcome.schema.relations.get(key)?.inherits ?? [];
    const others = key === relationKey(table) ? [] : inherits.filter((parent) => !family.has(parent));
    return others.some((parent) => outcome.schema.relations.get(parent)?.columns.has(column));
  });
}
