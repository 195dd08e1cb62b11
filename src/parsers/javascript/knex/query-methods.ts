import { primitive, type Value } from '../evaluate/value.js';
import type { QueryBuilder } from './query-builder.js';

type Method = (this: QueryBuilder, args: readonly Value[], property: string) => void;

/** What the calls of a chain do to its query. */
export const METHODS: Record<string, Method | undefined> = {
  from(args) { this.calls.table(args); },
  into(args) { this.calls.table(args); },
  table(args) { this.calls.table(args); },
  withSchema(args) { this.calls.schema(args); },
  select(args) { this.calls.select(args); },
  column(args) { this.calls.select(args); },
  columns(args) { this.calls.select(args); },
  pluck(args) { this.calls.select(args); },
  distinct(args) { this.calls.distinct(args); },
  first(args) {
    this.calls.select(args);
    this.calls.set('limit', primitive(1));
  },
  insert([rows, returning]) {
    this.insert(rows);
    if (returning !== undefined) this.calls.set('returns', returning);
  },
  update(args) {
    this.calls.update(args);
    const returning = args[0]?.kind === 'dictionary' ? args[1] : args[2];
    if (returning !== undefined) this.calls.set('returns', returning);
  },
  del([returning]) {
    this.calls.delete();
    if (returning !== undefined) this.calls.set('returns', returning);
  },
  delete([returning]) {
    this.calls.delete();
    if (returning !== undefined) this.calls.set('returns', returning);
  },
  truncate() { this.calls.kind('truncate'); },
  columnInfo() { this.calls.kind('info'); },
  increment(args, property) { this.calls.count(args, property); },
  decrement(args, property) { this.calls.count(args, property); },
  returning([columns]) { this.calls.set('returns', columns); },
  onConflict(args) { this.calls.conflict(args); },
  ignore() { this.calls.resolve('nothing', undefined); },
  merge([updates]) { this.calls.resolve('update', updates); },
  orderBy(args) { this.calls.order(args); },
  orderByRaw(args) { this.calls.orderRaw(args); },
  groupBy(args) { this.calls.group(args); },
  groupByRaw(args) { this.calls.groupRaw(args); },
  joinRaw(args) { this.calls.joinRaw(args); },
  limit([count]) { this.calls.set('limit', count); },
  offset([count]) { this.calls.set('offset', count); },
  forUpdate() { this.calls.lock('for update'); },
  forShare() { this.calls.lock('for share'); },
  with(args) { this.calls.with(args); },
  queryBuilder() { /* The same, empty. */ },
};
