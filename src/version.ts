import { createRequire } from 'node:module';

/** Version of the installed package; the build writes it in, so that no file is read at run time. */
export const VERSION: string =
  typeof MIGRATION_GUARD_VERSION === 'string'
    ? MIGRATION_GUARD_VERSION
    : (createRequire(import.meta.url)('../package.json') as { version: string }).version;

declare const MIGRATION_GUARD_VERSION: string | undefined;
