import { host, hostFunction, type Value } from '../evaluate/value.js';
import type { Run } from '../run.js';
import { client } from './client.js';
import { prismaNamespace, sqlTag } from './tags.js';

/** Packages whose default export or named class connects to the server. */
const CONNECTS = /^(?:pg|pg-native|postgres|pg-promise|@neondatabase\/serverless|@vercel\/postgres|@prisma\/client|slonik|@[\w-]+\/slonik|postgres-bytea|@databases\/pg|porsager-postgres)$/;

/** True for packages that send SQL to PostgreSQL or write it. */
export function isClientPackage(specifier: string): boolean {
  return CONNECTS.test(specifier) || /^(?:sql-template-strings|sql-template-tag|pg-sql2|slonik-\w+|@slonik\/.*)$/.test(specifier);
}

/** What the packages of this family export. */
export function library(run: Run): (specifier: string, name: string) => Value | undefined {
  const depth = { open: 0 };
  const connect = (): Value => client(run, depth);
  // `pgp(options)(connection)` connects in two steps.
  const configured = (): Value => host({ name: 'pgp', call: connect });
  const whole = (specifier: string): Value =>
    host({ name: specifier, call: specifier === 'pg-promise' ? configured : connect, construct: connect, get: (property) => named(specifier, property) });
  const named = (specifier: string, name: string): Value | undefined => {
    if (name === '*' || name === 'default') return specifier === 'sql-template-strings' ? sqlTag : whole(specifier);
    if (/^(?:Client|Pool|PrismaClient|createPool|createClient|neon|connect|postgres)$/.test(name)) return host({ name, call: connect, construct: connect });
    if (name === 'Prisma') return prismaNamespace;
    if (name === 'createSqlTag') return hostFunction(name, () => sqlTag);
    if (name === 'sql' || name === 'SQL') return specifier === '@vercel/postgres' ? connect() : sqlTag;
    return name === 'db' ? connect() : undefined;
  };
  return (specifier, name) => {
    if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
    if (isClientPackage(specifier)) return named(specifier, name);
    return /^(?:sql|SQL)$/.test(name) ? sqlTag : undefined;
  };
}
