import { quoteIdentifier } from '../../../sql/name.js';
import { splice, toString, type Text } from '../evaluate/text.js';
import { nameOf, pathOf } from '../evaluate/value.js';
import { sendUnread, type Lowering } from './context.js';
import { sendSql, withParameters } from './raw-sql.js';
import { Arguments } from './reading.js';

/** alembic_utils: `op.create_entity(PGFunction(…))` and its kin. */
export function entity(lowering: Lowering): void {
  const { callee } = lowering.call;
  const verb = (pathOf(callee) ?? '').replace(/^.*\./, '');
  const value = lowering.call.positional[0]?.value;
  const call = value?.type === 'call' ? value : undefined;
  const build = call === undefined ? undefined : ENTITIES[nameOf(call.callee)];
  if (call === undefined || build === undefined) {
    sendUnread(lowering, 'unknown-call', `op.${verb} of an entity that could not be read`);
    return;
  }
  const args = new Arguments(call, ['schema', 'signature', 'definition']);
  const cascade = new Arguments(lowering.call, ['entity']).flag('cascade') ? ' CASCADE' : '';
  for (const sql of statementsOf(build, verb, args, cascade)) {
    if (sql === null) sendUnread(lowering, 'dynamic', 'SQL known only at run time');
    // The library hands every statement to `text()`, with its colons escaped but those of casts.
    else sendSql(lowering, withParameters(escapedColons(sql)), call.span);
  }
}

function statementsOf(build: Entity, verb: string, args: Arguments, cascade: string): (Text | null)[] {
  if (verb === 'replace_entity') return build.replace(args);
  return [verb === 'drop_entity' ? build.drop(args, cascade) : build.create(args)];
}

function escapedColons(text: Text): Text {
  const edits = [...toString(text).matchAll(/(?<![:\\]):(?!:)/g)].map((match) => ({ start: match.index, end: match.index, with: [{ text: '\\' }] }));
  return edits.length === 0 ? text : splice(text, edits);
}

interface Entity {
  create: (args: Arguments) => Text | null;
  replace: (args: Arguments) => (Text | null)[];
  drop: (args: Arguments, cascade: string) => Text | null;
}

function schemaOf(args: Arguments): string {
  return quoteIdentifier(args.string('schema') ?? 'public');
}

/** The definition, which keeps its places in the file, between words of the library's. */
function around(before: string | null, args: Arguments, after = ''): Text | null {
  const definition = args.value('definition');
  if (before === null || definition?.type !== 'string') return null;
  const text = toString(definition.text);
  const end = after === '' ? text.length : text.replace(/[;\s]*$/, '').length;
  return [{ text: before }, ...splice(definition.text, [{ start: end, end: text.length, with: after === '' ? [] : [{ text: after }] }])];
}

function words(text: string | null): Text | null {
  return text === null ? null : [{ text }];
}

/** `schema."name"` with the arguments as written; names between quotes keep them. */
function routine(args: Arguments, dropped: boolean): string | null {
  const signature = args.string('signature');
  if (signature === undefined) return null;
  const open = signature.indexOf('(');
  const name = (open < 0 ? signature : signature.slice(0, open)).trim().replace(/^"(.*)"$/, '$1');
  const given = open < 0 ? '()' : signature.slice(open);
  return `${schemaOf(args)}.${quoteIdentifier(name)}${dropped ? withoutDefaults(given) : given}`;
}

/** DROP FUNCTION takes no defaults. */
function withoutDefaults(signature: string): string {
  return signature.replaceAll(/\s+(?:DEFAULT|=)\s+[^,)]+/gi, '');
}

function relation(args: Arguments): string | null {
  const name = args.string('signature');
  return name === undefined ? null : `${schemaOf(args)}.${quoteIdentifier(name)}`;
}

function put(text: string, name: string | null): string | null {
  return name === null ? null : text.replaceAll('%', () => name);
}

/** `on_entity="public.users"`. */
function onEntity(args: Arguments): string {
  const written = args.string('on_entity') ?? '';
  const [first = '', second] = written.split('.').map((part) => quoteIdentifier(part.replaceAll('"', '')));
  return second === undefined ? `${schemaOf(args)}.${first}` : `${first}.${second}`;
}

function signed(args: Arguments, build: (name: string) => string): string | null {
  const name = args.string('signature');
  return name === undefined ? null : build(quoteIdentifier(name.replaceAll('"', '')));
}

/** CREATE OR REPLACE VIEW, and where the columns do not fit, DROP and CREATE. */
function replacedView(args: Arguments): Text | null {
  const name = relation(args);
  const definition = args.string('definition');
  if (name === null || definition === undefined) return around(put('CREATE OR REPLACE VIEW % AS ', name), args);
  const body = definition.replace(/[;\s]*$/, '');
  return [{
    text: `do $$ begin CREATE OR REPLACE VIEW ${name} AS ${body}; exception when others then DROP VIEW IF EXISTS ${name}; CREATE VIEW ${name} AS ${body}; end; $$ language 'plpgsql'`,
  }];
}

function withData(args: Arguments): string {
  const value = args.value('with_data');
  return value?.type === 'constant' && value.value === false ? ' WITH NO DATA' : ' WITH DATA';
}

function trigger(args: Arguments): Text | null {
  const constraint = args.flag('is_constraint') ? 'CONSTRAINT ' : '';
  return around(signed(args, (name) => `CREATE ${constraint}TRIGGER ${name} `), args);
}

function grant(args: Arguments, verb: string, preposition: string): string | null {
  const value = args.value('grant');
  const right = (value?.type === 'attribute' ? value.name : (args.string('grant') ?? '')).toUpperCase();
  const columns = args.value('columns');
  const list = verb === 'GRANT' && columns?.type === 'sequence' ? columns.items.map((item) => (item.type === 'string' ? quoteIdentifier(toString(item.text)) : '')) : [];
  const [table, role] = [args.string('table'), args.string('role')];
  if (right === '' || table === undefined || role === undefined || list.includes('')) return null;
  const named = list.length === 0 ? '' : ` (${list.join(', ')})`;
  return `${verb} ${right}${named} ON ${schemaOf(args)}.${quoteIdentifier(table)} ${preposition} ${quoteIdentifier(role)}`;
}

const ENTITIES: Record<string, Entity> = {
  PGFunction: {
    create: (args) => around(put('CREATE FUNCTION % ', routine(args, false)), args),
    replace: (args) => [around(put('CREATE OR REPLACE FUNCTION % ', routine(args, false)), args)],
    drop: (args, cascade) => words(put(`DROP FUNCTION %${cascade}`, routine(args, true))),
  },
  PGView: {
    create: (args) => around(put('CREATE VIEW % AS ', relation(args)), args),
    replace: (args) => [replacedView(args)],
    drop: (args, cascade) => words(put(`DROP VIEW %${cascade}`, relation(args))),
  },
  PGMaterializedView: {
    create: (args) => around(put('CREATE MATERIALIZED VIEW % AS ', relation(args)), args, withData(args)),
    replace: (args) => [
      words(put('DROP MATERIALIZED VIEW IF EXISTS %', relation(args))),
      around(put('CREATE MATERIALIZED VIEW % AS ', relation(args)), args, withData(args)),
    ],
    drop: (args, cascade) => words(put(`DROP MATERIALIZED VIEW %${cascade}`, relation(args))),
  },
  PGExtension: {
    create: (args) => words(signed(args, (name) => `CREATE EXTENSION ${name} WITH SCHEMA ${schemaOf(args)}`)),
    replace: () => [null],
    drop: (args, cascade) => words(signed(args, (name) => `DROP EXTENSION ${name}${cascade}`)),
  },
  PGTrigger: {
    create: trigger,
    replace: (args) => [words(signed(args, (name) => `DROP TRIGGER IF EXISTS ${name} ON ${onEntity(args)}`)), trigger(args)],
    drop: (args, cascade) => words(signed(args, (name) => `DROP TRIGGER ${name} ON ${onEntity(args)}${cascade}`)),
  },
  PGPolicy: {
    create: (args) => around(signed(args, (name) => `CREATE POLICY ${name} ON ${onEntity(args)} `), args),
    replace: (args) => [
      words(signed(args, (name) => `DROP POLICY IF EXISTS ${name} ON ${onEntity(args)}`)),
      around(signed(args, (name) => `CREATE POLICY ${name} ON ${onEntity(args)} `), args),
    ],
    drop: (args, cascade) => words(signed(args, (name) => `DROP POLICY ${name} ON ${onEntity(args)}${cascade}`)),
  },
  PGGrantTable: {
    create: (args) => words(grant(args, 'GRANT', 'TO')),
    replace: (args) => [words(grant(args, 'REVOKE', 'FROM')), words(grant(args, 'GRANT', 'TO'))],
    drop: (args) => words(grant(args, 'REVOKE', 'FROM')),
  },
};

