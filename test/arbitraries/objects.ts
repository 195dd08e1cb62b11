import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { ColumnDefinition, ObjectKind } from '../../src/operations/types.js';
import type { Arbitraries, Draft } from './parts.js';
import {
  check,
  condition,
  dataType,
  distinct,
  expression,
  identifier,
  ifExists,
  ifNotExists,
  is,
  listOf,
  name,
  object,
  oneOf,
  query,
  some,
  yes,
} from './parts.js';

type ObjectsKind =
  | 'createEnum'
  | 'addEnumValue'
  | 'renameEnumValue'
  | 'createDomain'
  | 'alterDomain'
  | 'createCompositeType'
  | 'alterCompositeType'
  | 'createView'
  | 'createMaterializedView'
  | 'refreshMaterializedView'
  | 'createSequence'
  | 'alterSequence'
  | 'dropObject'
  | 'renameObject'
  | 'setObjectSchema'
  | 'setObjectOwner'
  | 'comment'
  | 'createSchema'
  | 'createExtension'
  | 'updateExtension'
  | 'createPolicy'
  | 'alterPolicy';

const label = oneOf('new', 'in progress', "it's", 'größe 🦔', 'back\\slash');
const attribute: Arbitrary<ColumnDefinition> = object({ name: identifier, type: dataType }, { collation: name });
const sequenceOptions = oneOf('START WITH 5', 'INCREMENT BY 2 CACHE 7', 'MINVALUE 1 NO MAXVALUE CYCLE');
const owned = object({ table: name, column: identifier });
const plain = object({ name: identifier });
const roles = fc.uniqueArray(fc.oneof(identifier, is('current_user')), { minLength: 1, maxLength: 2 });
const owner = fc.oneof(identifier, is('current_user'), is('session_user'));

const QUALIFIED = [
  'sequence',
  'view',
  'materialized view',
  'type',
  'domain',
  'collation',
  'conversion',
  'statistics',
  'text search configuration',
  'text search dictionary',
  'text search parser',
  'text search template',
] as const;
const GLOBAL = ['event trigger', 'schema', 'extension', 'publication', 'server', 'foreign data wrapper', 'language', 'access method'] as const;
const ROUTINES = ['function', 'procedure', 'routine'] as const;
const signature = oneOf('', 'integer', 'integer, text[]', 'a integer, VARIADIC b "my type"[]');

/** How each sort of object is named, by what a statement needs beside the name. */
type Target<O extends ObjectKind> = Arbitrary<Pick<Draft<'dropObject'>, 'name' | 'on' | 'signature'> & { object: O }>;
const routine = object({ object: oneOf(...ROUTINES), name }, { signature });
const aggregate = object({ object: is('aggregate' as const), name, signature: oneOf('integer', '*', 'integer, text') });
const operator = object({
  object: is('operator' as const),
  name: object({ name: oneOf('+', '&&', '~~*') }, { schema: identifier }),
  signature: oneOf('integer, integer', 'NONE, text'),
});
const operatorClass = object({ object: oneOf('operator class', 'operator family'), name, on: object({ name: oneOf('btree', 'gin') }) });
const onTable = object({ object: oneOf('trigger', 'policy', 'rule'), name: plain, on: name });
const cast = object({ object: is('cast' as const), name: object({ name: oneOf('(integer AS text)', '("my type" AS public.citext)') }) });
const transform = object({ object: is('transform' as const), name: object({ name: oneOf('FOR hstore LANGUAGE plpython3u') }) });

const dropTarget: Target<Draft<'dropObject'>['object']> = fc.oneof(
  object({ object: oneOf(...QUALIFIED), name }),
  object({ object: oneOf(...GLOBAL), name: plain }),
  routine,
  aggregate,
  operator,
  operatorClass,
  onTable,
  cast,
  transform,
);

const dropObject: Arbitrary<Draft<'dropObject'>> = fc.oneof(
  fc.tuple(dropTarget, object({ kind: is('dropObject') }, { guard: ifExists, cascade: yes })).map(([target, drop]) => ({ ...drop, ...target })),
  object({ kind: is('dropObject'), object: oneOf('database', 'role', 'tablespace', 'subscription'), name: plain }, { guard: ifExists }),
);

const renameObject: Arbitrary<Draft<'renameObject'>> = fc.oneof(
  object({
    kind: is('renameObject'),
    object: oneOf('type', 'domain', 'collation', 'conversion', 'statistics', 'text search configuration', 'text search dictionary'),
    name,
    to: identifier,
  }),
  object({
    kind: is('renameObject'),
    object: oneOf('event trigger', 'schema', 'publication', 'subscription', 'server', 'foreign data wrapper', 'language', 'database', 'tablespace', 'role'),
    name: plain,
    to: identifier,
  }),
  object({ kind: is('renameObject'), object: oneOf(...ROUTINES), name, to: identifier }, { signature }),
  object({ kind: is('renameObject'), object: oneOf('trigger', 'policy', 'rule'), name: plain, on: name, to: identifier }),
  object({ kind: is('renameObject'), object: oneOf('domain constraint'), name: plain, on: name, to: identifier }),
  object({ kind: is('renameObject'), object: oneOf('attribute'), name: plain, on: name, to: identifier }, { cascade: yes }),
  object({ kind: is('renameObject'), object: oneOf('operator class', 'operator family'), name, on: object({ name: is('btree') }), to: identifier }),
);

const comment: Arbitrary<Draft<'comment'>> = fc
  .tuple(
    fc.oneof(
      object({ object: oneOf('table', 'index', 'foreign table', ...QUALIFIED), name }),
      object({ object: oneOf(...GLOBAL, 'database', 'role', 'tablespace', 'subscription'), name: plain }),
      routine.filter((target) => target.signature !== undefined),
      aggregate,
      operator,
      operatorClass,
      cast,
      fc.tuple(oneOf('column', 'trigger', 'policy', 'rule', 'constraint', 'domain constraint'), identifier, name).map(([kind, part, on]) => ({
        object: kind,
        name: on.schema === undefined || kind === 'domain constraint' ? { name: part } : { schema: on.schema, name: part },
        on,
      })),
      object({ object: is('large object' as const), name: object({ name: is('4711') }) }),
    ),
    fc.option(label),
  )
  .map(([target, text]) => ({ kind: 'comment', ...target, comment: text }));

export const objects: Arbitraries<ObjectsKind> = {
  createEnum: object({ kind: is('createEnum'), type: name, values: distinct(label) }),
  addEnumValue: fc.oneof(
    object({ kind: is('addEnumValue'), type: name, value: label }, { guard: ifNotExists, before: label }),
    object({ kind: is('addEnumValue'), type: name, value: label, after: label }),
  ),
  renameEnumValue: object({ kind: is('renameEnumValue'), type: name, value: label, to: label }),
  createDomain: object(
    { kind: is('createDomain'), domain: name, type: dataType },
    { notNull: fc.boolean(), default: expression, collation: name, constraints: some(check, 2) },
  ),
  alterDomain: object({
    kind: is('alterDomain'),
    domain: name,
    action: fc.oneof(
      object({ type: is('set default' as const), default: expression }),
      object({ type: oneOf('drop default', 'set not null', 'drop not null') }),
      object({
        type: is('add constraint' as const),
        constraint: object({ type: is('check' as const), expression: condition }, { name: identifier, notValid: yes }),
      }),
      object({ type: is('drop constraint' as const), constraint: identifier }, { guard: ifExists, cascade: yes }),
      object({ type: is('validate constraint' as const), constraint: identifier }),
    ),
  }),
  createCompositeType: object({ kind: is('createCompositeType'), type: name, attributes: some(attribute) }),
  alterCompositeType: object({
    kind: is('alterCompositeType'),
    type: name,
    action: fc.oneof(
      object({ type: is('add attribute' as const), attribute }, { cascade: yes }),
      object({ type: is('drop attribute' as const), attribute: identifier }, { guard: ifExists, cascade: yes }),
      object({ type: is('alter attribute type' as const), attribute: identifier, dataType }, { cascade: yes }),
    ),
  }),
  createView: fc.oneof(
    object(
      { kind: is('createView'), view: name, query },
      {
        columns: distinct(identifier),
        orReplace: yes,
        options: oneOf('security_barrier', 'security_invoker = true'),
        checkOption: oneOf('local', 'cascaded'),
      },
    ),
    object({ kind: is('createView'), view: plain, query, temporary: yes }),
  ),
  createMaterializedView: object(
    { kind: is('createMaterializedView'), view: name, query },
    {
      guard: ifNotExists,
      columns: distinct(identifier),
      withNoData: yes,
      method: is('heap'),
      options: is('fillfactor = 70'),
      tablespace: identifier,
    },
  ),
  refreshMaterializedView: fc.oneof(
    object({ kind: is('refreshMaterializedView'), view: name }, { concurrently: yes }),
    object({ kind: is('refreshMaterializedView'), view: name }, { withNoData: yes }),
  ),
  createSequence: object(
    { kind: is('createSequence'), sequence: name },
    { guard: ifNotExists, persistence: oneOf('temporary', 'unlogged'), options: sequenceOptions, ownedBy: owned },
  ),
  alterSequence: fc.oneof(
    object({ kind: is('alterSequence'), sequence: name, options: oneOf('RESTART', 'RESTART WITH 5', 'AS bigint') }, { guard: ifExists }),
    object({ kind: is('alterSequence'), sequence: name, ownedBy: fc.option(owned) }, { guard: ifExists, options: sequenceOptions }),
  ),
  dropObject,
  renameObject,
  setObjectSchema: fc.oneof(
    object({
      kind: is('setObjectSchema'),
      object: oneOf('type', 'domain', 'collation', 'conversion', 'statistics', 'text search configuration'),
      name,
      to: identifier,
    }),
    object({ kind: is('setObjectSchema'), object: oneOf('extension'), name: plain, to: identifier }),
    object({ kind: is('setObjectSchema'), object: oneOf(...ROUTINES), name, to: identifier }, { signature }),
  ),
  setObjectOwner: fc.oneof(
    object({ kind: is('setObjectOwner'), object: oneOf('type', 'domain', 'collation', 'conversion', 'statistics'), name, owner }),
    object({
      kind: is('setObjectOwner'),
      object: oneOf('event trigger', 'schema', 'publication', 'subscription', 'server', 'foreign data wrapper', 'language', 'database', 'tablespace'),
      name: plain,
      owner,
    }),
    object({ kind: is('setObjectOwner'), object: oneOf(...ROUTINES), name, owner }, { signature }),
  ),
  comment,
  createSchema: fc.oneof(
    object({ kind: is('createSchema'), schema: identifier }, { guard: ifNotExists, authorization: owner }),
    object({ kind: is('createSchema'), authorization: identifier }, { guard: ifNotExists }),
  ),
  createExtension: object(
    { kind: is('createExtension'), extension: identifier },
    { guard: ifNotExists, schema: identifier, version: oneOf('1.2', "o'ne"), cascade: yes },
  ),
  updateExtension: object({ kind: is('updateExtension'), extension: identifier }, { version: oneOf('1.2') }),
  createPolicy: object(
    {
      kind: is('createPolicy'),
      policy: identifier,
      table: name,
      permissive: fc.boolean(),
      command: oneOf('all', 'select', 'insert', 'update', 'delete'),
      // Nobody named means everybody.
      roles: fc.oneof(listOf(['public']), roles),
    },
    { using: condition, withCheck: condition },
  ),
  alterPolicy: object({ kind: is('alterPolicy'), policy: identifier, table: name }, { roles, using: condition, withCheck: condition }),
};
