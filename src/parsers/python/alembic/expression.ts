import type { QualifiedName } from '../../../operations/types.js';
import { printName, quoteIdentifier, quoteLiteral } from '../../../sql/name.js';
import { printType } from '../../../sql/type.js';
import { isUnknown, toString } from '../evaluate/text.js';
import { holeFor, isNone, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { type Reading } from './reading.js';
import { calledName, libraryName } from './symbols.js';
import { tableOf } from './table-value.js';
import { readType } from './types.js';

/** Functions that SQL writes without parentheses. */
const BARE = /^(?:current_date|current_time|current_timestamp|current_user|localtime|localtimestamp|session_user|user)$/;

const COMPARISONS: Record<string, string> = { '==': '=', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '||']);

/**
 * Prints SQLAlchemy core expressions as its compiler does. In DDL columns stand
 * bare, in UPDATE and DELETE they bear their table's name.
 */
export class ExpressionPrinter {
  constructor(
    readonly reading: Reading,
    readonly withTable: boolean,
    /** Prints a subquery; absent where none is allowed. */
    readonly query: ((value: Value) => string | null) | null = null,
  ) {}

  print(value: Value | undefined): string {
    if (value === undefined) return this.#hole({ type: 'unknown', name: 'value' });
    switch (value.type) {
      case 'string':
        return this.#literal(value);
      case 'number':
        return value.text;
      case 'constant':
        return value.value === null ? 'NULL' : String(value.value);
      case 'operator':
        return this.#operator(value.operator, value.left, value.right);
      case 'sequence':
        return `(${value.items.map((item) => this.print(item)).join(', ')})`;
      case 'attribute':
        return this.#column(value);
      case 'call':
        return this.#call(value);
      case 'symbol':
        return this.#symbol(value);
      default:
        return this.#hole(value);
    }
  }

  #hole(value: Value): string {
    this.reading.partial = true;
    return toString(holeFor(value));
  }

  #literal(value: Extract<Value, { type: 'string' }>): string {
    if (isUnknown(value.text)) this.reading.partial = true;
    return quoteLiteral(toString(value.text));
  }

  #symbol(value: Extract<Value, { type: 'symbol' }>): string {
    const name = libraryName(value);
    if (name?.startsWith('func.') === true) return name.slice('func.'.length);
    return this.#hole(value);
  }

  /** `table.c.name`, `Model.name`. */
  #column(value: Extract<Value, { type: 'attribute' }>): string {
    const holder =
      value.object.type === 'attribute' && (value.object.name === 'c' || value.object.name === 'columns')
        ? value.object.object
        : value.object;
    if (value.name === 'astext') return this.print(value.object);
    const table = tableOf(holder, this.reading);
    if (table === null) return this.#hole(value);
    return this.#qualified(table, value.name);
  }

  #qualified(table: QualifiedName, column: string): string {
    return this.withTable ? `${printName(table)}.${quoteIdentifier(column)}` : quoteIdentifier(column);
  }

  #operator(operator: string, left: Value | null, right: Value): string {
    if (left === null) return this.#unary(operator, right);
    if (operator === '&' || operator === '|') {
      const word = operator === '&' ? ' AND ' : ' OR ';
      return this.joined([left, right], word);
    }
    if (isNull(right) && operator === '==') return `${this.#operand(left)} IS NULL`;
    if (isNull(right) && operator === '!=') return `${this.#operand(left)} IS NOT NULL`;
    return this.#infix(operator, left, right);
  }

  #infix(operator: string, left: Value, right: Value): string {
    const symbol = COMPARISONS[operator] ?? (ARITHMETIC.has(operator) ? operator : null);
    if (symbol === null) return this.#hole({ type: 'unknown', name: 'value' });
    const concat = symbol === '+' && (isText(left) || isText(right)) ? '||' : symbol;
    return `${this.#operand(left)} ${concat} ${this.#operand(right)}`;
  }

  #unary(operator: string, operand: Value): string {
    if (operator === '-') return `-${this.print(operand)}`;
    if (operator !== '~') return this.#hole(operand);
    return this.#negated(operand);
  }

  #negated(operand: Value): string {
    if (operand.type === 'operator' && operand.left !== null) {
      const inverse = { '==': '!=', '!=': '==', '<': '>=', '>': '<=', '<=': '>', '>=': '<' }[operand.operator];
      if (inverse !== undefined) return this.#operator(inverse, operand.left, operand.right);
    }
    if (operand.type === 'call' && operand.callee.type === 'attribute') {
      const inverse = { in_: 'not_in', is_: 'is_not', like: 'not_like', ilike: 'not_ilike' }[operand.callee.name];
      if (inverse !== undefined) return this.#call({ ...operand, callee: { ...operand.callee, name: inverse } });
    }
    const inner = this.print(operand);
    return /^(?:EXISTS|\w+\()/.test(inner) || !inner.includes(' ') ? `NOT ${inner}` : `NOT (${inner})`;
  }

  /** An operand in parentheses where it is itself an operation. */
  operand(value: Value | undefined): string {
    return value === undefined ? this.print(value) : this.#operand(value);
  }

  #operand(value: Value): string {
    const text = this.print(value);
    const compound = value.type === 'operator' && value.left !== null;
    return compound ? `(${text})` : text;
  }

  /** Conditions joined by AND or OR, the other one in parentheses. */
  joined(values: readonly Value[], word: ' AND ' | ' OR '): string {
    return values
      .map((value) => {
        const text = this.print(value);
        return this.#isOr(value) && word === ' AND ' ? `(${text})` : text;
      })
      .join(word);
  }

  #isOr(value: Value): boolean {
    if (value.type === 'operator') return value.operator === '|';
    return calledName(value) === 'or_' && value.type === 'call' && value.positional.length > 1;
  }

  #call(call: CallValue): string {
    if (call.callee.type === 'attribute') return this.#method(call, call.callee.object, call.callee.name);
    const name = libraryName(call.callee);
    if (name === null) return this.#operatorCall(call);
    if (name.startsWith('func.')) return this.#function(name.slice('func.'.length), call);
    const builder = CALLS[name];
    return builder === undefined ? (this.query?.(call) ?? this.#hole(call)) : builder(this, call);
  }

  /** `column.op("@@")(value)`. */
  #operatorCall(call: CallValue): string {
    const { callee } = call;
    if (callee.type !== 'call' || callee.callee.type !== 'attribute' || callee.callee.name !== 'op') return this.#hole(call);
    const symbol = callee.positional[0]?.value;
    const operator = symbol?.type === 'string' ? toString(symbol.text) : '=';
    return `${this.print(callee.callee.object)} ${operator} ${this.print(call.positional[0]?.value)}`;
  }

  #function(name: string, call: CallValue): string {
    if (BARE.test(name.toLowerCase()) && call.positional.length === 0) return name.toUpperCase();
    if (name === 'count' && call.positional.length === 0) return 'count(*)';
    return `${name}(${call.positional.map((argument) => this.print(argument.value)).join(', ')})`;
  }

  #method(call: CallValue, object: Value, name: string): string {
    const build = METHODS[name];
    if (build !== undefined) return build(this, object, call);
    if (name === 'as_string' || name === 'label' || name === 'self_group') return this.print(object);
    return this.query?.(call) ?? this.#hole(call);
  }

  /** What is ordered by: a string names a column there. */
  orderedBy(value: Value | undefined): string {
    return value?.type === 'string' ? quoteIdentifier(this.reading.name(value)) : this.print(value);
  }

  type(value: Value | undefined): string {
    return printType(readType(value, this.reading).type).replace(/^character varying/, 'VARCHAR').replace(/^character/, 'CHAR');
  }
}

/** `None` and `sa.null()`. */
function isNull(value: Value): boolean {
  return isNone(value) || calledName(value) === 'null';
}

function isText(value: Value): boolean {
  if (value.type === 'call' && calledName(value) === 'literal') return value.positional[0]?.value.type === 'string';
  return value.type === 'string';
}

type CallPrinter = (printer: ExpressionPrinter, call: CallValue) => string;

const first = (call: CallValue): Value | undefined => call.positional[0]?.value;

const raw: CallPrinter = (printer, call) => {
  const text = first(call);
  if (text?.type !== 'string') return printer.print(text);
  if (text.text.some((part) => part.hole === true)) printer.reading.partial = true;
  return toString(text.text);
};

const values = (call: CallValue): Value[] => call.positional.map((argument) => argument.value);

const CALLS: Record<string, CallPrinter> = {
  text: raw,
  literal_column: raw,
  true: () => 'true',
  false: () => 'false',
  null: () => 'NULL',
  True_: () => 'true',
  False_: () => 'false',
  literal: (printer, call) => printer.print(first(call)),
  bindparam: (printer, call) => printer.print(call.keywords.get('value')?.value ?? call.positional[1]?.value),
  column: (printer, call) => quoteIdentifier(printer.reading.name(first(call))),
  Column: (printer, call) => quoteIdentifier(printer.reading.name(first(call))),
  and_: (printer, call) => printer.joined(values(call), ' AND '),
  or_: (printer, call) => printer.joined(values(call), ' OR '),
  not_: (printer, call) => printer.print({ type: 'operator', operator: '~', left: null, right: first(call) ?? { type: 'unknown', name: 'value' } }),
  cast: (printer, call) => castOf(printer, first(call), call.positional[1]?.value ?? call.keywords.get('type_')?.value),
  try_cast: (printer, call) => castOf(printer, first(call), call.positional[1]?.value),
  type_coerce: (printer, call) => printer.print(first(call)),
  desc: (printer, call) => `${printer.orderedBy(first(call))} DESC`,
  asc: (printer, call) => `${printer.orderedBy(first(call))} ASC`,
  nulls_first: (printer, call) => `${printer.print(first(call))} NULLS FIRST`,
  nulls_last: (printer, call) => `${printer.print(first(call))} NULLS LAST`,
  nullsfirst: (printer, call) => `${printer.print(first(call))} NULLS FIRST`,
  nullslast: (printer, call) => `${printer.print(first(call))} NULLS LAST`,
  distinct: (printer, call) => `DISTINCT ${printer.print(first(call))}`,
  array: (printer, call) => `ARRAY[${printer.print(first(call)).slice(1, -1)}]`,
  tuple_: (printer, call) => `(${values(call).map((value) => printer.print(value)).join(', ')})`,
  collate: (printer, call) => `${printer.print(first(call))} COLLATE ${quoteIdentifier(printer.reading.name(call.positional[1]?.value))}`,
  extract: (printer, call) => `EXTRACT(${printer.reading.name(first(call))} FROM ${printer.print(call.positional[1]?.value)})`,
  case: (printer, call) => caseOf(printer, call),
  quoted_name: raw,
  inline_literal: (printer, call) => printer.print(first(call)),
};

const NUMBERS = /^(?:integer|bigint|smallint|numeric|real|double precision)/;

/** A string that is cast to a number is written without quotes. */
function castOf(printer: ExpressionPrinter, value: Value | undefined, as: Value | undefined): string {
  const type = printer.type(as);
  const text = stringOf(value);
  return `CAST(${text !== null && NUMBERS.test(type) ? text : printer.print(value)} AS ${type})`;
}

function caseOf(printer: ExpressionPrinter, call: CallValue): string {
  const given = values(call).flatMap((value) =>
    value.type === 'sequence' && value.form === 'list' ? value.items : [value],
  );
  const arms = given.map((arm) =>
    arm.type === 'sequence' ? ` WHEN ${printer.operand(arm.items[0])} THEN ${printer.print(arm.items[1])}` : '',
  );
  const otherwise = call.keywords.get('else_')?.value;
  return `CASE${arms.join('')}${otherwise === undefined ? '' : ` ELSE ${printer.print(otherwise)}`} END`;
}

type MethodPrinter = (printer: ExpressionPrinter, object: Value, call: CallValue) => string;

const infix =
  (operator: string): MethodPrinter =>
  (printer, object, call) =>
    `${printer.print(object)} ${operator} ${printer.print(first(call))}`;

const suffix =
  (word: string): MethodPrinter =>
  (printer, object) =>
    `${printer.print(object)} ${word}`;

const membership =
  (operator: 'IN' | 'NOT IN'): MethodPrinter =>
  (printer, object, call) => {
    const given = first(call);
    if (given?.type === 'sequence') {
      if (given.open === true) printer.reading.partial = true;
      return `${printer.print(object)} ${operator} (${given.items.map((item) => printer.print(item)).join(', ')})`;
    }
    const inner = printer.print(given);
    return `${printer.print(object)} ${operator} ${inner.startsWith('(') ? inner : `(${inner})`}`;
  };

const METHODS: Record<string, MethodPrinter> = {
  in_: membership('IN'),
  not_in: membership('NOT IN'),
  notin_: membership('NOT IN'),
  is_: infix('IS'),
  is_not: infix('IS NOT'),
  isnot: infix('IS NOT'),
  like: infix('LIKE'),
  not_like: infix('NOT LIKE'),
  notlike: infix('NOT LIKE'),
  ilike: infix('ILIKE'),
  not_ilike: infix('NOT ILIKE'),
  notilike: infix('NOT ILIKE'),
  is_distinct_from: infix('IS DISTINCT FROM'),
  is_not_distinct_from: infix('IS NOT DISTINCT FROM'),
  concat: infix('||'),
  contains: (printer, object, call) => `${printer.print(object)} LIKE '%' || ${printer.print(first(call))} || '%'`,
  startswith: (printer, object, call) => `${printer.print(object)} LIKE ${printer.print(first(call))} || '%'`,
  endswith: (printer, object, call) => `${printer.print(object)} LIKE '%' || ${printer.print(first(call))}`,
  between: (printer, object, call) =>
    `${printer.print(object)} BETWEEN ${printer.print(first(call))} AND ${printer.print(call.positional[1]?.value)}`,
  desc: suffix('DESC'),
  asc: suffix('ASC'),
  nulls_first: suffix('NULLS FIRST'),
  nulls_last: suffix('NULLS LAST'),
  nullsfirst: suffix('NULLS FIRST'),
  nullslast: suffix('NULLS LAST'),
  cast: (printer, object, call) => `CAST(${printer.print(object)} AS ${printer.type(first(call))})`,
  collate: (printer, object, call) => `${printer.print(object)} COLLATE ${quoteIdentifier(printer.reading.name(first(call)))}`,
  any: (printer, object, call) => `${printer.print(first(call))} = ANY (${printer.print(object)})`,
};

/** The condition or expression of a DDL call: a string is SQL there, not a literal. */
export function ddlExpression(value: Value | undefined, reading: Reading): string {
  if (value?.type === 'string') {
    if (value.text.some((part) => part.hole === true)) reading.partial = true;
    return toString(value.text);
  }
  return new ExpressionPrinter(reading, false).print(value);
}
