import { type HostObject, hostFunction, type Site, unknown, type Value } from '../evaluate/value.js';
import type { Knex } from './knex.js';
import { QueryBuilder } from './query-builder.js';

/** `batchInsert(table, rows, size)`: rows in chunks, all of them in a transaction of their own unless they are given one. */
export class BatchInsert implements HostObject {
  readonly name = 'batchInsert';
  private readonly knex: Knex;
  private readonly depth: number;
  private readonly args: readonly Value[];
  private readonly site: Site;
  private readonly conditions: Knex['conditions'];
  private returns: Value | undefined;
  private inTransaction = false;

  constructor(knex: Knex, depth: number, args: readonly Value[], site: Site) {
    this.knex = knex;
    this.depth = depth;
    this.args = args;
    this.site = site;
    this.conditions = [...knex.conditions];
  }

  get(property: string): Value | undefined {
    if (property === 'then' || property === 'catch' || property === 'finally') return undefined;
    return hostFunction(property, ([value]) => {
      if (property === 'returning') this.returns = value;
      if (property === 'transacting') this.inTransaction = true;
      return { kind: 'host', host: this };
    });
  }

  settle(): Value {
    return this.knex.machine.under(this.conditions, () => {
      const { knex, site } = this;
      const transaction = this.inTransaction ? null : knex.begin(this.depth, site);
      for (const rows of this.chunks()) {
        const builder = new QueryBuilder(knex, site).from(this.args[0]).insert(rows);
        builder.query.returns = this.returns;
        builder.settle();
      }
      transaction?.end('commit', site);
      return unknown(`${site.callee}()`);
    });
  }

  private chunks(): (Value | undefined)[] {
    const [, rows, size] = this.args;
    if (rows?.kind !== 'list' || rows.open === true) return [rows];
    const chunk = size?.kind === 'primitive' && typeof size.value === 'number' && size.value > 0 ? size.value : 1000;
    const count = Math.ceil(rows.items.length / chunk);
    return Array.from({ length: count }, (_, at) => ({ kind: 'list', items: rows.items.slice(at * chunk, (at + 1) * chunk) }));
  }
}
