import { describe, expect, it } from 'vitest';
import {
  alwaysTrue,
  columnsIn,
  functionsIn,
  isConstant,
  isNull,
  outputColumns,
  provenNotNull,
  sameExpression,
  valuesIn,
} from '../src/postgres/expression.js';
import { EMPTY_SCHEMA, type Schema } from '../src/postgres/schema.js';
import { volatilityOf } from '../src/postgres/volatility.js';

const names = (expression: string): string[] => functionsIn(expression).map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`));

describe('names in an expression', () => {
  it.each([
    ['now()', ['now']],
    ["pg_catalog.nextval('s'::regclass)", ['pg_catalog.nextval']],
    ['current_timestamp', ['current_timestamp']],
    ['"Current_User"', []],
    ["coalesce(lower(a), 'random()')", ['lower']],
    ['a::numeric(10, 2) + cast(b as varchar(5))', []],
    ["interval '1 day' + timestamp '2020-01-01'", []],
    ['a IN (1, 2) AND EXISTS (SELECT f(x))', ['f']],
    ['"My Schema"."Fn"(1)', ['My Schema.Fn']],
    ['-- random()\n1', []],
  ])('calls in %s', (expression, expected) => {
    expect(names(expression)).toEqual(expected);
  });

  it.each([
    ['a > 0', ['a']],
    ['t.a > "B" AND a < 5', ['a', 'B']],
    ["status = 'active' OR status IS NULL", ['status']],
    ['lower(email) LIKE pattern', ['email', 'pattern']],
    ["created_at::date = date '2020-01-01'", ['created_at']],
    ['CASE WHEN a THEN b ELSE c END', ['a', 'b', 'c']],
  ])('columns in %s', (expression, expected) => {
    expect(columnsIn(expression)).toEqual(expected);
  });
});

describe('what an expression is', () => {
  it.each(['1', "'a'", "'{}'::jsonb", '(1 + 2) * 3', 'true', 'ARRAY[1, 2]', "'2020-01-01'::timestamptz"])('%s is constant', (expression) => {
    expect(isConstant(expression)).toBe(true);
  });
  it.each(['a', 'now()', 'a + 1', 'current_date'])('%s is not', (expression) => {
    expect(isConstant(expression)).toBe(false);
  });

  it.each(['NULL', '(null)', 'NULL::text', 'CAST(NULL AS int)', '(NULL)::varchar(5)'])('%s is NULL', (expression) => {
    expect(isNull(expression)).toBe(true);
  });
  it.each(["'NULL'", 'a IS NULL', 'NULLIF(a, 1)', 'nullable'])('%s is not NULL', (expression) => {
    expect(isNull(expression)).toBe(false);
  });

  it.each(['true', 'TRUE', '1 = 1', "'a'='a'", '(1=1)', '1=1 OR a = 2', 'true AND 2 > 1', 'NOT false', '(TRUE) AND (1 <> 2)'])(
    '%s keeps every row',
    (expression) => {
      expect(alwaysTrue(expression)).toBe(true);
    },
  );
  it.each(['a = 1', '1 = 2', 'id = id', 'true AND a', "'1' = 1", 'NOT true', '', '1 = 1 AND a > 0'])('%s does not, or may not', (expression) => {
    expect(alwaysTrue(expression)).toBe(false);
  });

  it.each([
    ['a IS NOT NULL', ['a']],
    ['((a) IS NOT NULL)', ['a']],
    ['(a IS NOT NULL) AND b > 0 AND ("C" IS NOT NULL)', ['a', 'C']],
    ['a BETWEEN 1 AND 2 AND b IS NOT NULL', ['b']],
    ['t.a IS NOT NULL', ['a']],
    ['a NOTNULL', ['a']],
    ['a IS NOT NULL OR b IS NOT NULL', []],
    ['NOT (a IS NULL)', []],
    ['a IS NULL', []],
    ['length(a) IS NOT NULL', []],
    ['a IS NOT NULL = true', []],
  ])('%s proves %j', (expression, expected) => {
    expect(provenNotNull(expression)).toEqual(expected);
  });

  it('is compared by tokens', () => {
    expect(sameExpression('(a>0)', 'a  > 0 -- so')).toBe(true);
    expect(sameExpression("a = 'X'", "a = 'x'")).toBe(false);
  });
});

describe('statements', () => {
  it('gives the rows of VALUES', () => {
    expect(valuesIn("INSERT INTO t (a, b) VALUES (1, f(2, 3)), (NULL, 'x, y') RETURNING a")).toEqual([
      ['1', 'f(2, 3)'],
      ['NULL', "'x, y'"],
    ]);
    expect(valuesIn('INSERT INTO t SELECT 1')).toBeNull();
  });

  it('names the columns of a SELECT', () => {
    expect(outputColumns('SELECT a, t.b, count(*) AS n, 1 + 2 FROM t WHERE x')).toEqual(['a', 'b', 'n', null]);
    expect(outputColumns('SELECT * FROM t')).toBeNull();
  });
});

describe('volatility', () => {
  const schema = (body: string | null, volatility: 'immutable' | 'stable' | 'volatile' = 'volatile'): Schema => ({
    ...EMPTY_SCHEMA,
    routines: new Map([['public.f', { name: { name: 'f' }, volatility, language: 'sql', body, overloads: [] }]]),
  });

  it.each([
    ['now()', 'stable'],
    ['CURRENT_DATE', 'stable'],
    ['statement_timestamp()', 'stable'],
    ['clock_timestamp()', 'volatile'],
    ['random()', 'volatile'],
    ['gen_random_uuid()', 'volatile'],
    ['uuidv7()', 'volatile'],
    ["nextval('s')", 'volatile'],
    ['uuid_generate_v4()', 'volatile'],
    ["to_char(now(), 'YYYY')", 'stable'],
    ["'random()'", 'immutable'],
    ["lower('A') || 'b'", 'immutable'],
    ["timezone('utc', now())", 'stable'],
  ])('%s is %s', (expression, volatility) => {
    expect(volatilityOf(expression, EMPTY_SCHEMA)).toEqual({ volatility, unknown: [] });
  });

  it('takes an unknown function for volatile and says so', () => {
    expect(volatilityOf('app.make_id(now())', EMPTY_SCHEMA)).toEqual({ volatility: 'volatile', unknown: ['app.make_id'] });
  });

  it('looks into a function that the planner inlines', () => {
    expect(volatilityOf('f()', schema('SELECT 1')).volatility).toBe('immutable');
    expect(volatilityOf('f()', schema('select now();')).volatility).toBe('stable');
    expect(volatilityOf('f()', schema('SELECT random()')).volatility).toBe('volatile');
    expect(volatilityOf('f()', schema('SELECT a FROM t')).volatility).toBe('volatile');
    expect(volatilityOf('f()', schema('SELECT 1; SELECT 2')).volatility).toBe('volatile');
  });

  it('believes a function that promises more than its body keeps', () => {
    expect(volatilityOf('f()', schema('SELECT random()', 'immutable')).volatility).toBe('immutable');
  });
});
