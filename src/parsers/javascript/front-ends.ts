import { dbMigrate } from './db-migrate/index.js';
import type { FrontEnd } from './front-end.js';
import { knex } from './knex/index.js';
import { kysely } from './kysely/index.js';
import { mikroOrm } from './mikro-orm/index.js';
import { nodePgMigrate } from './node-pg-migrate/index.js';
import { sequelize } from './sequelize/index.js';
import { taggedSql } from './tagged/index.js';
import { typeorm } from './typeorm/index.js';

/** Every framework this parser reads. A new one is a folder and a row. */
export const frontEnds: readonly FrontEnd[] = [typeorm, mikroOrm, dbMigrate, knex, sequelize, kysely, nodePgMigrate, taggedSql];
