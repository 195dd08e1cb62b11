import { around, identifier, isEmpty, type Piece, separated, spaced, wordsOf } from '../compose.js';
import { textAt } from '../evaluate/text.js';
import type { Site, Value } from '../evaluate/value.js';
import { Options } from '../options.js';
import type { Call, Calls } from './calls.js';
import { given, isFalse, isNull, sequenceClauses, words } from './columns.js';
import { constant, itemsOf, name, names, typeOf } from './values.js';

const cascade = (options: Options): Piece => (options.flag('cascade') ? ' CASCADE' : null);
const ifExists = (options: Options): Piece => (options.flag('ifExists') ? ' IF EXISTS' : null);
const ifNotExists = (options: Options): Piece => (options.flag('ifNotExists') ? ' IF NOT EXISTS' : null);
const at = (value: Value | undefined, label: string, { span }: Site): Piece => wordsOf(value, label, span);

/** `DROP <object> [IF EXISTS] n [CASCADE]`. */
export function dropping(object: string): Call['run'] {
  return (_context, [target, settings], site) => {
    const options = new Options(settings);
    return [[`DROP ${object}`, ifExists(options), ' ', name(target, 'name', site), cascade(options), ';']];
  };
}

/** `ALTER <object> n RENAME TO m`. */
export function renaming(object: string): Call {
  return { run: (_context, [target, to], site) => [[`ALTER ${object} `, name(target, 'name', site), ' RENAME TO ', name(to, 'name', site), ';']], swapped: [1, 0] };
}

const createType: Call['run'] = ({ shorthands }, [type, definition], site) => {
  const target = name(type, 'type', site);
  if (definition?.kind === 'dictionary') {
    const attributes = [...definition.properties].map(([key, { value }]): Piece => [identifier(textAt(key, site.span)), ' ', typeOf(value, shorthands, site)]);
    return [['CREATE TYPE ', target, ' AS (', separated(attributes), ');']];
  }
  return [['CREATE TYPE ', target, ' AS ENUM (', separated(itemsOf(definition).map((value) => constant(value, site))), ');']];
};

const addTypeValue: Call['run'] = (_context, [type, value, settings], site) => {
  const options = new Options(settings);
  return [
    [
      'ALTER TYPE ', name(type, 'type', site), ' ADD VALUE', ifNotExists(options), ' ', constant(value, site),
      given(options, 'before') ? [' BEFORE ', constant(options.get('before'), site)] : null, given(options, 'after') ? [' AFTER ', constant(options.get('after'), site)] : null, ';',
    ],
  ];
};

const extensions =
  (write: (extension: Piece, options: Options, site: Site) => Piece): Call['run'] =>
  (_context, [list, settings], site) =>
    itemsOf(list).map((extension) => write(name(extension, 'extension', site), new Options(settings), site));

const dropExtension = extensions((extension, options) => ['DROP EXTENSION', ifExists(options), ' ', extension, cascade(options), ';']);

const createDomain: Call['run'] = ({ shorthands }, [domain, type, settings], site) => {
  const options = new Options(settings);
  const limit = given(options, 'notNull') ? 'NOT NULL' : given(options, 'check') ? ['CHECK (', words(options, 'check', site), ')'] : null;
  return [
    [
      'CREATE DOMAIN ', name(domain, 'domain', site), ' AS ',
      spaced(
        typeOf(type, shorthands, site), given(options, 'collation') ? ['COLLATE ', words(options, 'collation', site)] : null,
        options.has('default') ? ['DEFAULT ', constant(options.get('default'), site)] : null,
        limit !== null && given(options, 'constraintName') ? ['CONSTRAINT ', name(options.get('constraintName'), 'constraint', site)] : null, limit,
      ), ';',
    ],
  ];
};

const alterDomain: Call['run'] = (_context, [domain, settings], site) => {
  const options = new Options(settings);
  const constraint = given(options, 'constraintName') ? ['CONSTRAINT ', name(options.get('constraintName'), 'constraint', site), ' '] : null;
  const actions: Piece[] = [
    options.has('default') ? (isNull(options.get('default')) ? 'DROP DEFAULT' : ['SET DEFAULT ', constant(options.get('default'), site)]) : null,
    given(options, 'notNull') ? 'SET NOT NULL' : isFalse(options.get('notNull')) || given(options, 'allowNull') ? 'DROP NOT NULL' : null,
    // The library leaves out ADD: PostgreSQL refuses the statement.
    given(options, 'check') ? [constraint, 'CHECK (', words(options, 'check', site), ')'] : null,
  ].filter((piece) => !isEmpty(piece));
  return [separated(actions.map((action): Piece => ['ALTER DOMAIN ', name(domain, 'domain', site), ' ', action, ';']), '\n')];
};

const ROLE_FLAGS = ['superuser', 'createdb', 'createrole', 'inherit', 'login', 'replication', 'bypassrls'] as const;

function roleOptions(options: Options, site: Site, defaults: boolean): Piece {
  const flags = ROLE_FLAGS.map((flag): Piece => {
    if (!options.has(flag) && (!defaults || flag === 'bypassrls')) return null;
    const on = options.has(flag) ? options.flag(flag) : flag === 'inherit';
    return `${on ? '' : 'NO'}${flag.toUpperCase()}`;
  });
  const members = (key: string, word: string): Piece => (given(options, key) ? [word, ' ', separated(itemsOf(options.get(key)).map((role) => at(role, 'role', site)))] : null);
  return spaced(
    ...flags,
    given(options, 'limit') ? ['CONNECTION LIMIT ', words(options, 'limit', site)] : null,
    options.has('password') ? [isFalse(options.get('encrypted')) ? 'UNENCRYPTED' : 'ENCRYPTED', ' PASSWORD ', constant(options.get('password'), site)] : null,
    options.has('valid') ? ['VALID UNTIL ', given(options, 'valid') ? constant(options.get('valid'), site) : "'infinity'"] : null,
    members('inRole', 'IN ROLE'), members('role', 'ROLE'), members('admin', 'ADMIN'),
  );
}

function roles(value: Value | undefined, site: Site): Piece {
  return separated(itemsOf(value).map((role) => (role.kind === 'text' && role.text === 'PUBLIC' ? role : name(role, 'role', site))));
}

const privileges = (options: Options, site: Site): Piece => separated(itemsOf(options.get('privileges')).map((privilege) => at(privilege, 'privilege', site)));
const granted = (options: Options, site: Site): Piece =>
  options.has('schema') ? ['ALL TABLES IN SCHEMA ', name(options.get('schema'), 'schema', site)] : names(options.get('tables'), 'table', site);

const grantOn =
  (target: (options: Options, site: Site) => Piece, revoke: boolean): Call['run'] =>
  (_context, [settings], site) => {
    const options = new Options(settings);
    const middle: Piece = [privileges(options, site), ' ON ', target(options, site)];
    if (!revoke) return [['GRANT ', middle, ' TO ', roles(options.get('roles'), site), options.flag('withGrantOption') ? ' WITH GRANT OPTION' : null, ';']];
    return [['REVOKE ', options.flag('onlyGrantOption') ? 'GRANT OPTION FOR ' : null, middle, ' FROM ', roles(options.get('roles'), site), cascade(options), ';']];
  };

const schemas = (options: Options, site: Site): Piece => ['SCHEMA ', names(options.get('schemas'), 'schema', site)];

const grantRoles: Call['run'] = (_context, [from, to, settings], site) => [
  ['GRANT ', names(from, 'role', site), ' TO ', names(to, 'role', site), new Options(settings).flag('withAdminOption') ? ' WITH ADMIN OPTION' : null, ';'],
];

const revokeRoles: Call['run'] = (_context, [from, to, settings], site) => {
  const options = new Options(settings);
  return [['REVOKE ', options.flag('onlyAdminOption') ? 'ADMIN OPTION FOR ' : null, names(from, 'role', site), ' FROM ', names(to, 'role', site), cascade(options), ';']];
};

const sequence = (head: (options: Options) => Piece, tail: (options: Options, site: Site) => Piece): Call['run'] => ({ shorthands }, [target, settings], site) => {
  const options = new Options(settings);
  return [[head(options), name(target, 'sequence', site), around('\n  ', separated([...sequenceClauses(settings, shorthands, site), tail(options, site)], '\n  ')), ';']];
};

const restart = (options: Options, site: Site): Piece => {
  const value = options.get('restart');
  if (!given(options, 'restart')) return null;
  return value?.kind === 'primitive' && value.value === true ? 'RESTART' : ['RESTART WITH ', words(options, 'restart', site)];
};

const createCast: Call['run'] = (_context, [from, to, settings], site) => {
  const options = new Options(settings);
  const argumentTypes = options.has('argumentTypes') ? itemsOf(options.get('argumentTypes')) : itemsOf(from);
  const conversion: Piece = given(options, 'functionName')
    ? [' WITH FUNCTION ', name(options.get('functionName'), 'function', site), '(', separated(argumentTypes.map((type) => at(type, 'type', site))), ')']
    : options.flag('inout') ? ' WITH INOUT' : ' WITHOUT FUNCTION';
  return [['CREATE CAST (', at(from, 'type', site), ' AS ', at(to, 'type', site), ')', conversion, given(options, 'as') ? [' AS ', words(options, 'as', site)] : null, ';']];
};

const dropCast: Call['run'] = (_context, [from, to, settings], site) => [
  ['DROP CAST', ifExists(new Options(settings)), ' (', at(from, 'type', site), ' AS ', at(to, 'type', site), ');'],
];

const attribute = (write: (attributeName: Piece, rest: readonly Value[], type: (value: Value | undefined) => Piece, site: Site) => Piece): Call['run'] => ({ shorthands }, [type, own, ...rest], site) => [
  ['ALTER TYPE ', name(type, 'type', site), ' ', write(name(own, 'attribute', site), rest, (value) => typeOf(value, shorthands, site), site), ';'],
];

const dropAttribute = attribute((own, [settings]) => ['DROP ATTRIBUTE ', own, ifExists(new Options(settings))]);

/** Types, domains, extensions, schemas, sequences, roles, grants and casts. */
export const objectCalls: Calls = {
  createType: { run: createType, reverse: dropping('TYPE') },
  dropType: { run: dropping('TYPE') },
  renameType: renaming('TYPE'),
  addTypeAttribute: { run: attribute((own, [value], type) => ['ADD ATTRIBUTE ', own, ' ', type(value)]), reverse: dropAttribute },
  dropTypeAttribute: { run: dropAttribute },
  setTypeAttribute: { run: attribute((own, [value], type) => ['ALTER ATTRIBUTE ', own, ' SET DATA TYPE ', type(value)]) },
  renameTypeAttribute: { run: attribute((own, [to], _type, site) => ['RENAME ATTRIBUTE ', own, ' TO ', name(to, 'name', site)]), swapped: [0, 2, 1] },
  addTypeValue: { run: addTypeValue },
  renameTypeValue: { run: (_context, [type, from, to], site) => [['ALTER TYPE ', name(type, 'type', site), ' RENAME VALUE ', constant(from, site), ' TO ', constant(to, site), ';']], swapped: [0, 2, 1] },
  createExtension: {
    run: extensions((extension, options, site) => ['CREATE EXTENSION', ifNotExists(options), ' ', extension, given(options, 'schema') ? [' SCHEMA ', name(options.get('schema'), 'schema', site)] : null, ';']),
    reverse: dropExtension,
  },
  dropExtension: { run: dropExtension },
  createDomain: { run: createDomain, reverse: (context, [domain, , options], site) => dropping('DOMAIN')(context, options === undefined ? [domain as Value] : [domain as Value, options], site) },
  alterDomain: { run: alterDomain },
  dropDomain: { run: dropping('DOMAIN') },
  renameDomain: renaming('DOMAIN'),
  createSchema: {
    run: (_context, [schema, settings], site) => {
      const options = new Options(settings);
      return [['CREATE SCHEMA', ifNotExists(options), ' ', name(schema, 'schema', site), given(options, 'authorization') ? [' AUTHORIZATION ', words(options, 'authorization', site)] : null, ';']];
    },
    reverse: dropping('SCHEMA'),
  },
  dropSchema: { run: dropping('SCHEMA') },
  renameSchema: renaming('SCHEMA'),
  createSequence: { run: sequence((options) => ['CREATE', options.flag('temporary') ? ' TEMPORARY' : null, ' SEQUENCE', ifNotExists(options), ' '], () => null), reverse: dropping('SEQUENCE') },
  alterSequence: { run: sequence(() => 'ALTER SEQUENCE ', restart) },
  dropSequence: { run: dropping('SEQUENCE') },
  renameSequence: renaming('SEQUENCE'),
  createRole: { run: (_context, [role, settings], site) => [['CREATE ROLE ', name(role, 'role', site), ' WITH ', roleOptions(new Options(settings), site, true), ';']], reverse: dropping('ROLE') },
  alterRole: { run: (_context, [role, settings], site) => [['ALTER ROLE ', name(role, 'role', site), ' WITH ', roleOptions(new Options(settings), site, false), ';']] },
  dropRole: { run: dropping('ROLE') },
  renameRole: renaming('ROLE'),
  grantRoles: { run: grantRoles, reverse: revokeRoles },
  revokeRoles: { run: revokeRoles },
  grantOnTables: { run: grantOn(granted, false), reverse: grantOn(granted, true) },
  revokeOnTables: { run: grantOn(granted, true) },
  grantOnSchemas: { run: grantOn(schemas, false), reverse: grantOn(schemas, true) },
  revokeOnSchemas: { run: grantOn(schemas, true) },
  createCast: { run: createCast, reverse: dropCast },
  dropCast: { run: dropCast },
};
