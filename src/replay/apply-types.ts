import type { ColumnDefinition, OperationOf, QualifiedName } from '../operations/types.js';
import { relationKey, type Routine, type Schema, type UserType } from '../postgres/schema.js';
import { argumentTypes, returnType, signatureOf } from '../postgres/routine-signature.js';
import { dropColumn } from './apply-columns.js';
import type { ApplyContext } from './edit.js';
import { PersistentMap } from './persistent-map.js';

type Enum = Extract<UserType, { kind: 'enum' }>;
type Domain = Extract<UserType, { kind: 'domain' }>;
type Composite = Extract<UserType, { kind: 'composite' }>;

export function putType(schema: Schema, type: UserType, context: ApplyContext): Schema {
  const key = relationKey(type.name);
  if (context.pending) context.touched.add(`type ${key}`);
  return { ...schema, types: PersistentMap.from(schema.types).with(key, type) };
}

export function createEnum(schema: Schema, operation: OperationOf<'createEnum'>, context: ApplyContext): Schema {
  if (operation.guard !== undefined && schema.types.has(relationKey(operation.type))) return schema;
  const { type: name, values } = operation;
  return putType(schema, { kind: 'enum', name, values, bornHere: context.pending, valuesAddedHere: [] }, context);
}

function enumOf(schema: Schema, name: QualifiedName): Enum {
  const known = schema.types.get(relationKey(name));
  return known?.kind === 'enum' ? known : { kind: 'enum', name, values: [], bornHere: false, valuesAddedHere: [] };
}

export function addEnumValue(schema: Schema, operation: OperationOf<'addEnumValue'>, context: ApplyContext): Schema {
  const type = enumOf(schema, operation.type);
  if (type.values.includes(operation.value)) return schema;
  const neighbour = type.values.indexOf(operation.before ?? operation.after ?? '');
  const position = neighbour < 0 ? type.values.length : neighbour + (operation.before === undefined ? 1 : 0);
  const valuesAddedHere = context.pending ? [...type.valuesAddedHere, operation.value] : type.valuesAddedHere;
  return putType(schema, { ...type, values: type.values.toSpliced(position, 0, operation.value), valuesAddedHere }, context);
}

export function renameEnumValue(schema: Schema, operation: OperationOf<'renameEnumValue'>, context: ApplyContext): Schema {
  const type = enumOf(schema, operation.type);
  const swap = (value: string): string => (value === operation.value ? operation.to : value);
  const renamed = { ...type, values: type.values.map(swap), valuesAddedHere: type.valuesAddedHere.map(swap) };
  return putType(schema, renamed, context);
}

export function createDomain(schema: Schema, operation: OperationOf<'createDomain'>, context: ApplyContext): Schema {
  const checks = operation.constraints ?? [];
  const domain: Domain = {
    kind: 'domain',
    name: operation.domain,
    type: operation.type,
    notNull: operation.notNull === true,
    default: operation.default ?? null,
    constraints: [],
    bornHere: context.pending,
  };
  const constraints = checks.reduce<Domain['constraints']>(
    (named, { name, expression }) => [
      ...named,
      { name: name ?? domainCheckName(domain.name.name, named), expression, validated: true },
    ],
    [],
  );
  return putType(schema, { ...domain, constraints }, context);
}

function domainCheckName(domain: string, constraints: Domain['constraints']): string {
  for (let pass = 0; ; pass++) {
    const name = `${domain}_check${pass === 0 ? '' : pass}`;
    if (!constraints.some((constraint) => constraint.name === name)) return name;
  }
}

function alteredDomain(domain: Domain, action: OperationOf<'alterDomain'>['action']): Domain {
  switch (action.type) {
    case 'set default':
      return { ...domain, default: action.default };
    case 'drop default':
      return { ...domain, default: null };
    case 'set not null':
      return { ...domain, notNull: true };
    case 'drop not null':
      return { ...domain, notNull: false };
    case 'add constraint': {
      const { constraint } = action;
      if (constraint.type === 'not null') return { ...domain, notNull: true };
      const name = constraint.name ?? domainCheckName(domain.name.name, domain.constraints);
      const added = { name, expression: constraint.expression, validated: constraint.notValid !== true };
      return { ...domain, constraints: [...domain.constraints, added] };
    }
    case 'drop constraint':
      return { ...domain, constraints: domain.constraints.filter(({ name }) => name !== action.constraint) };
    case 'validate constraint':
      return {
        ...domain,
        constraints: domain.constraints.map((constraint) =>
          constraint.name === action.constraint ? { ...constraint, validated: true } : constraint,
        ),
      };
  }
}

export function alterDomain(schema: Schema, operation: OperationOf<'alterDomain'>, context: ApplyContext): Schema {
  const domain = schema.types.get(relationKey(operation.domain));
  return domain?.kind === 'domain' ? putType(schema, alteredDomain(domain, operation.action), context) : schema;
}

export function createCompositeType(
  schema: Schema,
  operation: OperationOf<'createCompositeType'>,
  context: ApplyContext,
): Schema {
  const { type: name, attributes } = operation;
  return putType(schema, { kind: 'composite', name, attributes, bornHere: context.pending }, context);
}

function alteredAttributes(
  attributes: readonly ColumnDefinition[],
  action: OperationOf<'alterCompositeType'>['action'],
): readonly ColumnDefinition[] {
  switch (action.type) {
    case 'add attribute':
      return [...attributes, action.attribute];
    case 'drop attribute':
      return attributes.filter(({ name }) => name !== action.attribute);
    case 'alter attribute type':
      return attributes.map((attribute) =>
        attribute.name === action.attribute ? { ...attribute, type: action.dataType } : attribute,
      );
  }
}

export function alterCompositeType(
  schema: Schema,
  operation: OperationOf<'alterCompositeType'>,
  context: ApplyContext,
): Schema {
  const type = schema.types.get(relationKey(operation.type));
  if (type?.kind !== 'composite') return schema;
  const altered: Composite = { ...type, attributes: alteredAttributes(type.attributes, operation.action) };
  return putType(schema, altered, context);
}

/** DROP TYPE; with CASCADE the columns of the type go too. */
export function dropType(schema: Schema, name: QualifiedName, cascade: boolean): Schema {
  const key = relationKey(name);
  let result: Schema = { ...schema, types: PersistentMap.from(schema.types).without(key) };
  if (!cascade) return result;
  for (const [table, relation] of schema.relations) {
    for (const column of relation.columns.values()) {
      if (column.type !== null && relationKey(column.type) === key) result = dropColumn(result, table, column.name, true);
    }
  }
  return result;
}

const WORST: readonly Routine['volatility'][] = ['immutable', 'stable', 'volatile'];

/** Overloads share a name, so the most volatile one decides. */
export function createFunction(schema: Schema, operation: OperationOf<'createFunction'>): Schema {
  const key = relationKey(operation.routine);
  const known = operation.orReplace === true ? undefined : schema.routines.get(key);
  const types = argumentTypes(operation.arguments);
  const others = (schema.routines.get(key)?.overloads ?? []).filter((overload) => overload.types !== types);
  const rank = Math.max(WORST.indexOf(operation.volatility ?? 'volatile'), WORST.indexOf(known?.volatility ?? 'immutable'));
  const routine: Routine = {
    name: operation.routine,
    volatility: WORST[rank] as Routine['volatility'],
    language: operation.language?.toLowerCase() ?? null,
    body: operation.body ?? null,
    overloads: [...others, { types, returns: returnType(operation), procedure: operation.procedure === true }],
  };
  return { ...schema, routines: PersistentMap.from(schema.routines).with(key, routine) };
}

/** Without the routine, or of several of one name without the one that the argument types mean. */
export function dropRoutine(schema: Schema, name: QualifiedName, signature?: string): Schema {
  const routine = schema.routines.get(relationKey(name));
  const types = signature === undefined ? null : signatureOf(signature);
  const overloads = routine?.overloads.filter((overload) => types !== null && overload.types !== types) ?? [];
  if (routine !== undefined && overloads.length > 0) {
    return { ...schema, routines: PersistentMap.from(schema.routines).with(relationKey(name), { ...routine, overloads }) };
  }
  return { ...schema, routines: PersistentMap.from(schema.routines).without(relationKey(name)) };
}
