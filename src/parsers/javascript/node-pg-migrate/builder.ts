import { compose, wordsOf } from '../compose.js';
import { concat, slice, type Text } from '../evaluate/text.js';
import { host, hostFunction, list, nothing, primitive, type Site, unknown, type Value } from '../evaluate/value.js';
import { Queue, type Run } from '../run.js';
import { type Call, type Calls, type Context, reversed } from './calls.js';
import { objectCalls } from './objects.js';
import { operatorCalls } from './operators.js';
import { routineCalls } from './routines.js';
import { tableCalls } from './tables.js';
import { constant, Literal, name } from './values.js';

const sql: Call = { run: (_context, [text, values], site) => [written(text, values, site)] };

const NAMED: Calls = { ...tableCalls, ...objectCalls, ...operatorCalls, ...routineCalls, sql };
const ALIASES: Record<string, string | undefined> = {
  addColumn: 'addColumns', dropColumn: 'dropColumns', createConstraint: 'addConstraint', addIndex: 'createIndex', addType: 'createType', addExtension: 'createExtension',
};

/** `{key}` of a raw statement: strings become names, everything else constants. */
function written(text: Value | undefined, values: Value | undefined, site: Site): Text {
  let result = wordsOf(text, 'sql', site.span);
  const entries = values?.kind === 'dictionary' ? [...values.properties] : [];
  for (const [key, { value }] of entries) result = substituted(result, `{${key}}`, replacement(value, site));
  return { ...result, span: text?.span ?? site.span };
}

function replacement(value: Value, site: Site): Text {
  const isName = value.kind === 'text' || (value.kind === 'dictionary' && value.properties.has('name'));
  return compose(site.span, isName ? name(value, 'name', site) : constant(value, site));
}

function substituted(text: Text, mark: string, by: Text): Text {
  const parts: Text[] = [];
  let from = 0;
  for (let at = text.text.indexOf(mark); at >= 0; at = text.text.indexOf(mark, from)) {
    parts.push(slice(text, from, at), by);
    from = at + mark.length;
  }
  return from === 0 ? text : concat([...parts, slice(text, from, text.text.length)]);
}

/** The builder a migration is handed, for one direction of it. */
export class Builder {
  /** False once the file asked for it. */
  transaction = true;
  /** Calls that nothing undoes, met while a missing `down` was worked out. */
  readonly irreversible: string[] = [];
  /** The first thing asked of the database. */
  private asked: Site | null = null;
  private readonly apart: boolean;
  private readonly queue = new Queue();
  private readonly run: Run;
  private readonly context: Context;
  private readonly reverse: boolean;

  /** `apart` is true for a file known to want no transaction. */
  constructor(run: Run, context: Context, { reverse, apart }: { reverse: boolean; apart: boolean }) {
    this.run = run;
    this.context = context;
    this.reverse = reverse;
    this.apart = apart;
  }

  /** Something was asked of the database before the file said that it wants no transaction, or after. */
  get askedApart(): boolean {
    return this.asked !== null && !this.transaction && !this.apart;
  }

  /** `pgm`. */
  value(): Value {
    return host({ name: 'pgm', carrier: true, get: (property) => this.member(property) });
  }

  /** Everything that was called goes out now, undone from the end when it is the way back. */
  flush(): void {
    this.leave();
    if (this.reverse) this.queue.reverse();
    this.queue.flush(this.run);
  }

  /** The transaction of the whole run is open until a file that wants none has been read: what it asked before ran inside. */
  private leave(): void {
    if (this.asked !== null && this.apart) this.run.recorder.send({ kind: 'commit' }, this.asked);
  }

  private ask(site: Site): void {
    if (this.asked === null && this.apart) this.run.recorder.send({ kind: 'begin' }, site);
    this.asked ??= site;
  }

  private member(property: string): Value | undefined {
    const call = Object.hasOwn(NAMED, ALIASES[property] ?? property) ? NAMED[ALIASES[property] ?? property] : undefined;
    if (call !== undefined) {
      return {
        kind: 'host',
        host: {
          name: `pgm.${property}`,
          carrier: true,
          call: (args, site) => {
            this.add(property, call, args, site);
            return nothing;
          },
        },
      };
    }
    if (property === 'func') return hostFunction('pgm.func', ([text], { span }) => host(new Literal(wordsOf(text, 'sql', span))));
    if (property === 'noTransaction') {
      return hostFunction(property, () => {
        this.transaction = false;
        return nothing;
      });
    }
    if (property === 'isUsingTransaction') return hostFunction(property, () => primitive(this.transaction));
    return property === 'db' ? this.database() : undefined;
  }

  private add(property: string, call: Call, args: readonly Value[], site: Site): void {
    const pieces = this.reverse ? reversed(call, this.context, args, site) : call.run(this.context, args, site);
    if (pieces === null) this.irreversible.push(`pgm.${property}()`);
    for (const piece of pieces ?? []) this.queue.add(this.run, compose(site.span, piece), site);
  }

  /** What is asked here runs at once, before everything that is queued. */
  private database(): Value {
    const query = hostFunction('query', ([text], site) => {
      this.ask(site);
      this.run.sql(text?.kind === 'dictionary' ? text.properties.get('text')?.value : text, site);
      return unknown(`${site.callee}()`, site.span);
    });
    return host({ name: 'pgm.db', carrier: true, get: (property) => (property === 'query' || property === 'select' ? query : undefined) });
  }
}

/** What the package exports beside its types. */
export function library(specifier: string, exported: string): Value | undefined {
  if (specifier !== 'node-pg-migrate' && !specifier.startsWith('node-pg-migrate/')) return undefined;
  if (exported === '*' || exported === 'default') return host({ name: specifier, get: (property) => library(specifier, property) });
  if (exported === 'PgLiteral') {
    const make = (text: Value | undefined, { span }: Site): Value => host(new Literal(wordsOf(text, 'sql', span)));
    return host({ name: exported, construct: ([text], site) => make(text, site), get: (property) => (property === 'create' ? hostFunction('create', ([text], site) => make(text, site)) : undefined) });
  }
  return exported === 'PgType' ? host({ name: exported, get: (property) => TYPES(property) }) : undefined;
}

/** The enum of types: `PgType.CHARACTER_VARYING`. */
function TYPES(property: string): Value {
  return list([{ kind: 'text', text: property.toLowerCase().replaceAll('_', ' '), segments: [], holes: [] }]).items[0] as Value;
}
