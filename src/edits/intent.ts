import type { AddColumn, AddConstraint, CreateIndex, DropIndex } from '../operations/types.js';
import { print } from '../operations/print.js';
import type { RuleReport, Step } from '../rule.js';
import { sampleValue } from '../advice/sample-value.js';

/** What the safe way changes about the statement that stands in the file. */
export type Intent =
  | { kind: 'concurrently'; operation: CreateIndex | DropIndex }
  | { kind: 'not valid'; operation: AddConstraint; validate: string }
  | { kind: 'default'; operation: AddColumn; value: string };

function concurrently({ rewrite }: RuleReport, operation: CreateIndex | DropIndex): Intent | null {
  const steps = rewrite.filter(({ byHand }) => byHand !== true);
  const [step] = steps;
  const [wanted] = step?.operations ?? [];
  const same = wanted?.kind === operation.kind && wanted.concurrently === true && step?.operations?.length === 1;
  const cascades = operation.kind === 'dropIndex' && operation.cascade === true;
  return steps.length === 1 && same && !cascades ? { kind: 'concurrently', operation } : null;
}

function notValid({ rewrite }: RuleReport, operation: AddConstraint): Intent | null {
  const [add, then] = rewrite;
  const [wanted] = add?.operations ?? [];
  const [validate] = then?.operations ?? [];
  if (rewrite.length !== 2 || wanted?.kind !== 'addConstraint' || validate?.kind !== 'validateConstraint') return null;
  const { constraint } = wanted;
  if (!('notValid' in constraint) || constraint.notValid !== true) return null;
  return { kind: 'not valid', operation, validate: print(validate) };
}

/**
 * The change that a finding's safe way comes to, where it is one to the
 * statement itself; null where the way leads through other statements.
 */
export function intentOf(ruleId: string, report: RuleReport, { operation }: Step): Intent | null {
  if (operation.partial === true || operation.implied === true) return null;
  switch (operation.kind) {
    case 'createIndex':
    case 'dropIndex':
      return concurrently(report, operation);
    case 'addConstraint':
      return notValid(report, operation);
    case 'addColumn': {
      const value = sampleValue(operation.column.type);
      return ruleId === 'add-not-null-column' && value !== 'NULL' ? { kind: 'default', operation, value } : null;
    }
    default:
      return null;
  }
}
