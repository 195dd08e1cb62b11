import { type Piece, separated, wordsOf } from '../compose.js';
import type { Site, Value } from '../evaluate/value.js';
import { Options } from '../options.js';
import type { Call, Calls } from './calls.js';
import { given, words } from './columns.js';
import { itemsOf, literalOf, name, typeOf } from './values.js';

const cascade = (options: Options): Piece => (options.flag('cascade') ? ' CASCADE' : null);
const ifExists = (options: Options): Piece => (options.flag('ifExists') ? ' IF EXISTS' : null);

/** The symbols of an operator: no quotes around them. */
function symbols(value: Value | undefined, { span }: Site): Piece {
  if (value?.kind !== 'dictionary') return literalOf(value) ?? wordsOf(value, 'operator', span);
  const options = new Options(value);
  const own = wordsOf(options.get('name'), 'operator', span);
  return given(options, 'schema') ? [wordsOf(options.get('schema'), 'schema', span), '.', own] : own;
}

const createOperator: Call['run'] = (_context, [operator, settings], site) => {
  const options = new Options(settings);
  const part = (key: string, word: string, write: (value: Value | undefined) => Piece): Piece => (given(options, key) ? [`${word} = `, write(options.get(key))] : null);
  const named = (value: Value | undefined): Piece => name(value, 'name', site);
  const definitions: Piece[] = [
    ['PROCEDURE = ', named(options.get('procedure'))], part('left', 'LEFTARG', named), part('right', 'RIGHTARG', named),
    part('commutator', 'COMMUTATOR', (value) => symbols(value, site)), part('negator', 'NEGATOR', (value) => symbols(value, site)),
    part('restrict', 'RESTRICT', named), part('join', 'JOIN', named), options.flag('hashes') ? 'HASHES' : null, options.flag('merges') ? 'MERGES' : null,
  ];
  return [['CREATE OPERATOR ', symbols(operator, site), ' (', separated(definitions), ');']];
};

const dropOperator: Call['run'] = (_context, [operator, settings], site) => {
  const options = new Options(settings);
  const side = (key: string): Piece => (options.has(key) ? name(options.get(key), 'type', site) : '"none"');
  return [['DROP OPERATOR', ifExists(options), ' ', symbols(operator, site), '(', side('left'), ', ', side('right'), ')', cascade(options), ';']];
};

/** One line of an operator class or family. */
function member(value: Value, shorthands: Parameters<Call['run']>[0]['shorthands'], site: Site): Piece {
  const options = new Options(value);
  const params: Piece = separated(itemsOf(options.get('params')).map((param) => typeOf(param, shorthands, site)));
  const number: Piece = [words(options, 'number', site), ' '];
  if (/^function$/i.test(options.text('type') ?? '')) return ['FUNCTION ', number, name(options.get('name'), 'function', site), '(', params, ')'];
  return ['OPERATOR ', number, symbols(options.get('name'), site), given(options, 'params') ? ['(', params, ')'] : null];
}

const createClass: Call['run'] = ({ shorthands }, [target, type, method, members, settings], site) => {
  const options = new Options(settings);
  return [
    [
      'CREATE OPERATOR CLASS ', name(target, 'name', site), options.flag('default') ? ' DEFAULT' : null, ' FOR TYPE ', name(type, 'type', site), ' USING ', name(method, 'method', site),
      given(options, 'family') ? [' FAMILY ', words(options, 'family', site)] : null, ' AS\n  ', separated(itemsOf(members).map((item) => member(item, shorthands, site)), ',\n  '), ';',
    ],
  ];
};

const dropping =
  (object: string): Call['run'] =>
  (_context, [target, method, settings], site) => {
    const options = new Options(settings);
    return [[`DROP OPERATOR ${object}`, ifExists(options), ' ', name(target, 'name', site), ' USING ', wordsOf(method, 'method', site.span), cascade(options), ';']];
  };

const renaming = (object: string): Call => ({
  run: (_context, [target, method, to], site) => [[`ALTER OPERATOR ${object} `, name(target, 'name', site), ' USING ', wordsOf(method, 'method', site.span), ' RENAME TO ', name(to, 'name', site), ';']],
  swapped: [2, 1, 0],
});

const changing =
  (word: string): Call['run'] =>
  ({ shorthands }, [target, method, members], site) => [
    ['ALTER OPERATOR FAMILY ', name(target, 'name', site), ' USING ', wordsOf(method, 'method', site.span), ` ${word}\n  `, separated(itemsOf(members).map((item) => member(item, shorthands, site)), ',\n  '), ';'],
  ];

/** Operators, their classes and families. */
export const operatorCalls: Calls = {
  createOperator: { run: createOperator, reverse: dropOperator },
  dropOperator: { run: dropOperator },
  createOperatorClass: { run: createClass, reverse: (context, [target, , method, , settings], site) => dropping('CLASS')(context, [target, method, settings].filter((arg) => arg !== undefined), site) },
  dropOperatorClass: { run: dropping('CLASS') },
  renameOperatorClass: renaming('CLASS'),
  createOperatorFamily: { run: (_context, [target, method], site) => [['CREATE OPERATOR FAMILY ', name(target, 'name', site), ' USING ', wordsOf(method, 'method', site.span), ';']], reverse: dropping('FAMILY') },
  dropOperatorFamily: { run: dropping('FAMILY') },
  renameOperatorFamily: renaming('FAMILY'),
  addToOperatorFamily: { run: changing('ADD'), reverse: changing('DROP') },
  removeFromOperatorFamily: { run: changing('DROP') },
};
