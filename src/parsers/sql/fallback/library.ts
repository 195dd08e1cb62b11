import { createRequire } from 'node:module';
import type * as Library from 'pgsql-ast-parser';

let loaded: typeof Library | undefined;

/** A chunk of its own beside the bundle, as nearly no process needs it; from source, the package. */
export function library(): typeof Library {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  try {
    loaded = require('./pgsql-ast-parser.cjs') as typeof Library;
  } catch {
    loaded = require('pgsql-ast-parser') as typeof Library;
  }
  return loaded;
}
