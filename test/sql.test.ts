import fc from 'fast-check';
import { loadModule, parseSync, scanSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { print } from '../src/operations/print.js';
import { RESERVED, TYPE_OR_FUNCTION, COLUMN_NAME } from '../src/sql/keywords.js';
import { Scanner, tokenize } from '../src/sql/lexer.js';
import { parseName, printName, quoteIdentifier, quoteLiteral } from '../src/sql/name.js';
import { parseType, printType, sameType } from '../src/sql/type.js';
import { columnType, name } from './arbitraries/parts.js';
import { OPERATIONS } from './arbitraries/operations.js';

// The server's own scanner and grammar are the measure of ours.
beforeAll(() => loadModule());

describe('tokens', () => {
  test('end where PostgreSQL ends them', () => {
    const drafts = fc.oneof(OPERATIONS.createTable, OPERATIONS.createIndex, OPERATIONS.insert, OPERATIONS.update, OPERATIONS.createPolicy);
    fc.assert(
      fc.property(drafts, (draft) => {
        const sql = print(draft);
        expect(ours(sql)).toEqual(theirs(sql));
      }),
    );
  });

  test.each([
    "SELECT E'a\\'b', B'01', x'ff', $$x$$, $t$ a $$ $t$, '', 'it''s'",
    'SELECT a::int, b[1:2], 1.5e-3, .5, 0x1F, 1_000, $1, a<=b, a!=-1, a @-1, a->>b, a=>1, c := 2',
    'SELECT 1 -- to the end\n + /* one /* in */ another */ 2 --',
    'SELECT "A""b", "größe 🦔", naïve, _x1$y FROM "t"',
    "SELECT '🦔' -- 🦔\n, \"🦔\"",
    'SELECT a-1, a - 1, a*-1, a||b, |/ 25, ~a, a<>b, a@>b, a#>>b, a ?| b',
  ])('%s', (sql) => {
    expect(ours(sql)).toEqual(theirs(sql));
  });

  test('hold the value without its quotes', () => {
    const tokens = tokenize(`Users "a""B" 'it''s' E'\\x41\\n\\u00e9' U&'d\\0061t\\+000061' U&"\\0061" $q$b$q$`);
    expect(tokens.map((token) => token.value)).toEqual(['users', 'a"B', "it's", 'A\né', 'data', 'a', 'b']);
    expect(tokens.map((token) => token.form)).toEqual([undefined, undefined, 'plain', 'escape', 'unicode', undefined, 'dollar']);
  });

  test('leave drivers\' parameters as found', () => {
    const found = tokenize("a = :id AND b = :'x' AND c = %(y)s AND d = %s AND e = $2 AND f[1:n] = g::int AND h % 2 = ${i}");
    expect(found.filter((token) => token.kind === 'parameter').map((token) => token.value)).toEqual([
      ':id',
      ":'x'",
      '%(y)s',
      '%s',
      '$2',
      '${i}',
    ]);
  });

  test.each(["'open", '"open', '$$open', '/* open', "E'open\\'", '/* /* */'])('say that %s never ends', (text) => {
    const [token, ...rest] = tokenize(text);
    expect(token).toMatchObject({ start: 0, end: text.length, unterminated: true });
    expect(rest).toEqual([]);
  });

  test('cover every character that is no white space, whatever the text', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'\'"$/*-.:%()[];aE&U1\\{} \n\r\t🦔é@=<>?#'), maxLength: 60 });
    fc.assert(
      fc.property(soup, (text) => {
        let at = 0;
        for (const token of new Scanner(text)) {
          expect(text.slice(at, token.start).trim()).toBe('');
          expect(token.end).toBeGreaterThan(token.start);
          at = token.end;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
    );
  });

  test('stay inside the range that was asked for', () => {
    expect(tokenize("a 'b' c", 2, 4)).toEqual([{ kind: 'string', start: 2, end: 4, value: 'b', form: 'plain', unterminated: true }]);
  });
});

describe('names', () => {
  test('are read by PostgreSQL as they were meant', () => {
    fc.assert(
      fc.property(name, (meant) => {
        const statement = parseSync(`DROP TABLE ${printName(meant)}`).stmts?.[0]?.stmt as { DropStmt: { objects: NameList[] } };
        const parts = statement.DropStmt.objects[0]?.List.items.map((item) => item.String.sval);
        expect(parts).toEqual(meant.schema === undefined ? [meant.name] : [meant.schema, meant.name]);
        expect(parseName(printName(meant))).toEqual(meant);
      }),
    );
  });

  test('carry quotes only where they must', () => {
    expect(['users', 'order', 'Users', 'a b', 'left', 'position', '1st', 'name', ''].map(quoteIdentifier)).toEqual([
      'users',
      '"order"',
      '"Users"',
      '"a b"',
      '"left"',
      '"position"',
      '"1st"',
      'name',
      '""',
    ]);
  });

  test('know the key words of the grammar', () => {
    for (const [words, sort] of [
      [RESERVED, 'RESERVED_KEYWORD'],
      [TYPE_OR_FUNCTION, 'TYPE_FUNC_NAME_KEYWORD'],
      [COLUMN_NAME, 'COL_NAME_KEYWORD'],
    ] as const) {
      const found = scanSync([...words].join(' ')).tokens.filter((token) => token.keywordName === sort);
      expect(found).toHaveLength(words.size);
    }
  });

  test('are null when the text is none', () => {
    for (const text of ['', 'a b', 'a.', '.a', 'a..b', '"a', "'a'", 'a-b']) expect(parseName(text), text).toBeNull();
    expect(parseName('db.app.users')).toEqual({ schema: 'app', name: 'users' });
    expect(parseName('User')).toEqual({ name: 'user' });
  });

  test('literals survive the way through the grammar', () => {
    fc.assert(
      fc.property(fc.string().filter((text) => !/[\0-\x1f\ud800-\udfff]/.test(text)), (value) => {
        const statement = JSON.stringify(parseSync(`SELECT ${quoteLiteral(value)}`));
        expect(statement).toContain(`"sval":{"sval":${JSON.stringify(value)}}`);
      }),
    );
  });
});

describe('types', () => {
  test('are read back as printed', () => {
    fc.assert(
      fc.property(columnType, (type) => {
        expect(parseType(printType(type)), printType(type)).toEqual(type);
      }),
    );
  });

  test.each([
    ['int4', 'integer'],
    ['INT', 'integer'],
    ['varchar', 'character varying'],
    ['varchar(255)', 'character varying(255)'],
    ['VARCHAR ( 255 )', 'character varying(255)'],
    ['character varying', 'character varying'],
    ['national character varying(3)', 'character varying(3)'],
    ['char', 'character(1)'],
    ['nchar(3)', 'character(3)'],
    ['bpchar', 'bpchar'],
    ['bpchar(7)', 'character(7)'],
    ['"char"', '"char"'],
    ['decimal(10,2)', 'numeric(10, 2)'],
    ['dec', 'numeric'],
    ['numeric(10,2)[]', 'numeric(10, 2)[]'],
    ['bool', 'boolean'],
    ['float', 'double precision'],
    ['float(24)', 'real'],
    ['float(25)', 'double precision'],
    ['double precision', 'double precision'],
    ['timestamptz(3)', 'timestamp(3) with time zone'],
    ['timestamp(3) with time zone', 'timestamp(3) with time zone'],
    ['TIMESTAMP WITHOUT TIME ZONE', 'timestamp'],
    ['timetz', 'time with time zone'],
    ['interval day to second(3)', 'interval day to second(3)'],
    ['interval(3)', 'interval(3)'],
    ['text array', 'text[]'],
    ['int ARRAY[4]', 'integer[]'],
    ['int[][3]', 'integer[][]'],
    ['bit', 'bit(1)'],
    ['varbit(8)', 'bit varying(8)'],
    ['"public"."my_enum"', 'public.my_enum'],
    ['public.MyEnum', 'public.myenum'],
    ['"MyEnum"[]', '"MyEnum"[]'],
    ['pg_catalog.int8', 'bigint'],
    ['geometry(Point,4326)', 'geometry(Point, 4326)'],
    ['serial8', 'bigserial'],
    ['"varchar"(20)', 'character varying(20)'],
  ])('%s is %s', (written, canonical) => {
    const type = parseType(written);
    expect(type && printType(type)).toBe(canonical);
  });

  test.each(['', 'setof text', 'foo bar', 'varchar(', 'varchar)', "'text'", '1', 'int; DROP TABLE x', 'double int'])('%s is none', (text) => {
    expect(parseType(text)).toBeNull();
  });

  test('are the same whatever their spelling', () => {
    const same = (a: string, b: string): boolean => sameType(parseType(a) ?? { name: 'a' }, parseType(b) ?? { name: 'b' });
    expect(same('numeric(10)', 'decimal(10, 0)')).toBe(true);
    expect(same('geometry(POINT)', 'geometry(point)')).toBe(true);
    expect(same('public.mood', 'mood')).toBe(true);
    expect(same('varchar(10)', 'varchar(20)')).toBe(false);
    expect(same('int', 'int[]')).toBe(false);
    expect(same('timestamp', 'timestamptz')).toBe(false);
  });
});

interface NameList {
  List: { items: { String: { sval: string } }[] };
}

function ours(sql: string): [number, number][] {
  return tokenize(sql).map(({ start, end }) => [start, end]);
}

/** The scanner counts UTF-8 bytes. */
function theirs(sql: string): [number, number][] {
  const bytes = Buffer.from(sql, 'utf8');
  const unit = (byte: number): number => bytes.subarray(0, byte).toString('utf8').length;
  return scanSync(sql).tokens.map(({ start, end }) => [unit(start), unit(end)]);
}
