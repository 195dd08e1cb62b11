import type { ObjectKind, OperationOf, QualifiedName } from '../operations/types.js';
import { descendants, nameOfKey, objectKey, relationKey, type DatabaseObject, type Relation, type Schema } from '../postgres/schema.js';
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

/** A row trigger of a partitioned table gets a copy on every partition. */
export function createTrigger(schema: Schema, operation: OperationOf<'createTrigger'>): Schema {
  const key = relationKey(operation.table);
  const touched = touch(schema, operation.table);
  const copied = operation.forEachRow === true && touched.relations.get(key)?.kind === 'partitioned table';
  return [key, ...(copied ? descendants(touched, key) : [])].reduce((result, member) => addTrigger(result, member, operation), touched);
}

function addTrigger(schema: Schema, key: string, operation: OperationOf<'createTrigger'>): Schema {
  return editRelation(schema, key, (relation) => ({
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
    ruleTexts: withEntry(relation.ruleTexts, operation.rule, operation.text),
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

/** The table itself, and for a row trigger of a partitioned one its partitions. */
function copies(schema: Schema, object: ObjectKind, table: QualifiedName, name: string): string[] {
  const key = relationKey(table);
  const text = schema.relations.get(key)?.triggerTexts.get(name)?.text ?? '';
  const copied = object === 'trigger' && schema.relations.get(key)?.kind === 'partitioned table' && /\bfor\s+each\s+row\b/i.test(text);
  return [key, ...(copied ? descendants(schema, key) : [])];
}

function dropOnTable(schema: Schema, operation: OperationOf<'dropObject'>): Schema {
  if (operation.on === undefined) return schema;
  const { name } = operation.name;
  const without = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> => withoutEntry(map, name);
  const members = copies(schema, operation.object, operation.on, name);
  return members.reduce((result, member) => editRelation(result, member, (relation) => {
    if (operation.object === 'trigger') {
      return { triggers: withoutName(relation.triggers, name), ...onMaps(relation, TRIGGER_MAPS, without) };
    }
    if (operation.object === 'policy') {
      return { policies: withoutName(relation.policies, name), ...onMaps(relation, POLICY_MAPS, without) };
    }
    return { rules: withoutName(relation.rules, name), ruleTexts: without(relation.ruleTexts) };
  }), schema);
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
      return dropRoutineAndTriggers(schema, operation);
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
function dropRoutineAndTriggers(schema: Schema, { name, signature, cascade }: OperationOf<'dropObject'>): Schema {
  const key = relationKey(name);
  let result = dropRoutine(schema, name, signature);
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
  const members = copies(schema, operation.object, operation.on, name);
  return members.reduce((result, member) => editRelation(result, member, (relation) => {
    if (operation.object === 'trigger') {
      return { triggers: swap(relation.triggers), ...onMaps(relation, TRIGGER_MAPS, move) };
    }
    if (operation.object === 'policy') {
      return { policies: swap(relation.policies), ...onMaps(relation, POLICY_MAPS, move) };
    }
    return operation.object === 'rule' ? { rules: swap(relation.rules), ruleTexts: move(relation.ruleTexts) } : {};
  }), schema);
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
