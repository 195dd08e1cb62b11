import { around, isEmpty, type Piece, separated, spaced, wordsOf } from '../compose.js';
import { textAt } from '../evaluate/text.js';
import type { Dictionary, Site, Value } from '../evaluate/value.js';
import { Options } from '../options.js';
import type { Call, Calls, Context } from './calls.js';
import { given, isNull, words } from './columns.js';
import { dropping, renaming } from './objects.js';
import { constant, itemsOf, name, names, typed, typeText } from './values.js';

const cascade = (options: Options): Piece => (options.flag('cascade') ? ' CASCADE' : null);
const ifExists = (options: Options): Piece => (options.flag('ifExists') ? ' IF EXISTS' : null);
const ifNotExists = (options: Options): Piece => (options.flag('ifNotExists') ? ' IF NOT EXISTS' : null);

function parameters(value: Value | undefined, { shorthands }: Context, site: Site, withDefaults = true): Piece {
  const list = itemsOf(value).map((parameter) => {
    const options = new Options(typed(parameter, shorthands));
    return spaced(
      given(options, 'mode') ? words(options, 'mode', site) : null,
      given(options, 'name') ? name(options.get('name'), 'name', site) : null,
      given(options, 'type') ? typeText(options.get('type'), site) : null,
      withDefaults && options.has('default') ? ['DEFAULT ', constant(options.get('default'), site)] : null,
    );
  });
  return ['(', separated(list), ')'];
}

const createFunction: Call['run'] = (context, [routine, params, settings, definition], site) => {
  const options = new Options(settings);
  const clauses = [
    options.has('behavior') ? words(options, 'behavior', site) : 'VOLATILE',
    ['LANGUAGE ', words(options, 'language', site)],
    options.has('security') && options.text('security') !== 'INVOKER' ? ['SECURITY ', words(options, 'security', site)] : null,
    options.flag('window') ? 'WINDOW' : null,
    options.flag('onNull') ? 'RETURNS NULL ON NULL INPUT' : null,
    given(options, 'parallel') ? ['PARALLEL ', words(options, 'parallel', site)] : null,
    ...itemsOf(options.get('set')).map((setting) => parameterSetting(setting, site)),
  ];
  return [
    [
      'CREATE', options.flag('replace') ? ' OR REPLACE' : null, ' FUNCTION ', name(routine, 'function', site), parameters(params, context, site),
      '\n  RETURNS ', options.has('returns') ? words(options, 'returns', site) : 'void', '\n  AS ', constant(definition, site), '\n  ', separated(clauses, '\n  '), ';',
    ],
  ];
};

function parameterSetting(setting: Value, site: Site): Piece {
  const options = new Options(setting);
  const parameter = name(options.get('configurationParameter'), 'parameter', site);
  return options.text('value') === 'FROM CURRENT' ? ['SET ', parameter, ' FROM CURRENT'] : ['SET ', parameter, ' TO ', words(options, 'value', site)];
}

const dropFunction: Call['run'] = (context, [routine, params, settings], site) => {
  const options = new Options(settings);
  return [['DROP FUNCTION', ifExists(options), ' ', name(routine, 'function', site), parameters(params, context, site, false), cascade(options), ';']];
};

function triggerFunction(trigger: Value | undefined, options: Options): Value | undefined {
  return options.get('function') ?? trigger;
}

const createTrigger: Call['run'] = (context, [table, trigger, settings, definition], site) => {
  const options = new Options(settings);
  const constraint = options.flag('constraint');
  const when: Piece = constraint ? 'AFTER' : words(options, 'when', site);
  const level: Piece = /instead\s+of/i.test(options.text('when') ?? '') ? 'ROW' : options.has('level') ? words(options, 'level', site) : 'STATEMENT';
  const operations = separated(itemsOf(options.get('operation')).map((operation) => wordsOf(operation, 'operation', site.span)), ' OR ');
  const deferring = options.flag('deferrable') ? `DEFERRABLE INITIALLY ${options.flag('deferred') ? 'DEFERRED' : 'IMMEDIATE'}\n  ` : 'NOT DEFERRABLE\n  ';
  const routine = triggerFunction(trigger, options);
  const made: Piece = [
    'CREATE', constraint ? ' CONSTRAINT' : null, ' TRIGGER ', name(trigger, 'trigger', site), '\n  ', when, ' ', operations, ' ON ', name(table, 'table', site), '\n  ',
    constraint ? deferring : null, 'FOR EACH ', level, '\n  ', given(options, 'condition') ? ['WHEN (', words(options, 'condition', site), ')\n  '] : null,
    'EXECUTE PROCEDURE ', name(routine, 'function', site), '(', separated(itemsOf(options.get('functionParams')).map((value) => constant(value, site))), ');',
  ];
  if (!hasBody(definition)) return [made];
  const body = createFunction(context, [routine as Value, { kind: 'list', items: [] }, returning(settings), definition], site);
  return [separated([...body, made], '\n')];
};

function hasBody(value: Value | undefined): value is Value {
  return value !== undefined && !(value.kind === 'primitive' && value.value == null);
}

/** The function of a trigger takes the trigger's own options. */
function returning(settings: Value | undefined): Dictionary {
  const before = settings?.kind === 'dictionary' ? settings.properties : new Map<string, { value: Value }>();
  return { kind: 'dictionary', properties: new Map([...before, ['returns', { value: textAt('trigger', settings?.span ?? null) }]]) };
}

const dropTrigger: Call['run'] = (_context, [table, trigger, settings], site) => {
  const options = new Options(settings);
  return [['DROP TRIGGER', ifExists(options), ' ', name(trigger, 'trigger', site), ' ON ', name(table, 'table', site), cascade(options), ';']];
};

const undoTrigger: NonNullable<Call['reverse']> = (context, args, site) => {
  const [, trigger, settings, definition] = args;
  const dropped = dropTrigger(context, args, site);
  if (!hasBody(definition)) return dropped;
  const routine = triggerFunction(trigger, new Options(settings));
  return [separated([...dropped, ...dropFunction(context, [routine as Value, { kind: 'list', items: [] }, settings as Value], site)], '\n')];
};

function policyClauses(options: Options, site: Site, role: Piece): Piece {
  return spaced(
    around('TO ', role),
    given(options, 'using') ? ['USING (', words(options, 'using', site), ')'] : null,
    given(options, 'check') ? ['WITH CHECK (', words(options, 'check', site), ')'] : null,
  );
}

const policyRoles = (options: Options, { span }: Site): Piece => separated(itemsOf(options.get('role')).map((role) => wordsOf(role, 'role', span)));

const policy =
  (verb: 'CREATE' | 'ALTER'): Call['run'] =>
  (_context, [table, own, settings], site) => {
    const options = new Options(settings);
    const role = options.has('role') ? policyRoles(options, site) : verb === 'CREATE' ? 'PUBLIC' : null;
    const command = verb === 'CREATE' ? ['FOR ', options.has('command') ? words(options, 'command', site) : 'ALL'] : null;
    return [[verb, ' POLICY ', name(own, 'policy', site), ' ON ', name(table, 'table', site), ' ', spaced(command, policyClauses(options, site, role)), ';']];
  };

const dropPolicy: Call['run'] = (_context, [table, own, settings], site) => [
  ['DROP POLICY', ifExists(new Options(settings)), ' ', name(own, 'policy', site), ' ON ', name(table, 'table', site), ';'],
];

const onTable = (object: string): Call => ({
  run: (_context, [table, from, to], site) => [[`ALTER ${object} `, name(from, 'name', site), ' ON ', name(table, 'table', site), ' RENAME TO ', name(to, 'name', site), ';']],
  swapped: [0, 2, 1],
});

/** `key = value`, or the key alone for `true`. */
function parametersOf(value: Value | undefined, site: Site, wanted: (held: Value) => boolean = () => true): Piece {
  const entries = value?.kind === 'dictionary' ? [...value.properties].filter(([, { value: held }]) => wanted(held)) : [];
  return separated(
    entries.map(([key, { value: held }]): Piece => (isNull(held) || (held.kind === 'primitive' && held.value === true) ? key : [key, ' = ', wordsOf(held, key, site.span)])),
  );
}

const isSet = (held: Value): boolean => !isNull(held);

const createView: Call['run'] = (_context, [view, settings, definition], site) => {
  const options = new Options(settings);
  return [
    [
      'CREATE', options.flag('replace') ? ' OR REPLACE' : null, options.flag('temporary') ? ' TEMPORARY' : null, options.flag('recursive') ? ' RECURSIVE' : null, ' VIEW ', name(view, 'view', site),
      around('(', names(options.get('columns'), 'column', site), ')'), around(' WITH (', parametersOf(options.get('options'), site), ')'), ' AS ', wordsOf(definition, 'query', site.span),
      given(options, 'checkOption') ? [' WITH ', words(options, 'checkOption', site), ' CHECK OPTION'] : null, ';',
    ],
  ];
};

const alterView: Call['run'] = (_context, [view, settings], site) => {
  const options = new Options(settings);
  const held = options.get('options');
  const check = options.has('checkOption') ? ['check_option = ', words(options, 'checkOption', site)] : null;
  const clauses = [around('SET (', separated([parametersOf(held, site, isSet), check]), ')'), around('RESET (', parametersOf(held, site, isNull), ')')];
  return [separated(clauses.filter((clause) => !isEmpty(clause)).map((clause): Piece => ['ALTER VIEW ', name(view, 'view', site), ' ', clause, ';']), '\n')];
};

const alterViewColumn: Call['run'] = (_context, [view, column, settings], site) => {
  const options = new Options(settings);
  const action = !options.has('default') ? null : isNull(options.get('default')) ? 'DROP DEFAULT' : ['SET DEFAULT ', constant(options.get('default'), site)];
  return action === null ? [] : [['ALTER VIEW ', name(view, 'view', site), ' ALTER COLUMN ', name(column, 'column', site), ' ', action, ';']];
};

function dataClause(options: Options): Piece {
  return options.has('data') ? ` WITH${options.flag('data') ? '' : ' NO'} DATA` : null;
}

const createMaterializedView: Call['run'] = (_context, [view, settings, definition], site) => {
  const options = new Options(settings);
  return [
    [
      'CREATE MATERIALIZED VIEW', ifNotExists(options), ' ', name(view, 'view', site), around('(', names(options.get('columns'), 'column', site), ')'),
      around(' WITH (', parametersOf(options.get('storageParameters'), site), ')'), given(options, 'tablespace') ? [' TABLESPACE ', name(options.get('tablespace'), 'tablespace', site)] : null,
      ' AS ', wordsOf(definition, 'query', site.span), dataClause(options), ';',
    ],
  ];
};

const alterMaterializedView: Call['run'] = (_context, [view, settings], site) => {
  const options = new Options(settings);
  const cluster = options.has('cluster') ? (given(options, 'cluster') ? ['CLUSTER ON ', name(options.get('cluster'), 'index', site)] : 'SET WITHOUT CLUSTER') : null;
  const clauses = [
    cluster, given(options, 'extension') ? ['DEPENDS ON EXTENSION ', name(options.get('extension'), 'extension', site)] : null,
    around('SET (', parametersOf(options.get('storageParameters'), site, isSet), ')'), around('RESET (', parametersOf(options.get('storageParameters'), site, isNull), ')'),
  ];
  return [['ALTER MATERIALIZED VIEW ', name(view, 'view', site), ' ', separated(clauses), ';']];
};

const refresh: Call['run'] = (_context, [view, settings], site) => {
  const options = new Options(settings);
  return [['REFRESH MATERIALIZED VIEW', options.flag('concurrently') ? ' CONCURRENTLY' : null, ' ', name(view, 'view', site), dataClause(options), ';']];
};

/** Functions, triggers, policies and views. */
export const routineCalls: Calls = {
  createFunction: { run: createFunction, reverse: dropFunction },
  dropFunction: { run: dropFunction },
  renameFunction: {
    run: (context, [from, params, to], site) => [['ALTER FUNCTION ', name(from, 'function', site), parameters(params, context, site), ' RENAME TO ', name(to, 'name', site), ';']],
    swapped: [2, 1, 0],
  },
  createTrigger: { run: createTrigger, reverse: undoTrigger },
  dropTrigger: { run: dropTrigger },
  renameTrigger: onTable('TRIGGER'),
  createPolicy: { run: policy('CREATE'), reverse: dropPolicy },
  alterPolicy: { run: policy('ALTER') },
  dropPolicy: { run: dropPolicy },
  renamePolicy: onTable('POLICY'),
  createView: { run: createView, reverse: dropping('VIEW') },
  alterView: { run: alterView },
  alterViewColumn: { run: alterViewColumn },
  dropView: { run: dropping('VIEW') },
  renameView: renaming('VIEW'),
  createMaterializedView: { run: createMaterializedView, reverse: dropping('MATERIALIZED VIEW') },
  alterMaterializedView: { run: alterMaterializedView },
  dropMaterializedView: { run: dropping('MATERIALIZED VIEW') },
  renameMaterializedView: renaming('MATERIALIZED VIEW'),
  renameMaterializedViewColumn: {
    run: (_context, [view, from, to], site) => [['ALTER MATERIALIZED VIEW ', name(view, 'view', site), ' RENAME COLUMN ', name(from, 'column', site), ' TO ', name(to, 'name', site), ';']],
    swapped: [0, 2, 1],
  },
  refreshMaterializedView: { run: refresh, reverse: refresh },
};
