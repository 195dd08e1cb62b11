import { quoteIdentifier, quoteLiteral } from '../../../sql/name.js';
import { printType } from '../../../sql/type.js';
import { toString } from '../evaluate/text.js';
import { booleanOf, holeFor, isNone, numberOf, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { literalOf } from './defaults.js';
import type { Field } from './field.js';
import { argument, columnType, kindOf } from './field-types.js';
import { fieldNamed, type Model, type ProjectState } from './state.js';

interface Condition {
  connector: 'AND' | 'OR' | 'XOR';
  negated: boolean;
  children: (string | Condition)[];
}

/** Functions whose SQL is not their own name in capitals. */
const FUNCTIONS: Record<string, string> = {
  Now: 'STATEMENT_TIMESTAMP()',
  TransactionNow: 'CURRENT_TIMESTAMP',
  RandomUUID: 'GEN_RANDOM_UUID()',
  Pi: 'PI()',
  Random: 'RANDOM()',
};

const NAMES: Record<string, string> = { Ceil: 'CEILING', Ln: 'LN', Substr: 'SUBSTRING', StrIndex: 'STRPOS', Chr: 'CHR', Ord: 'ASCII', JSONObject: 'JSONB_BUILD_OBJECT' };

const COMPARISONS: Record<string, string> = { gt: '>', gte: '>=', lt: '<', lte: '<=', exact: '=', ne: '<>' };

/** Lookups by pattern: what stands before and behind the value, and whether case counts. */
const PATTERNS: Record<string, [before: string, after: string]> = { contains: ['%', '%'], startswith: ['', '%'], endswith: ['%', ''] };

/** Prints `Q`, `F` and functions as Django's compiler does where columns bear no table. */
export class ExpressionPrinter {
  partial = false;
  /** Plain values printed so far. */
  literals = 0;

  constructor(
    readonly state: ProjectState,
    readonly model: Model,
  ) {}

  /** A condition: `Q(price__gt=0)`. */
  condition(value: Value | undefined): string {
    const tree = value === undefined ? null : this.#tree(value, false);
    return tree === null ? this.expression(value) : print(tree);
  }

  expression(value: Value | undefined): string {
    if (value === undefined) return this.#hole({ type: 'unknown', name: 'value' });
    if (value.type === 'call') return this.#call(value);
    if (value.type === 'operator' && value.left !== null) {
      return `(${this.expression(value.left)} ${value.operator} ${this.expression(value.right)})`;
    }
    this.literals++;
    return this.#literal('', value);
  }

  /** The column that a field's name means. */
  column(name: string): string {
    const field = name === 'pk' ? this.model.fields.find((each) => each.primaryKey) : fieldNamed(this.model, name);
    return quoteAlways(field?.column ?? name);
  }

  #hole(value: Value): string {
    this.partial = true;
    return toString(holeFor(value));
  }

  #literal(kind: string, value: Value): string {
    const literal = literalOf(kind, value);
    if (literal.partial) this.partial = true;
    return literal.sql;
  }

  #call(call: CallValue): string {
    const path = pathOf(call.callee);
    if (path === null) return this.#method(call);
    if (!path.startsWith('django.')) return this.#hole(call);
    const name = path.slice(path.lastIndexOf('.') + 1);
    const special = this.#special[name];
    if (special !== undefined) return special(call);
    return FUNCTIONS[name] ?? this.#function(NAMES[name] ?? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(), call);
  }

  /** Expressions that are no plain calls in SQL. */
  readonly #special: Record<string, (call: CallValue) => string> = {
    F: (call) => this.column(stringOf(argument(call, 'name', 0)) ?? this.#hole(call)),
    Value: (call) => {
      this.literals++;
      return this.#literal('', argument(call, 'value', 0) ?? call);
    },
    Q: (call) => this.condition(call),
    Cast: (call) => `(${this.argument(argument(call, 'expression', 0))})::${this.#type(argument(call, 'output_field', 1))}`,
    Concat: (call) => call.positional.map(({ value }) => `COALESCE(${this.argument(value)}, '')`).join(' || '),
    Collate: (call) => `${this.argument(argument(call, 'expression', 0))} COLLATE ${quoteAlways(stringOf(argument(call, 'collation', 1)) ?? '')}`,
    ExpressionWrapper: (call) => this.argument(argument(call, 'expression', 0)),
    OpClass: (call) => this.argument(argument(call, 'expression', 0)),
    RawSQL: (call) => `(${stringOf(argument(call, 'sql', 0)) ?? this.#hole(call)})`,
    Func: (call) => this.#function(stringOf(argument(call, 'function')) ?? this.#hole(call), call),
  };

  /** Arguments of functions: a string names a field. */
  argument(value: Value | undefined): string {
    const name = stringOf(value);
    return name === null ? this.expression(value) : this.column(name);
  }

  #function(name: string, call: CallValue): string {
    return `${name}(${call.positional.map((argument) => this.argument(argument.value)).join(', ')})`;
  }

  /** `F("x").desc()`: the order is the index's affair. */
  #method(call: CallValue): string {
    if (call.callee.type === 'attribute' && /^(?:asc|desc)$/.test(call.callee.name)) return this.argument(call.callee.object);
    return this.#hole(call);
  }

  #type(value: Value | undefined): string {
    if (value?.type !== 'call') return this.#hole(value ?? { type: 'unknown', name: 'type' });
    const { kind, length } = kindOf(value.callee);
    const type = columnType(kind, value, length);
    return type === null ? this.#hole(value) : printType(type);
  }

  #tree(value: Value, negated: boolean): Condition | null {
    if (value.type === 'operator') return this.#combined(value, negated);
    if (value.type !== 'call' || !/(?:^|\.)Q$/.test(pathOf(value.callee) ?? '')) return null;
    const children = value.positional.map((argument) => this.#child(argument.value, negated));
    const keywords = [...value.keywords].filter(([name]) => !name.startsWith('_')).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, argument] of keywords) children.push(this.#lookup(name, argument.value, negated));
    const connector = stringOf(value.keywords.get('_connector')?.value);
    const node: Condition = { connector: connector === 'OR' ? 'OR' : 'AND', negated: false, children };
    return booleanOf(value.keywords.get('_negated')?.value) === true ? { connector: 'AND', negated: true, children: [node] } : node;
  }

  #combined(value: Extract<Value, { type: 'operator' }>, negated: boolean): Condition | null {
    if (value.operator === '~' && value.left === null) {
      const inner = this.#tree(value.right, !negated);
      return inner === null ? null : { connector: 'AND', negated: true, children: [inner] };
    }
    const connector = ({ '&': 'AND', '|': 'OR', '^': 'XOR' } as const)[value.operator];
    if (connector === undefined || value.left === null) return null;
    const [left, right] = [this.#child(value.left, negated), this.#child(value.right, negated)];
    return { connector, negated: false, children: [left, right] };
  }

  #child(value: Value, negated: boolean): string | Condition {
    // `("price__gt", 0)` is a lookup too.
    if (value.type === 'sequence' && value.items.length === 2 && value.items[1] !== undefined) {
      return this.#lookup(stringOf(value.items[0]) ?? '', value.items[1], negated);
    }
    return this.#tree(value, negated) ?? this.expression(value);
  }

  #lookup(path: string, value: Value, negated: boolean): string | Condition {
    const parts = path.split('__');
    const field = parts[0] === 'pk' ? (this.model.fields.find((each) => each.primaryKey) ?? null) : fieldNamed(this.model, parts[0] ?? '');
    const column = this.column(parts[0] ?? '');
    const lookup = parts[1] ?? 'exact';
    if (parts.length > 2) this.partial = true;
    const text = this.#comparison(column, lookup, value, field);
    const nullable = negated && field?.null === true && lookup !== 'isnull' && !isNone(value);
    return nullable ? { connector: 'AND', negated: false, children: [text, `${column} IS NOT NULL`] } : text;
  }

  #comparison(column: string, lookup: string, value: Value, field: Field | null): string {
    const constant = this.#constant(column, lookup, value, field);
    if (constant !== null) return constant;
    const kind = field?.kind ?? '';
    const operator = COMPARISONS[lookup];
    if (operator !== undefined) return `${column} ${operator} ${this.#side(kind, value)}`;
    const items = value.type === 'sequence' && value.open !== true ? value.items.map((item) => this.#side(kind, item)) : null;
    if (lookup === 'in' && items !== null) return `${column} IN (${items.join(', ')})`;
    if (lookup === 'range' && items !== null) return `${column} BETWEEN ${items.join(' AND ')}`;
    return this.#pattern(column, lookup, value);
  }

  /** Comparisons with nothing, and of a truth value with a truth value. */
  #constant(column: string, lookup: string, value: Value, field: Field | null): string | null {
    const truth = booleanOf(value);
    if (lookup === 'isnull') return `${column} IS ${truth === false ? 'NOT NULL' : 'NULL'}`;
    if (lookup !== 'exact') return null;
    if (isNone(value)) return `${column} IS NULL`;
    const logical = field === null || /Boolean/.test(field.kind);
    if (truth === null || !logical) return null;
    return truth ? column : `NOT ${column}`;
  }

  #side(kind: string, value: Value): string {
    if (value.type !== 'call' && !(value.type === 'operator' && value.left !== null)) return this.#literal(kind, value);
    if (!/^django\./.test(pathOf(value.type === 'call' ? value.callee : undefined) ?? 'django.')) return this.#literal(kind, value);
    const text = this.expression(value);
    return text.startsWith('(') ? text : `(${text})`;
  }

  #pattern(column: string, lookup: string, value: Value): string {
    const text = stringOf(value) ?? (numberOf(value) === null ? null : String(numberOf(value)));
    const anyCase = lookup.startsWith('i');
    const frame = PATTERNS[anyCase ? lookup.slice(1) : lookup];
    if (text !== null && lookup === 'iexact') return `UPPER(${column}::text) = UPPER(${quoteLiteral(text)})`;
    if (text !== null && /^i?regex$/.test(lookup)) return `${column}::text ~${anyCase ? '*' : ''} ${quoteLiteral(text)}`;
    if (frame === undefined || text === null) {
      this.partial = true;
      return `${column} = ${this.#literal('', value)}`;
    }
    const pattern = quoteLiteral(`${frame[0]}${text.replaceAll(/[\\%_]/g, '\\$&')}${frame[1]}`);
    return anyCase ? `UPPER(${column}::text) LIKE UPPER(${pattern})` : `${column}::text LIKE ${pattern}`;
  }
}

/** Django quotes every name. */
export function quoteAlways(name: string): string {
  const quoted = quoteIdentifier(name);
  return quoted.startsWith('"') ? quoted : `"${name}"`;
}

function print(tree: Condition): string {
  const children = flattened(tree).map((child) => (typeof child === 'string' ? child : print(child)));
  const joined = children.join(` ${tree.connector} `);
  if (tree.negated) return `NOT (${joined.replace(/^\((.*)\)$/s, (all, inside: string) => (children.length === 1 && isWhole(inside) ? inside : all))})`;
  return children.length > 1 ? `(${joined})` : joined;
}

/** Children of the same connector, and lone ones, stand on one level. */
function flattened(tree: Condition): (string | Condition)[] {
  return tree.children.flatMap((child) => {
    if (typeof child === 'string' || child.negated) return [child];
    const inner = flattened(child);
    return child.connector === tree.connector || inner.length === 1 ? inner : [child];
  });
}

/** True when the parentheses taken away belonged together. */
function isWhole(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')' && --depth < 0) return false;
  }
  return depth === 0;
}
