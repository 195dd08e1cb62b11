import type { ObjectKind, OperationOf, QualifiedName } from '../operations/types.js';
import { nameOfKey, objectKey, relationKey, type DatabaseObject, type Relation, type Schema } from '../postgres/schema.js';
import { dropSchema, dropView } from './apply-drops.js';
import { dropRoutine, dropType } from './apply-types.js';
import { moveRelation, moveType, renameSchema, renamed } from './apply-renames.js';
import { editRelation, touch, withEntry, withName, withoutEntry, withoutItem, withoutName } from './edit.js';
import { PersistentMap } from './persistent-map.js';

export function putObject(schema: Schema, object: DatabaseObject): Schema {
  return { ...schema, objects: PersistentMap.from(schema.objects).with(objectKey(object.kind, object.name), object) };
}

export function removeObject(schema: Schema, kind: ObjectKind, name: QualifiedName): Schema {
  return { ...schema, objects: PersistentMap.from(schema.objects).without(objectKey(kind, name)) };
}

export function createTrigger(schema: Schema, operation: OperationOf<'createTrigger'>): Schema {
  return editRelation(touch(schema, operation.table), relationKey(operation.table), (relation) => ({
    triggers: withName(relation.triggers, operation.trigger),
    triggerFunctions: withEntry(relation.triggerFunctions, operation.trigger, relationKey(operation.function)),
    triggerTexts: withEntry(relation.triggerTexts, operation.trigger, {
      columns: operation.columns ?? [],
      text: operation.text,
    }),
  }));
}

type PolicyOperation = OperationOf<'createPolicy'> | OperationOf<'alterPolicy'>;

export function setPolicy(schema: Schema, operation: PolicyOperation): Schema {
  return editRelation(touch(schema, operation.table), relationKey(operation.table), (relation) => ({
    policies: withName(relation.policies, operation.policy),
    policyReads: withEntry(relation.policyReads, operation.policy, (operation.reads ?? []).map(relationKey)),
    policyExpressions: withEntry(
      relation.policyExpressions,
      operation.policy,
      [operation.using, operation.withCheck].filter((expression) => expression !== undefined),
    ),
  }));
}

export function createRule(schema: Schema, operation: OperationOf<'createRule'>): Schema {
  return editRelation(touch(schema, operation.table), relationKey(operation.table), (relation) => ({
    rules: withName(relation.rules, operation.rule),
  }));
}

/** Everything known of the table's triggers, or policies, by name. */
const TRIGGER_MAPS = ['triggerFunctions', 'triggerTexts'] as const;
const POLICY_MAPS = ['policyReads', 'policyExpressions'] as const;

type NamedMaps = Partial<Relation>;

/** The same change on each map, whatever its values are. */
function onMaps(
  relation: Relation,
  maps: readonly ((typeof TRIGGER_MAPS)[number] | (typeof POLICY_MAPS)[number])[],
  change: <V>(map: ReadonlyMap<string, V>) => ReadonlyMap<string, V>,
): NamedMaps {
  return Object.fromEntries(maps.map((name) => [name, change<unknown>(relation[name])]));
}

function dropOnTable(schema: Schema, operation: OperationOf<'dropObject'>): Schema {
  if (operation.on === undefined) return schema;
  const { name } = operation.name;
  const without = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> => withoutEntry(map, name);
  return editRelation(schema, relationKey(operation.on), (relation) => {
    if (operation.object === 'trigger') {
      return { triggers: withoutName(relation.triggers, name), ...onMaps(relation, TRIGGER_MAPS, without) };
    }
    if (operation.object === 'policy') {
      return { policies: withoutName(relation.policies, name), ...onMaps(relation, POLICY_MAPS, without) };
    }
    return { rules: withoutName(relation.rules, name) };
  });
}

export function dropObject(schema: Schema, operation: OperationOf<'dropObject'>): Schema {
  const key = relationKey(operation.name);
  switch (operation.object) {
    case 'view':
    case 'materialized view':
    case 'sequence':
      return dropView(schema, key);
    case 'type':
    case 'domain':
      return dropType(schema, operation.name, operation.cascade === true);
    case 'function':
    case 'procedure':
    case 'routine':
      return dropRoutineAndTriggers(schema, operation.name, operation.cascade === true);
    case 'trigger':
    case 'policy':
    case 'rule':
      return dropOnTable(schema, operation);
    case 'schema':
      return removeObject(dropSchema(schema, operation.name.name), 'schema', operation.name);
    default:
      return removeObject(schema, operation.object, operation.name);
  }
}

/** CASCADE takes the triggers that call the function. */
function dropRoutineAndTriggers(schema: Schema, name: QualifiedName, cascade: boolean): Schema {
  const key = relationKey(name);
  let result = dropRoutine(schema, name);
  if (!cascade) return result;
  for (const [table, relation] of schema.relations) {
    for (const [trigger, routine] of relation.triggerFunctions) {
      if (routine !== key) continue;
      result = editRelation(result, table, (current) => ({
        triggers: withoutName(current.triggers, trigger),
        ...onMaps(current, TRIGGER_MAPS, (map) => withoutEntry(map, trigger)),
      }));
    }
  }
  return result;
}

function renameOnTable(schema: Schema, operation: OperationOf<'renameObject'>): Schema {
  if (operation.on === undefined) return schema;
  const { name } = operation.name;
  const swap = (set: ReadonlySet<string>): ReadonlySet<string> =>
    set.has(name) ? withName(withoutName(set, name), operation.to) : set;
  const move = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> => {
    const value = map.get(name);
    return value === undefined ? map : withEntry(withoutEntry(map, name), operation.to, value);
  };
  return editRelation(schema, relationKey(operation.on), (relation) => {
    if (operation.object === 'trigger') {
      return { triggers: swap(relation.triggers), ...onMaps(relation, TRIGGER_MAPS, move) };
    }
    if (operation.object === 'policy') {
      return { policies: swap(relation.policies), ...onMaps(relation, POLICY_MAPS, move) };
    }
    return operation.object === 'rule' ? { rules: swap(relation.rules) } : {};
  });
}

function moveRoutine(schema: Schema, from: QualifiedName, to: QualifiedName): Schema {
  const routine = schema.routines.get(relationKey(from));
  if (routine === undefined) return schema;
  const routines = PersistentMap.from(schema.routines).without(relationKey(from));
  return { ...schema, routines: routines.with(relationKey(to), { ...routine, name: to }) };
}

export function renameObject(schema: Schema, operation: OperationOf<'renameObject'>): Schema {
  const to = renamed(operation.name, operation.to);
  switch (operation.object) {
    case 'type':
    case 'domain':
      return moveType(schema, relationKey(operation.name), to);
    case 'function':
    case 'procedure':
    case 'routine':
      return moveRoutine(schema, operation.name, to);
    case 'trigger':
    case 'policy':
    case 'rule':
      return renameOnTable(schema, operation);
    case 'schema':
      return renameSchema(schema, operation.name.name, operation.to);
    default: {
      const object = schema.objects.get(objectKey(operation.object, operation.name));
      if (object === undefined) return schema;
      return putObject(removeObject(schema, operation.object, operation.name), { ...object, name: to });
    }
  }
}

export function setObjectSchema(schema: Schema, operation: OperationOf<'setObjectSchema'>): Schema {
  const to = { schema: operation.to, name: operation.name.name };
  if (operation.object === 'type' || operation.object === 'domain') return moveType(schema, relationKey(operation.name), to);
  return moveRoutine(schema, operation.name, to);
}

/** A relation in another schema, the sequences it owns with it. */
export function setTableSchema(schema: Schema, operation: OperationOf<'setTableSchema'>): Schema {
  const from = relationKey(operation.table);
  const touched = touch(schema, operation.table);
  const relation = touched.relations.get(from);
  if (relation === undefined) return schema;
  const to = { schema: operation.to, name: operation.table.name };
  let result = moveRelation(touched, from, to);
  for (const column of relation.columns.keys()) {
    const sequence = relationKey({ ...relation.name, name: `${relation.name.name}_${column}_seq` });
    if (result.relations.get(sequence)?.ownedBy?.table !== from) continue;
    const moved = { schema: operation.to, name: nameOfKey(sequence).name };
    result = moveRelation(result, sequence, moved);
    result = editRelation(result, relationKey(moved), () => ({ ownedBy: { table: relationKey(to), column } }));
  }
  return result;
}

export function alterPublication(schema: Schema, operation: OperationOf<'alterPublication'>): Schema {
  const name = { name: operation.publication };
  const known = schema.objects.get(objectKey('publication', name));
  const named = operation.tables.map(relationKey);
  const before = known?.tables ?? [];
  const tables = { add: [...new Set([...before, ...named])], set: named, drop: named.reduce(withoutItem, before), options: before };
  const object: DatabaseObject = { kind: 'publication', name, tables: tables[operation.action], allTables: known?.allTables ?? false };
  return putObject(schema, object);
}
