import type { AddEnumValue, AlterCompositeType, AlterDomain } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type UserType } from '../schema.js';
import { columnsOfType } from './drops.js';
import type { Handlers } from './handler.js';

export const types: Handlers<'addEnumValue' | 'renameEnumValue' | 'alterDomain' | 'alterCompositeType'> = {
  addEnumValue(operation, outcome) {
    const { type } = operation;
    // The lock is on the type, which no query waits for.
    const known = outcome.schema.types.get(relationKey(type));
    if (outcome.version < 12 && known?.bornHere !== true && outcome.outsideTransaction()) return;
    if (known === undefined) return outcome.schema.complete ? outcome.fail('42704', 'always') : undefined;
    if (known.kind === 'enum') refuseLabel(known.values, operation, outcome);
    else if (known.kind !== 'other') outcome.fail('42809', 'always');
  },

  renameEnumValue({ type, value, to }, outcome) {
    const known = outcome.schema.types.get(relationKey(type));
    if (known?.kind !== 'enum') return;
    if (!known.values.includes(value)) outcome.fail('22023', 'always');
    else if (known.values.includes(to)) outcome.fail('42710', 'always');
  },

  alterDomain,
  alterCompositeType,
};

function refuseLabel(values: readonly string[], { value, guard, before, after }: AddEnumValue, outcome: Outcome): void {
  const beside = before ?? after;
  if (values.includes(value)) {
    if (guard !== 'if not exists') outcome.fail('42710', 'always');
  } else if (beside !== undefined && !values.includes(beside)) outcome.fail('22023', 'always');
}

/** A new rule of a domain is checked in every table that has a column of it. */
function alterDomain({ domain, action }: AlterDomain, outcome: Outcome): void {
  const key = relationKey(domain);
  const known = outcome.schema.types.get(key);
  if (refuseDomain(known, action, outcome)) return;
  const check = checkOf(action, outcome);
  if (check === null || (action.type === 'set not null' && known?.kind === 'domain' && known.notNull)) return;
  for (const { table } of columnsOfType(key, outcome)) {
    if (!outcome.hasStorage(table)) continue;
    outcome.lock(table, 'SHARE');
    outcome.scan(table);
    outcome.failOn(table, check === 'nulls' ? '23502' : '23514', check);
  }
  if (!outcome.schema.complete) outcome.assume(`which tables use domain "${domain.name}"`);
}

function refuseDomain(known: UserType | undefined, action: AlterDomain['action'], outcome: Outcome): boolean {
  if (!outcome.schema.complete) return false;
  if (known?.kind !== 'domain') outcome.fail(known === undefined ? '42704' : '42809', 'always');
  else if (action.type === 'drop constraint' && action.guard !== 'if exists') {
    if (!known.constraints.some(({ name }) => name === action.constraint)) outcome.fail('42704', 'always');
  } else if (action.type === 'add constraint' && known.constraints.some(({ name }) => name === action.constraint.name)) {
    outcome.fail('42710', 'always');
  } else if (action.type === 'validate constraint' && !known.constraints.some(({ name }) => name === action.constraint)) {
    outcome.fail('42704', 'always');
  }
  return outcome.refused;
}

function checkOf(action: AlterDomain['action'], outcome: Outcome): 'nulls' | 'violations' | null {
  switch (action.type) {
    case 'set not null':
      return 'nulls';
    case 'validate constraint':
      return 'violations';
    case 'add constraint':
      if (action.constraint.type === 'not null') {
        if (outcome.version < 17) outcome.fail('42601', 'always');
        return 'nulls';
      }
      return action.constraint.notValid ? null : 'violations';
    default:
      return null;
  }
}

function refuseAttribute(known: UserType | undefined, action: AlterCompositeType['action'], outcome: Outcome): boolean {
  if (known?.kind !== 'composite') return false;
  const name = action.type === 'add attribute' ? action.attribute.name : action.attribute;
  const there = known.attributes.some((attribute) => attribute.name === name);
  if (action.type === 'add attribute' && there) outcome.fail('42701', 'always');
  if (action.type !== 'add attribute' && !there && !('guard' in action && action.guard === 'if exists')) outcome.fail('42703', 'always');
  return outcome.refused;
}

/** Tables made OF the type follow it; a column of it refuses what would change its stored form. */
function alterCompositeType({ type, action }: AlterCompositeType, outcome: Outcome): void {
  const key = relationKey(type);
  if (action.type === 'alter attribute type' && columnsOfType(key, outcome).length > 0) return outcome.fail('0A000', 'always');
  if (refuseAttribute(outcome.schema.types.get(key), action, outcome)) return;
  const typed = [...outcome.schema.relations.values()].filter((relation) => relation.ofType === key);
  for (const relation of typed) {
    if (!action.cascade) outcome.fail('2BP01', 'always');
    outcome.lock(relation.name, 'ACCESS EXCLUSIVE');
    if (action.type === 'drop attribute') outcome.lose('data', relation.name);
    if (action.type === 'alter attribute type') outcome.rewrite(relation.name);
  }
  if (!outcome.schema.complete) outcome.assume(`which tables use type "${type.name}"`);
}
