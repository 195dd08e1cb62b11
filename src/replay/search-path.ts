import type { Operation, OperationKind, QualifiedName } from '../operations/types.js';
import { isBuiltIn } from '../postgres/casts.js';
import { objectKey, relationKey, type Schema } from '../postgres/schema.js';
import type { Setting } from '../postgres/session.js';

/** What a name stands for, which decides where it is looked up. */
type Sort = 'relation' | 'type' | 'routine';

const FIELDS: Readonly<Record<string, Sort>> = {
  table: 'relation',
  tables: 'relation',
  partition: 'relation',
  parent: 'relation',
  inherits: 'relation',
  view: 'relation',
  sequence: 'relation',
  index: 'relation',
  from: 'relation',
  on: 'relation',
  reads: 'relation',
  locks: 'relation',
  type: 'type',
  dataType: 'type',
  returns: 'type',
  ofType: 'type',
  domain: 'type',
  function: 'routine',
  routine: 'routine',
};

/** By the object that DROP, COMMENT, GRANT … speak of: what its name is looked up as. */
const OBJECTS: Readonly<Record<string, Sort>> = {
  table: 'relation',
  view: 'relation',
  'materialized view': 'relation',
  'foreign table': 'relation',
  index: 'relation',
  sequence: 'relation',
  type: 'type',
  domain: 'type',
  function: 'routine',
  procedure: 'routine',
  routine: 'routine',
};

/** The name that a statement makes: it goes to the first schema of the path. */
const CREATED: { readonly [K in OperationKind]?: string } = {
  createTable: 'table',
  createTableAs: 'table',
  createView: 'view',
  createMaterializedView: 'view',
  createSequence: 'sequence',
  createEnum: 'type',
  createDomain: 'domain',
  createCompositeType: 'type',
  createFunction: 'routine',
};

/** Schemas of a search_path in order; null where the path is the default one or was never set. */
function schemasOf(settings: ReadonlyMap<string, Setting>): readonly string[] | null {
  const value = settings.get('search_path')?.value;
  if (value === undefined) return null;
  const items = [...value.matchAll(/"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^\s,"']+)/g)];
  const names = items.map(([, quoted, string, bare]) => quoted?.replaceAll('""', '"') ?? string ?? (bare ?? '').toLowerCase());
  const path = names.filter((name) => name !== '' && name !== '$user' && !name.startsWith('pg_'));
  return path[0] === 'public' && path.length === 1 ? null : path;
}

/**
 * The operation with every name that was written without a schema in the
 * schema where search_path finds it; itself where the path is the default one.
 * A new object goes to the first schema of the path that exists.
 * https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH
 */
export function resolveNames<O extends Operation>(operation: O, schema: Schema, settings: ReadonlyMap<string, Setting>): O {
  if (!settings.has('search_path')) return operation;
  const path = schemasOf(settings);
  return path === null ? operation : new Path(path, schema).resolve(operation);
}

class Path {
  /** Where new objects go; one without a name cannot be: nothing is found there. */
  private readonly target: string | null;

  constructor(
    private readonly path: readonly string[],
    private readonly schema: Schema,
  ) {
    const there = (name: string): boolean => !schema.complete || name === 'public' || schema.objects.has(objectKey('schema', { name }));
    this.target = path.find(there) ?? (schema.complete ? '' : null);
  }

  resolve<O extends Operation>(operation: O): O {
    const created = CREATED[operation.kind];
    const temporary = 'persistence' in operation && operation.persistence === 'temporary';
    const entries = Object.entries(operation).map(([field, value]) => {
      if (field === 'span' || field === 'statement') return [field, value];
      if (field === created) return [field, temporary ? value : this.inTarget(value as QualifiedName)];
      return [field, this.visit(value, this.sortOf(operation, field), field)];
    });
    return Object.fromEntries(entries) as O;
  }

  private sortOf(operation: Operation, field: string): Sort | undefined {
    if (field !== 'name' && field !== 'names') return FIELDS[field];
    if (operation.kind === 'reindex') return operation.target === 'index' || operation.target === 'table' ? 'relation' : undefined;
    return 'object' in operation ? OBJECTS[operation.object ?? ''] : undefined;
  }

  private visit(value: unknown, sort: Sort | undefined, field: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.visit(item, sort, field));
    if (typeof value !== 'object' || value === null) return value;
    if (sort !== undefined && isName(value)) return this.found(value, sort);
    const entries = Object.entries(value).map(([key, part]) => [key, key === 'span' ? part : this.visit(part, FIELDS[key], key)]);
    return Object.fromEntries(entries);
  }

  private found(name: QualifiedName, sort: Sort): QualifiedName {
    if (name.schema !== undefined) return name;
    if (sort === 'relation' ? name.name.startsWith('pg_') : sort === 'type' && isBuiltIn(name)) return name;
    const holder = this.path.find((schema) => this.holds({ ...name, schema }, sort));
    if (holder !== undefined) return { ...name, schema: holder };
    // Types and functions that nobody saw may be the server's own.
    const known = sort === 'relation' || this.holds({ ...name, schema: 'public' }, sort);
    return known ? this.inTarget(name) : name;
  }

  private holds(name: QualifiedName, sort: Sort): boolean {
    const key = relationKey(name);
    if (sort === 'routine') return this.schema.routines.has(key);
    if (sort === 'type') return this.schema.types.has(key);
    return this.schema.relations.has(key) || this.schema.indexes.has(key);
  }

  private inTarget(name: QualifiedName): QualifiedName {
    return name.schema !== undefined || this.target === null ? name : { ...name, schema: this.target };
  }
}

function isName(value: object): value is QualifiedName {
  return 'name' in value && typeof value.name === 'string' && !('constraint' in value);
}
