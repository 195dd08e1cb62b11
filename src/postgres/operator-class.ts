import type { DataType } from '../operations/types.js';
import { isBuiltIn, isOrdered } from './casts.js';
import type { Schema } from './schema.js';
import { baseType } from './type-change.js';

/** Built-in types that a method can index without an operator class being named, where they are few. */
const TYPES: Readonly<Record<string, RegExp>> = {
  gin: /^(?:jsonb|tsvector)$/,
  gist: /^(?:point|box|polygon|circle|tsvector|tsquery|\w+(?:range|multirange))$/,
  spgist: /^(?:point|box|polygon|inet|cidr|text|character varying|\w+range)$/,
};

/** 42704: the type has no default operator class for the index method, and no extension could have brought one. */
export function lacksOperatorClass(written: DataType, method: string, schema: Schema): boolean {
  const type = baseType(written, schema);
  if (method === 'btree') return !isOrdered(type);
  const known = TYPES[method];
  if (known === undefined || !schema.complete || [...schema.objects.values()].some(({ kind }) => kind === 'extension')) return false;
  if ((type.dimensions ?? 0) > 0) return method !== 'gin';
  return isBuiltIn(type) && !known.test(type.name);
}
