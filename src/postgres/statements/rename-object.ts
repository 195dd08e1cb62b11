import type { QualifiedName, RenameObject } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey } from '../schema.js';
import { isMissingSchema } from './comments.js';
import { requireTable, type Handlers } from './handler.js';
import { overloadsMeant, requireRoutine } from './routines.js';
import { isAbsent, isCopiedTrigger } from './table-parts.js';

export const renamesOfObjects: Handlers<'renameObject' | 'setObjectSchema' | 'setObjectOwner'> = {
  renameObject(operation, outcome) {
    RENAME[operation.object]?.(operation, outcome);
  },
  setObjectSchema({ object, to, name }, outcome) {
    if (isMissingSchema({ name: to }, outcome)) outcome.fail('3F000', 'always');
    if (object === 'extension' && name.name === 'plpgsql') outcome.fail('0A000', 'always');
  },
  setObjectOwner() {},
};

type Rename = (operation: RenameObject, outcome: Outcome) => void;

const RENAME: { readonly [K in RenameObject['object']]?: Rename } = {
  attribute: renameAttribute,
  trigger: renamePart('triggers'),
  policy: renamePart('policies'),
  rule: renamePart('rules'),
  function: renameRoutine('function'),
  procedure: renameRoutine('procedure'),
  routine: renameRoutine('routine'),
  type: renameType,
  domain: renameType,
  schema({ name, to }, outcome) {
    if (isMissingSchema(name, outcome)) outcome.fail('3F000', 'always');
    if (to === 'public' || outcome.schema.objects.has(objectKey('schema', { name: to }))) outcome.fail('42P06', 'always');
  },
  'domain constraint'({ on, name }, outcome) {
    if (lacksConstraint(on, name.name, outcome)) outcome.fail('42704', 'always');
  },
  publication: refuseMissing,
  statistics: refuseMissing,
};

function refuseMissing({ object, name, to }: RenameObject, outcome: Outcome): void {
  if (outcome.schema.complete && !outcome.schema.objects.has(objectKey(object, name))) outcome.fail('42704', 'always');
  if (outcome.schema.objects.has(objectKey(object, { ...name, name: to }))) outcome.fail('42710', 'always');
}

/** Triggers, policies and rules are parts of their table. */
function renamePart(part: 'triggers' | 'policies' | 'rules'): Rename {
  return ({ on, name, to }, outcome) => {
    if (on === undefined || !requireTable({ table: on }, outcome)) return;
    const relation = outcome.relation(on);
    if (isAbsent(relation, part, name.name)) outcome.fail('42704', 'always');
    else if (relation?.[part].has(to)) outcome.fail('42710', 'always');
    outcome.lock(on, 'ACCESS EXCLUSIVE');
    if (part === 'triggers') renameCopies(on, name.name, outcome);
  };
}

/** Since 15 the copies of a row trigger on the partitions are renamed with it, and only with it. */
function renameCopies(table: QualifiedName, trigger: string, outcome: Outcome): void {
  if (outcome.version < 15) return;
  if (isCopiedTrigger(table, trigger, outcome)) return outcome.fail(outcome.version >= 18 ? '0A000' : 'XX000', 'always');
  const first = outcome.partitions(table)[0];
  if (first !== undefined && isCopiedTrigger(first, trigger, outcome)) outcome.lockAll(outcome.partitions(table), 'ACCESS EXCLUSIVE');
}

function renameRoutine(object: 'function' | 'procedure' | 'routine'): Rename {
  return (operation, outcome) => {
    if (!requireRoutine(object, operation, outcome)) return;
    const [meant] = overloadsMeant(object, operation.name, operation.signature, outcome) ?? [];
    const others = outcome.schema.routines.get(relationKey({ ...operation.name, name: operation.to }))?.overloads ?? [];
    if (others.some(({ types }) => types === meant?.types)) outcome.fail('42723', 'always');
  };
}

/** Types and the row types of relations share their names. */
function renameType({ name, to }: RenameObject, outcome: Outcome): void {
  const { schema } = outcome;
  const taken = relationKey({ ...name, name: to });
  if (schema.types.has(taken) || schema.relations.has(taken)) outcome.fail('42710', 'always');
  if (schema.types.has(relationKey(name)) || !schema.complete) return;
  outcome.fail(schema.relations.has(relationKey(name)) ? '42809' : '42704', 'always');
}

function lacksConstraint(domain: QualifiedName | undefined, constraint: string, { schema }: Outcome): boolean {
  if (domain === undefined || !schema.complete) return false;
  const type = schema.types.get(relationKey(domain));
  return type?.kind === 'domain' && !type.constraints.some(({ name }) => name === constraint);
}

/** Tables made OF the type take the new name along, when CASCADE says so. */
function renameAttribute({ on, name, cascade }: RenameObject, outcome: Outcome): void {
  const key = relationKey(on ?? name);
  const type = outcome.schema.types.get(key);
  if (type?.kind === 'composite' && !type.attributes.some((attribute) => attribute.name === name.name)) return outcome.fail('42703', 'always');
  for (const relation of outcome.schema.relations.values()) {
    if (relation.ofType !== key) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(relation.name, 'ACCESS EXCLUSIVE');
  }
}
