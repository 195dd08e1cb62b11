import type { Framework } from '../../operations/migration.js';
import type { Source } from '../parser.js';

/** A file that exports `up` as a function or as a property: several tools share that shape. */
const EXPORTS_UP =
  /\bexports\.up\s*=|\bexport\s+(?:async\s+)?function\s*\*?\s*up\b|\bexport\s+(?:const|let|var)\s+up\b|\bexport\s*\{[^}]*\bup\b|\b(?:module\.exports\s*=|export\s+default|export\s*=)[\s\S]*?\bup\b\s*(?:[:(,}]|\s*=>)|\bexport\s+const\s*\{[^}]*\bup\b/;

/** Rows for development and tests, not migrations, though their files look alike. */
const SEEDS = /(?:^|\/)(?:seeds?|seeders?|fixtures?)\//i;

const FROM = String.raw`(?:from\s*|require\(\s*|import\(\s*)['"]`;

/** Packages that say whose migration a file is, surest first. */
const IMPORTS = (
  [
    ['typeorm', 'typeorm'],
    ['@mikro-orm/[\\w-]+', 'mikro-orm'],
    ['kysely', 'kysely'],
    ['node-pg-migrate', 'node-pg-migrate'],
    ['db-migrate[\\w-]*', 'db-migrate'],
    ['knex|objection', 'knex'],
    ['sequelize|sequelize-typescript|@sequelize/[\\w-]+|sequelize-cli', 'sequelize'],
  ] as const satisfies readonly (readonly [string, Framework])[]
).map(([packages, tool]) => [new RegExp(`${FROM}(?:${packages})(?:/[^'"]*)?['"]`), tool] as const);

/** The first parameter of `up`, and through umzug its `context`. */
const PARAMETER = /\bup\b\s*(?::|=)?\s*(?:async\s*)?(?:function\s*\*?\s*\w*\s*)?\(?\s*(?:\{\s*context\s*(?::\s*(\w+))?|(\w+))/g;

const PARAMETERS: Record<string, Framework | undefined> = {
  knex: 'knex',
  queryInterface: 'sequelize',
  qi: 'sequelize',
  pgm: 'node-pg-migrate',
};

function byParameter(text: string): Framework | null {
  for (const match of text.matchAll(PARAMETER)) {
    const tool = PARAMETERS[match[1] ?? match[2] ?? ''];
    if (tool !== undefined) return tool;
  }
  return null;
}

/** Calls on whatever the parameter is called. */
const CALLS: readonly [RegExp, Framework][] = [
  [/\bqueryInterface\b|\.sequelize\s*\.\s*(?:query|transaction)\s*\(/, 'sequelize'],
  [/\bschema\s*\.\s*(?:createTable|table|alterTable)\(\s*[^()]*,\s*(?:async\s*)?(?:function\b|\(?\s*\w+\s*(?::\s*[\w.]+\s*)?\)?\s*=>)/, 'knex'],
  [/\bschema\s*\.\s*(?:hasTable|hasColumn|raw|dropTableIfExists|withSchema)\s*\(|\bknex\b/i, 'knex'],
  [/\.(?:addColumn|removeColumn|changeColumn|addIndex|removeIndex|addConstraint|removeConstraint|bulkInsert|bulkDelete)\s*\([\s\S]*\bSequelize\b/, 'sequelize'],
  // What no other tool has on its connection, and types that only a second parameter can have brought.
  [/\.(?:removeConstraint|bulkInsert|bulkUpdate|bulkDelete|describeTable|showAllTables|showConstraint|showIndex)\s*\(|\.(?:addIndex|removeIndex)\s*\(\s*[^,()]+,\s*(?:\[|\{)|\.addConstraint\s*\(\s*[^,()]+,\s*\{\s*(?:\w+:[^{}]*\b)?(?:fields|type)\b/, 'sequelize'],
  [/\.(?:addColumn|changeColumn|createTable)\s*\([\s\S]*?\b\w+\.(?:STRING|TEXT|INTEGER|BIGINT|SMALLINT|BOOLEAN|DATE|DATEONLY|UUID|JSONB?|ENUM|ARRAY|DECIMAL|FLOAT|DOUBLE|BLOB|CITEXT)\b/, 'sequelize'],
  [/\b(?:module\.exports\s*=|export\s+default)\s*\{[\s\S]*\.(?:createFunction|dropFunction|renameFunction|createTrigger|dropTrigger|removeColumn|dropEnum|dropAllTables|dropAllEnums|bulkInsert)\s*\(/, 'sequelize'],
  [/\bup\b[^\n]*\(\s*\{[^}]*\bsequelize\b[^}]*\}/, 'sequelize'],
];

const DB_MIGRATE = /\bseedLink\b|\bdbmigrate\b|\bexports\._meta\b|\brunSql\b/;

/** One file is shown to every front-end in turn. */
const known = new WeakMap<Source, Framework | null>();

/**
 * The tool of a file that exports `up`: by what it imports, else by what the
 * parameter is called, else by the calls in it. Null when nothing says so, and
 * for seeds.
 */
export function toolOf(source: Source): Framework | null {
  let tool = known.get(source);
  if (tool === undefined) known.set(source, (tool = toolBehind(source)));
  return tool;
}

function toolBehind({ path, text }: Source): Framework | null {
  if (!EXPORTS_UP.test(text) || SEEDS.test(path)) return null;
  const imported = IMPORTS.find(([pattern]) => pattern.test(text))?.[1];
  // umzug runs migrations of several tools; a model may be imported beside the real connection.
  if (imported !== undefined && imported !== 'sequelize') return imported;
  return byParameter(text) ?? imported ?? byCalls(text);
}

function byCalls(text: string): Framework | null {
  // db-migrate's driver has methods of Sequelize's names.
  return DB_MIGRATE.test(text) ? null : (CALLS.find(([call]) => call.test(text))?.[1] ?? null);
}
