import type { Site, Value } from '../evaluate/value.js';
import { Options, spelt } from '../options.js';
import { quoted, SqlWriter } from '../sql-writer.js';
import { targetOf } from './attributes.js';
import type { Session } from './session.js';
import { isSet } from './tables.js';

type Call = (session: Session, args: readonly Value[], site: Site) => void;

function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : [];
}

/** `[{ type, name, direction }]` as a parameter list. */
function parameters(value: Value | undefined): string {
  return itemsOf(value)
    .map((item) => {
      const options = new Options(item);
      return [options.text('direction'), options.text('name'), options.text('type')].filter((part) => part !== undefined).join(' ');
    })
    .join(', ');
}

function tableSql(value: Value | undefined): string {
  const { name } = targetOf(value);
  return name.schema === undefined ? quoted(name.name) : `${quoted(name.schema)}.${quoted(name.name)}`;
}

/** SQL whose parts the author wrote: read as such. */
function raw(words: (args: readonly Value[]) => string): Call {
  return (session, args, site) => {
    const writer = new SqlWriter(site.span, true).sql(words(args));
    session.recorder.sql({ ...writer.done(), span: site.span }, site);
  };
}

const text = (value: Value | undefined, label: string): string => spelt(value, label).text;
const options = (value: Value | undefined): string => itemsOf(value).map((item) => text(item, 'option')).join(' ');

const TIMINGS: Record<string, string | undefined> = { after: 'AFTER', before: 'BEFORE', instead_of: 'INSTEAD OF', after_constraint: 'AFTER' };

function events(value: Value | undefined): string {
  const names = value?.kind === 'list' ? value.items : value?.kind === 'dictionary' ? [...value.properties.values()].map((property) => property.value) : [];
  return names.map((name) => text(name, 'event').toUpperCase()).join(' OR ');
}

/** Functions, triggers and databases; each with the place of its options. */
export const routineCalls: Record<string, { call: Call; options: number }> = {
  createFunction: {
    options: 6,
    call: raw(([name, params, returns, language, body, flags, settings]) => {
      const variables = itemsOf(settings?.kind === 'dictionary' ? settings.properties.get('variables')?.value : undefined).map((item) => {
        const variable = new Options(item);
        const start = variable.text('default');
        return `DECLARE ${variable.text('name') ?? ''} ${variable.text('type') ?? ''}${start === undefined ? '' : ` := ${start}`};`;
      });
      const word = isSet(settings, 'force') ? 'CREATE OR REPLACE FUNCTION' : 'CREATE FUNCTION';
      return `${word} ${text(name, 'function')}(${parameters(params)}) RETURNS ${text(returns, 'type')} AS $func$ ${variables.join(' ')} BEGIN ${text(body, 'body')} END; $func$ language '${text(language, 'language')}'${options(flags)};`;
    }),
  },
  dropFunction: { options: 2, call: raw(([name, params]) => `DROP FUNCTION ${text(name, 'function')}(${parameters(params)}) RESTRICT;`) },
  renameFunction: { options: 3, call: raw(([name, params, to]) => `ALTER FUNCTION ${text(name, 'function')}(${parameters(params)}) RENAME TO ${text(to, 'name')};`) },
  createTrigger: {
    options: 7,
    call: raw(([table, name, timing, on, routine, params, flags]) => {
      const kind = text(timing, 'timing');
      const settings = options(flags);
      return `CREATE ${kind === 'after_constraint' ? 'CONSTRAINT ' : ''}TRIGGER ${quoted(text(name, 'trigger'))} ${TIMINGS[kind] ?? 'AFTER'} ${events(on)} ON ${tableSql(table)}${settings === '' ? '' : ` ${settings}`} EXECUTE PROCEDURE ${text(routine, 'function')}(${parameters(params)});`;
    }),
  },
  dropTrigger: { options: 2, call: raw(([table, name]) => `DROP TRIGGER ${quoted(text(name, 'trigger'))} ON ${tableSql(table)} RESTRICT;`) },
  renameTrigger: { options: 3, call: raw(([table, name, to]) => `ALTER TRIGGER ${quoted(text(name, 'trigger'))} ON ${tableSql(table)} RENAME TO ${quoted(text(to, 'name'))};`) },
  createDatabase: { options: 1, call: raw(([name]) => `CREATE DATABASE ${quoted(text(name, 'database'))};`) },
  dropDatabase: { options: 1, call: raw(([name]) => `DROP DATABASE IF EXISTS ${quoted(text(name, 'database'))};`) },
};
